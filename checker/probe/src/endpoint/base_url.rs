//! The base URL: which of the proxy's addresses leads to the application.
//!
//! All of them are asked at once. The one whose `/inserter` has the inserter's form is the application's; a page of the
//! proxy's own has not, whatever its status. What the others answered is kept, so that a check can say it.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::join;
use futures_util::stream::FuturesUnordered;
use reqwest::Url;
use tokio::time::Instant;

use super::pages::{DEADLINE, Endpoint, at};
use super::role::{EndpointFinder, called};
use crate::Progress;
use crate::deadline::bounded;
use crate::html::form;
use crate::http::address::{bases, below};
use crate::http::answer::Fetched;
use crate::http::browser::Browser;
use crate::round_trip::forms::INSERTER_FIELDS;
use labcheck_core::facts::{BaseUrl, FirstPage, Role, Trouble, UrlAttempt};
use labcheck_core::redact::known::Secrets;
use labcheck_core::text;
use labcheck_engine::model::inspected::Inspected;

/// Addresses that are tried at most.
const MOST: usize = 24;
/// How long the others are waited for when one has shown the form.
const GRACE: Duration = Duration::from_millis(100);
/// Longest reading of one page.
const READING: Duration = Duration::from_secs(2);

/// An address with what came from it.
struct Tried {
    endpoint: Endpoint,
    attempt: UrlAttempt,
    /// Its place in the order of trying.
    number: usize,
    /// The answer came from the address itself, not from where it redirects to.
    direct: bool,
}

/// The rank of the application's own form.
const FORM: u8 = 5;

/// Whether a status comes with a page; 204 (No Content) says that there is none.
fn page(status: &u16) -> bool {
    *status < 400 && *status != 204
}

impl Tried {
    /// How likely it is the application: its form, a page, a proxy whose upstream gives no answer, an answer, silence.
    fn rank(&self) -> u8 {
        if self.attempt.stranger.is_some() {
            return 1;
        }
        let inserter = self.attempt.inserter.as_ref().is_ok_and(page);
        match &self.attempt.answer {
            _ if self.attempt.form => FORM,
            _ if inserter => 4,
            Ok(came) if page(&came.status) => 3,
            Ok(came) if matches!(came.status, 502..=504) => 2,
            Ok(_) => 1,
            Err(_) => 0,
        }
    }

    /// No server answers yet, in TLS perhaps for want of a certificate, or the proxy has no upstream that answers yet.
    fn deaf(&self) -> bool {
        match &self.attempt.answer {
            Err(trouble) => matches!(
                trouble,
                Trouble::Refused | Trouble::Closed | Trouble::Other(_)
            ),
            Ok(came) => matches!(came.status, 502..=504),
        }
    }
}

