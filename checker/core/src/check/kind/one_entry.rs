//! `one_entry`: what other machines reach of the stack is one role alone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::reach_table::{
    beyond_loopback, open_on_machine, in_hosts_network, on_the_wire, owner, host_addresses, rows, table, unknown_network,
    with_rows,
};
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Port, Role, Seen, Status, Vantage};
use crate::text::{ShellCommand, self, say, shell};

pub(super) const EXAMPLE: &str = "one_entry: { role: proxy }";

/// The role publishes a port, and no container of another role, or of none, publishes one beyond loopback or listens for
/// other machines in the host's network.
///
/// Judged from `NetworkSettings.Ports`, and in the host's network by the machine's sockets that a container's processes
/// hold; a stranger's container on a network of the stack counts where the application's form is behind a port that it
/// publishes. On a network of driver `macvlan` or `ipvlan` every port is open to machines that cannot be spoken for from
/// here. An entry on loopback is an entry too; so is one in the host's network. A port that the engine was asked to publish
/// and did not (all networks internal) is told apart from one that it was not asked to publish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneEntry {
    /// Who is the entry.
    pub role: Role,
}

impl Kind for OneEntry {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Reach]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let owners = scene.all(self.role);
        let Some(first) = owners.first() else {
            return scene.missing(self.role);
        };
        let name = first.known_as();
        let expected = say!(
            "`{name}` publishes the entry, and nothing else is published for other machines",
            name
        );
        let look = shell!("docker port {}", first.name);
        let published: Vec<&Port> = owners
            .iter()
            .flat_map(|container| &owner(container, scene).ports)
            .collect();
        let hosts = owners
            .iter()
            .any(|container| in_hosts_network(container, scene));
        let unknown = owners.iter().find_map(|one| unknown_network(one, scene));
        if let Some(why) = unknown.filter(|_| published.is_empty() && !hosts) {
            return Verdict::unknown(expected, why);
        }
        if published.is_empty() && !hosts {
            return Verdict::fail(expected, unpublished(first, scene))
                .seen(say!("published ports"), look);
        }
        let owner_names: Vec<&str> = owners
            .iter()
            .map(|container| owner(container, scene).name.as_str())
            .collect();
        let others: Vec<&Container> = scene
            .facts
            .containers
            .iter()
            .filter(|container| !owner_names.contains(&container.name.as_str()))
            .filter(|container| !owners.iter().any(|own| own.name == container.name))
            .collect();
        let of_machine = others.iter().filter(|container| {
            container.state.status == Status::Running && in_hosts_network(container, scene)
        });
        let of_machine: Vec<_> = of_machine
            .map(|container| (*container, open_on_machine(container, scene)))
            .collect();
        let (open, found) = ways_in(&others, &of_machine, scene);
        if !open.is_empty() {
            let mut verdict = Verdict::fail(expected, found.join("; "));
            for container in open {
                let rows = rows(table(scene), container, |from| *from == Vantage::Outside);
                verdict = if in_hosts_network(container, scene) {
                    verdict.seen(
                        "HostConfig.NetworkMode",
                        shell!(
                            "docker inspect -f '{{{{.HostConfig.NetworkMode}}}}' {}",
                            container.name
                        ),
                    )
                } else {
                    verdict.seen(
                        say!("published ports of `{}`", container.known_as()),
                        shell!("docker port {}", container.name),
                    )
                };
                verdict = with_rows(verdict, &rows, scene, |_| ShellCommand::default());
            }
            return verdict;
        }
        if let Some(foreign) = table(scene).and_then(|reach| reach.others.first()) {
            let name = &foreign.container;
            let found = say!(
                "`{name}`, which is not of this stack but on one of its networks, is published on {}, and the application's form is behind it",
                foreign.address,
                name
            );
            return Verdict::fail(expected, found).seen(
                say!("the application past the entry"),
                shell!("curl -i {}", foreign.url),
            );
        }
        if let Some(why) = of_machine.iter().find_map(|(_, sockets)| sockets.why()) {
            return Verdict::unknown(expected, why);
        }
        let known = others.iter().chain(&owners);
        if let Some(why) = known.clone().find_map(|one| unknown_network(one, scene)) {
            return Verdict::unknown(expected, why);
        }
        if let Some(why) = others.iter().find_map(|one| on_the_wire(one, scene)) {
            return Verdict::unknown(expected, why);
        }
        let found = if published.is_empty() {
            say!("in the host's network, where every port it listens on is open").to_owned()
        } else {
            text::list(&host_addresses(&published))
        };
        Verdict::pass(expected, found)
    }
}

/// Containers by which other machines come in past the entry, and how, as phrases.
fn ways_in<'f>(
    others: &[&'f Container],
    of_machine: &[(&'f Container, Seen<Vec<String>>)],
    scene: &Scene<'f>,
) -> (Vec<&'f Container>, Vec<String>) {
    let mut open = Vec::new();
    let mut found = Vec::new();
    for container in others {
        let published = beyond_loopback(container, scene);
        if !published.is_empty() {
            open.push(*container);
            found.push(say!(
                "`{}` is published on {} as well",
                container.known_as(),
                text::list(&host_addresses(&published))
            ));
        }
    }
    for (container, sockets) in of_machine {
        if let Seen::Seen(sockets) = sockets
            && !sockets.is_empty()
        {
            open.push(*container);
            found.push(say!(
                "`{}` is in the host's network, and {} is open to every machine there",
                container.known_as(),
                text::list(sockets)
            ));
        }
    }
    (open, found)
}

fn unpublished(container: &Container, scene: &Scene<'_>) -> String {
    let name = container.known_as();
    if container.state.status != Status::Running {
        return say!(
            "`{name}` publishes nothing while it is {}",
            container.state.status.word(),
            name
        );
    }
    if container.ports_asked.is_empty() {
        return say!(
            "`{name}` publishes no port, so nobody outside reaches it",
            name
        );
    }
    let asked: Vec<&Port> = container.ports_asked.iter().collect();
    let networks = scene.networks(container);
    let internal = networks
        .iter()
        .all(|name| scene.network(name).is_some_and(|found| found.internal));
    let why = if internal && !networks.is_empty() {
        say!(
            ": every network it is on is internal ({}), and such a container publishes nothing",
            text::ticked(&networks)
        )
    } else {
        String::new()
    };
    say!(
        "`{name}` asks for {}, but nothing is published{why}",
        text::list(&host_addresses(&asked)),
        name,
        why
    )
}
