//! `closed_from_outside`: another machine reaches these roles through the entry alone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::reach_table::{
    beyond_loopback, open_on_machine, in_hosts_network, of_roles, on_the_wire, host_address, host_addresses,
    rows, table, unknown_network, with_rows,
};
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Port, Role, Seen, Status, Vantage};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "closed_from_outside: { roles: [app, db, admin] }";

/// No port of these roles is published beyond loopback.
///
/// Judged from `NetworkSettings.Ports`, and for containers in the host's network, where nothing is published, by the
/// machine's sockets that their processes hold and attempts through an address of the machine that is not loopback. What was asked for is quoted: a port without an
/// address is published on a port that the engine chooses. A container that is also the proxy is the entry itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosedFromOutside {
    /// Whose ports.
    pub roles: Vec<Role>,
}

impl Kind for ClosedFromOutside {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Reach]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let proxies = scene.all(Role::Proxy);
        let all = of_roles(scene, &self.roles);
        let Some(first) = self.roles.first().filter(|_| all.is_empty()) else {
            let inner: Vec<&Container> = all
                .into_iter()
                .filter(|container| !proxies.iter().any(|proxy| proxy.name == container.name))
                .collect();
            return closed(&inner, scene);
        };
        scene.missing(*first)
    }
}

fn closed(all: &[&Container], scene: &Scene<'_>) -> Verdict {
    let names: Vec<&str> = all.iter().map(|container| container.known_as()).collect();
    let expected = say!(
        "no other machine reaches {} past the entry",
        text::ticked(&names)
    );
    let open: Vec<(&Container, Vec<String>)> = all
        .iter()
        .map(|container| (*container, ways_in(container, scene)))
        .filter(|(_, ways)| !ways.is_empty())
        .collect();
    if !open.is_empty() {
        let found: Vec<String> = open
            .iter()
            .flat_map(|(_, ways)| ways.iter().cloned())
            .collect();
        let mut verdict = Verdict::fail(expected, found.join("; "));
        for (container, _) in &open {
            let rows = rows(table(scene), container, |from| *from == Vantage::Outside);
            verdict = with_rows(verdict, &rows, scene, |_| {
                shell!("docker port {}", container.name)
            });
            if rows.is_empty() {
                verdict = verdict.seen(
                    say!("published ports"),
                    shell!("docker port {}", container.name),
                );
            }
        }
        return verdict;
    }
    if let Some(why) = all.iter().find_map(|container| undecided(container, scene)) {
        return Verdict::unknown(expected, why);
    }
    match &scene.facts.reach {
        None => Verdict::unknown(
            expected,
            say!("who reaches which port was not looked at in these facts"),
        ),
        Some(Seen::Unseen(why)) => Verdict::unknown(expected, why),
        Some(Seen::Seen(reach)) => {
            let quiet = all.iter().all(|container| container.ports.is_empty());
            let mut found = if quiet {
                say!("none of them publishes a port").to_owned()
            } else {
                say!("what they publish is bound to loopback").to_owned()
            };
            let unasked: Vec<String> = all
                .iter()
                .filter(|container| internal_only(container))
                .map(|container| {
                    say!(
                        "`{}` asks for {}, which is not published: all its networks are internal",
                        container.known_as(),
                        text::list(&host_addresses(&container.ports_asked.iter().collect::<Vec<_>>()))
                    )
                })
                .collect();
            if !unasked.is_empty() {
                found = format!("{found}; {}", unasked.join("; "));
            }
            if let Some(Seen::Unseen(why)) = &reach.outside {
                found = say!(
                    "{found} (as the engine says; it could not be tried: {why})",
                    found,
                    why
                );
            }
            let mut verdict = Verdict::pass(expected, found);
            for container in all {
                let rows = rows(Some(reach), container, |from| *from == Vantage::Outside);
                verdict = with_rows(verdict, &rows, scene, |_| {
                    shell!("docker port {}", container.name)
                });
            }
            verdict
        }
    }
}

/// Every way into a container from other machines, as phrases.
fn ways_in(container: &Container, scene: &Scene<'_>) -> Vec<String> {
    let name = container.known_as();
    if in_hosts_network(container, scene) {
        let sockets = open_on_machine(container, scene);
        let sockets = sockets.get().filter(|sockets| !sockets.is_empty());
        let way = sockets.map(|sockets| {
            say!(
                "`{name}` is in the host's network, and {} is open to every machine there",
                text::list(sockets),
                name
            )
        });
        return way.into_iter().collect();
    }
    let published = beyond_loopback(container, scene);
    let mut inner: Vec<(u16, &str)> = published
        .iter()
        .map(|port| (port.container, port.proto.as_str()))
        .collect();
    inner.sort_unstable();
    inner.dedup();
    let mut ways: Vec<String> = inner
        .iter()
        .map(|&(number, proto)| {
            let of: Vec<&Port> = published
                .iter()
                .filter(|port| port.container == number && port.proto == proto)
                .copied()
                .collect();
            let mut way = say!("port {number} of `{name}` is published on {}", text::list(&host_addresses(&of)), number, name);
            if chosen_by_engine(container, number, proto) {
                way.push_str(
                    say!("; no port of the machine is named, so the engine chose one: `expose` is what does not publish"),
                );
            }
            way
        })
        .collect();
    // What a stopped container asks for is published as soon as it runs.
    if container.state.status != Status::Running && container.ports.is_empty() {
        ways.extend(
            container
                .ports_asked
                .iter()
                .filter(|port| !port.loopback())
                .map(|port| {
                    say!(
                        "`{name}` does not run, and asks for port {} to be published on {}",
                        port.container,
                        host_address(port),
                        name
                    )
                }),
        );
    }
    ways
}

/// `ports: ["3306"]`: neither an address nor a port of the machine is named.
fn chosen_by_engine(container: &Container, number: u16, proto: &str) -> bool {
    container
        .ports_asked
        .iter()
        .any(|port| port.container == number && port.proto == proto && port.host == 0)
}

/// It runs, asks for a port to be published beyond loopback, and has none.
fn internal_only(container: &Container) -> bool {
    container.state.status == Status::Running
        && container.ports.is_empty()
        && container.ports_asked.iter().any(|port| !port.loopback())
}

/// Why it is not known what a container has open for other machines, though it publishes nothing.
fn undecided(container: &Container, scene: &Scene<'_>) -> Option<String> {
    let sockets = in_hosts_network(container, scene).then(|| open_on_machine(container, scene));
    let of_machine = sockets.and_then(|sockets| sockets.why().map(str::to_owned));
    of_machine
        .or_else(|| unknown_network(container, scene))
        .or_else(|| on_the_wire(container, scene))
}
