//! Finding the address at which a role's pages answer, for as long as a young container may need until it listens.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Url;

use super::pages::{Endpoint, by_name, first_that_answers};
use super::patience::Patience;
use crate::Progress;
use crate::http::address::bases;
use crate::http::allowed::Allowed;
use crate::http::browser::Browser;
use crate::stack::listening;
use labcheck_core::facts::{Container, Listener, Neighbour, Role, Taken, Trouble};
use labcheck_core::grade::Target;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Inspected;

/// Everything needed to find the address of a role's pages.
#[derive(Clone, Copy)]
pub(crate) struct EndpointFinder<'a> {
    pub engine: &'a Engine,
    pub target: &'a Target,
    pub containers: &'a [Inspected],
    pub roles: &'a BTreeMap<Role, Vec<Taken>>,
    /// The stack was waited for: its programs may have started only just now.
    pub waited: bool,
    /// Behind whose ports the application is looked for, where a check asks for that.
    pub by: Option<Role>,
    /// Names that the stack gives to its ingress.
    pub learned: &'a [String],
    /// Who else is on the engine and holds a port.
    pub neighbours: &'a [Neighbour],
}

impl<'a> EndpointFinder<'a> {
    pub(crate) fn of(&self, role: Role) -> Vec<&'a Inspected> {
        let taken = self.roles.get(&role).map(Vec::as_slice).unwrap_or_default();
        taken
            .iter()
            .filter_map(|taken| {
                self.containers
                    .iter()
                    .find(|inspected| inspected.container.name == taken.container)
            })
            .collect()
    }

    /// Base addresses of a role: its own ports, those of the container whose network it shares, or the proxy's.
    fn bases(&self, role: Role) -> Vec<Url> {
        let ingress_url = self
            .target
            .ingress_url
            .as_deref()
            .filter(|_| matches!(role, Role::App | Role::Proxy));
        let own = self.of(role);
        let mut found = bases(
            &self.with_ports(&own),
            ingress_url,
            self.engine.host.as_deref(),
        );
        if found.is_empty() {
            found = own
                .iter()
                .filter(|inspected| inspected.container.network_mode.is_host())
                .flat_map(|inspected| self.on_host(&inspected.container, &[5000, 8080]))
                .collect();
        }
        if found.is_empty() && role == Role::App {
            found = bases(
                &self.with_ports(&self.of(Role::Proxy)),
                None,
                self.engine.host.as_deref(),
            );
        }
        let named = self.target.hosts.iter().flat_map(|name| {
            found
                .iter()
                .filter_map(|base| called(base, name))
                .collect::<Vec<_>>()
        });
        named.chain(found.iter().cloned()).collect()
    }

    /// The containers that hold the ports: for `network_mode: container:…` another one.
    pub(crate) fn with_ports(&self, own: &[&'a Inspected]) -> Vec<&'a Container> {
        own.iter()
            .map(|inspected| {
                let own = &inspected.container;
                let mut all = self.containers.iter();
                let lender = all.find(|other| own.is_in_network_of(&other.container));
                &lender.unwrap_or(inspected).container
            })
            .collect()
    }

    /// In the host's network nothing is published: the declared ports are guessed, then the course's.
    pub(crate) fn on_host(&self, container: &Container, usual: &[u16]) -> Vec<Url> {
        let declared = container
            .exposed
            .iter()
            .filter_map(|port| port.strip_suffix("/tcp")?.parse::<u16>().ok());
        let host = labcheck_core::text::host(self.engine.host.as_deref().unwrap_or("127.0.0.1"));
        declared
            .chain(usual.iter().copied())
            .filter_map(|port| {
                let scheme = if matches!(port, 443 | 8443) {
                    "https"
                } else {
                    "http"
                };
                Url::parse(&format!("{scheme}://{host}:{port}/")).ok()
            })
            .collect()
    }

    /// Names given with `--host`, with the address they are looked for at.
    pub(crate) fn names(&self) -> Vec<(String, SocketAddr)> {
        let first = self
            .bases(Role::App)
            .into_iter()
            .chain(self.bases(Role::Proxy))
            .find_map(|base| {
                base.host_str()?
                    .trim_matches(['[', ']'])
                    .parse::<IpAddr>()
                    .ok()
            });
        let address = SocketAddr::new(first.unwrap_or(IpAddr::from([127, 0, 0, 1])), 0);
        let all = self.target.hosts.iter().chain(self.learned);
        all.map(|name| (name.clone(), address)).collect()
    }

    /// Where the stack is met: what its containers publish, `--entry`, and the names of `--host` and of the stack itself.
    pub(crate) fn allowed(&self) -> Allowed {
        let containers = self.containers.iter();
        let containers: Vec<&Container> =
            containers.map(|inspected| &inspected.container).collect();
        let far = self.engine.host.as_deref();
        let allowed = Allowed::new(&containers, far).with_names(self.names());
        let ingress_url = self.target.ingress_url.as_deref();
        let ingress_urls = bases(&[], ingress_url, far);
        ingress_urls.iter().fold(allowed, Allowed::with_ingress)
    }

    /// How long these containers may still need until they answer.
    pub(crate) fn patience(&self, own: &[&'a Inspected]) -> Patience<'a> {
        Patience::new(self.engine, self.target, own, self.waited)
    }

    /// Whether something listens in the containers already, but not where a published port leads: then waiting longer
    /// would change nothing.
    async fn hears_elsewhere(&self, own: &[&Inspected]) -> bool {
        let apart = own
            .iter()
            .filter(|inspected| !inspected.container.network_mode.is_host());
        let looks = apart.map(|inspected| async {
            let seen = listening::listening(self.engine, &inspected.container.id).await;
            let sockets = seen.get().map(Vec::as_slice).unwrap_or_default();
            let leads = |port: u16| {
                inspected
                    .container
                    .ports
                    .iter()
                    .any(|at| at.container == port)
            };
            let heard = |socket: &Listener| leads(socket.port) && !socket.loopback();
            !sockets.is_empty() && !sockets.iter().any(heard)
        });
        join_all(looks).await.contains(&true)
    }

    /// Tries a role's addresses until one answers, for as long as a young container may need to listen.
    pub(crate) async fn open(
        &self,
        browser: &Browser,
        role: Role,
        path: String,
        progress: &dyn Progress,
    ) -> Endpoint {
        let asked = self.target.route(&path).to_owned();
        let bases = self.bases(role);
        let own = self.of(role);
        if bases.is_empty() && role == Role::Admin && !own.is_empty() {
            return self.admin_behind(browser).await;
        }
        let mut patience = self.patience(&own);
        let mut told = false;
        loop {
            let endpoint = first_that_answers(browser, &bases, &asked).await;
            let endpoint = by_name(browser, endpoint).await;
            let deaf = matches!(endpoint.first, Err(Trouble::Refused | Trouble::Closed));
            if !deaf || patience.over().await {
                return endpoint;
            }
            if !told && !patience.is_long() && self.hears_elsewhere(&own).await {
                // It may have begun to listen between the two looks.
                return first_that_answers(browser, &bases, &asked).await;
            }
            if !told {
                progress.now(&format!("waiting until {} listens", role.phrase()));
                told = true;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

pub(crate) fn called(base: &Url, name: &str) -> Option<Url> {
    let mut url = base.clone();
    url.set_host(Some(name)).ok()?;
    Some(url)
}