impl EndpointFinder<'_> {
    /// Asks at every address of the proxy, for as long as young containers may need, and picks the application's.
    pub(crate) async fn enter(
        &self,
        browser: &Browser,
        by: Role,
        secrets: &Secrets,
        progress: &dyn Progress,
    ) -> (Endpoint, BaseUrl) {
        let given = self.target.ingress_url.is_some();
        let addresses = self.addresses(by);
        let named = self.named(&addresses);
        let both: Vec<&Inspected> = [by, Role::App]
            .into_iter()
            .flat_map(|role| self.of(role))
            .collect();
        let mut patience = self.patience(&both);
        let mut told = false;
        let mut all = loop {
            let mut all = self.all(browser, &addresses, 0, secrets).await;
            // The names that the ingress may go by are tried where the plain address shows no application.
            if all.iter().all(|tried| tried.rank() < FORM) {
                all.extend(self.all(browser, &named, addresses.len(), secrets).await);
            }
            // One port may be open while another, which leads to the application, is not yet.
            let deaf = all.iter().any(Tried::deaf) && all.iter().all(|tried| tried.rank() < FORM);
            if !deaf || patience.over().await {
                break all;
            }
            if !told {
                progress.now("waiting until the application answers through the proxy");
                told = true;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        all.sort_by_key(|tried| {
            let plain = tried
                .endpoint
                .base
                .as_ref()
                .is_none_or(|base| base.scheme() == "http");
            (255 - tried.rank(), !tried.direct, plain, tried.number)
        });
        let chosen = all.first();
        let base = chosen.and_then(|tried| tried.endpoint.base.clone());
        let mut endpoint = chosen.map_or_else(Endpoint::nowhere, |tried| tried.endpoint.clone());
        if let Some(tried) = chosen.filter(|tried| (1..=2).contains(&tried.rank())) {
            endpoint.shut = Some(format!(
                "{} is no page of the application",
                tried.attempt.url
            ));
        }
        let base_url = BaseUrl {
            container: base.as_ref().and_then(|base| self.behind(base, by)),
            base: base.map_or_else(String::new, |base| base.to_string()),
            given,
            tried: all.into_iter().map(|tried| tried.attempt).collect(),
        };
        (endpoint, base_url)
    }

    /// The proxy's addresses: `--entry`, or its published ports.
    pub(crate) fn addresses(&self, by: Role) -> Vec<Url> {
        let own = self.of(by);
        let host = self.engine.host.as_deref();
        let ingress_url = self.target.ingress_url.as_deref();
        let mut plain = bases(&self.with_ports(&own), ingress_url, host);
        if plain.is_empty() {
            // In the host's network ports are guessed, but none that another container is known to hold.
            let free = |url: &Url| {
                url.port_or_known_default()
                    .is_some_and(|port| self.stranger(port).is_none())
            };
            let in_hosts = own
                .iter()
                .filter(|inspected| inspected.container.network_mode.is_host());
            plain = in_hosts
                .flat_map(|inspected| self.on_host(&inspected.container, &[443, 8443, 80, 8080]))
                .filter(free)
                .collect();
        }
        let given = self.target.hosts.iter();
        let named: Vec<Url> = given
            .flat_map(|name| plain.iter().filter_map(|base| called(base, name)))
            .collect();
        let mut seen = BTreeSet::new();
        named
            .into_iter()
            .chain(plain)
            .filter(|url| seen.insert(url.to_string()))
            .take(MOST)
            .collect()
    }

    /// The same by the names that the stack gives to its ingress; proxies that route by name may know `localhost` alone.
    pub(crate) fn named(&self, addresses: &[Url]) -> Vec<Url> {
        let numbers = addresses.iter().filter(|base| {
            let host = base.host_str().unwrap_or_default();
            host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
        });
        let numbers: Vec<&Url> = numbers.collect();
        let here = self.engine.host.is_none().then_some("localhost");
        let learned = self.learned.iter().map(String::as_str).chain(here);
        learned
            .flat_map(|name| numbers.iter().filter_map(move |base| called(base, name)))
            .take(MOST)
            .collect()
    }

    /// The container outside of the stack that holds a port of the machine, unless one of the stack does too.
    fn stranger(&self, port: u16) -> Option<&str> {
        let holds = |ports: &[labcheck_core::facts::Port]| {
            ports
                .iter()
                .any(|held| held.host == port && held.proto == "tcp")
        };
        let mut own = self.containers.iter();
        if own.any(|inspected| holds(&inspected.container.ports)) {
            return None;
        }
        let other = self.neighbours.iter().find(|other| holds(&other.ports));
        other.map(|other| other.name.as_str())
    }

    /// Asks at all addresses at once; late ones are not waited for when one has shown the form.
    async fn all(
        &self,
        browser: &Browser,
        addresses: &[Url],
        from: usize,
        secrets: &Secrets,
    ) -> Vec<Tried> {
        let mut asked: FuturesUnordered<_> = addresses
            .iter()
            .enumerate()
            .map(|(number, base)| self.ask(browser, base, from + number, secrets))
            .collect();
        let mut all = Vec::new();
        let mut until: Option<Instant> = None;
        loop {
            let next = match until {
                None => asked.next().await,
                Some(until) => tokio::time::timeout_at(until, asked.next())
                    .await
                    .unwrap_or(None),
            };
            let Some(tried) = next else { break };
            if tried.rank() == FORM {
                until.get_or_insert(Instant::now() + GRACE);
            }
            all.push(tried);
        }
        all
    }

    async fn ask(&self, browser: &Browser, base: &Url, number: usize, secrets: &Secrets) -> Tried {
        let first = self.target.route("/");
        let inserter = self.target.route("/inserter");
        // Both at once; where the port speaks the other of HTTP and HTTPS, the second is asked again.
        let (mut endpoint, page) =
            join(at(browser, base, first), get(browser, base, inserter)).await;
        let page = match &endpoint.base {
            Some(other) if other != base => get(browser, other, inserter).await,
            _ => page,
        };
        let form = match &page {
            Ok(page) if page.answer.status < 400 => shows_form(page).await,
            _ => false,
        };
        let url = base.to_string();
        let home = endpoint.first.clone();
        let ends = [(page.as_ref().ok(), inserter), (home.as_ref().ok(), first)];
        let moved = ends
            .iter()
            .find_map(|(end, path)| moved((*end)?, endpoint.base.as_ref()?, path));
        let direct = moved.is_none();
        // What is posted must stay in this stack.
        let ends: Vec<&Fetched> = ends.iter().filter_map(|(end, _)| *end).collect();
        let ports = ends.iter().filter_map(|end| end.url.as_ref());
        let ports = ports.filter_map(Url::port_or_known_default);
        let refused = ends.iter().filter_map(|end| refused(end));
        let stranger = ports
            .chain(
                refused
                    .filter(loopback)
                    .filter_map(|to| to.port_or_known_default()),
            )
            .filter(|_| self.target.ingress_url.is_none())
            .find_map(|port| self.stranger(port))
            .map(str::to_owned);
        if let Some(moved) = moved.filter(|_| stranger.is_none()) {
            endpoint.base = Some(moved);
        }
        let attempt = UrlAttempt {
            url,
            answer: endpoint
                .first
                .as_ref()
                .map(|page| came(page, secrets))
                .map_err(Clone::clone),
            inserter: page
                .as_ref()
                .map(|page| page.answer.status)
                .map_err(Clone::clone),
            form: form && stranger.is_none(),
            stranger,
        };
        Tried {
            endpoint,
            attempt,
            number,
            direct,
        }
    }

    /// The container that publishes the port of an address; the proxy's where several could.
    fn behind(&self, base: &Url, by: Role) -> Option<String> {
        let port = base.port_or_known_default()?;
        let held = |inspected: &&Inspected| {
            let mut ports = inspected.container.ports.iter();
            ports.any(|held| held.host == port && held.proto == "tcp")
        };
        let own = self.of(by);
        let all = self.with_ports(&own);
        if let Some(container) = all
            .iter()
            .find(|container| container.ports.iter().any(|held| held.host == port))
        {
            return Some(container.name.clone());
        }
        let mut others = self.containers.iter();
        others
            .find(|inspected| held(inspected))
            .map(|inspected| inspected.container.name.clone())
    }
}

async fn get(browser: &Browser, base: &Url, path: &str) -> Result<Fetched, Trouble> {
    match below(base, path) {
        Some(url) => browser.get(&url, DEADLINE).await,
        None => Err(Trouble::Other("not an address".into())),
    }
}

async fn shows_form(page: &Fetched) -> bool {
    let html = page.text();
    bounded(READING, move || form::find(&html, INSERTER_FIELDS))
        .await
        .flatten()
        .is_some()
}

/// Where the same path is on another port or over the other scheme: forms have to be sent there, as a redirect turns a
/// form into a plain question.
fn moved(end: &Fetched, base: &Url, path: &str) -> Option<Url> {
    let end = end.url.as_ref()?;
    let asked = below(base, path)?;
    let same = end.scheme() == asked.scheme()
        && end.host_str() == asked.host_str()
        && end.port_or_known_default() == asked.port_or_known_default();
    if same || end.path() != asked.path() {
        return None;
    }
    let mut base = base.clone();
    base.set_scheme(end.scheme()).ok()?;
    base.set_host(end.host_str()).ok()?;
    base.set_port(end.port()).ok()?;
    Some(base)
}

/// Where an answer redirects to, where that was not followed.
fn refused(end: &Fetched) -> Option<Url> {
    end.url.as_ref()?.join(end.answer.away()?).ok()
}

/// Whether an address is this machine's own by its name.
fn loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let address = host.parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn came(page: &Fetched, secrets: &Secrets) -> FirstPage {
    let end = page.answer.via.last().cloned().unwrap_or_default();
    FirstPage {
        status: page.answer.status,
        title: page
            .answer
            .title
            .as_ref()
            .map(|title| secrets.show(title, 120)),
        words: secrets.show(&text::visible(&page.answer.body), 120),
        led: secrets.hide(&end),
        away: page.answer.away().map(|to| secrets.show(to, 120)),
    }
}
