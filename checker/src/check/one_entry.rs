//! `one_entry`: what other machines reach of the stack is one role alone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reached::{beyond_loopback, in_hosts_network, owner, places, rows, table, with_rows};
use super::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Port, Role, Status, Vantage};
use crate::text::{self, say};

pub(super) const EXAMPLE: &str = "one_entry: { role: proxy }";

/// The role publishes a port, and no container of another role, or of none, publishes one beyond loopback.
///
/// Judged from `NetworkSettings.Ports`. An entry on loopback is an entry too; so is one in the host's network. A port
/// that the engine was asked to publish and did not (all networks internal) is told apart from one nobody asked for.
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
        let entry = scene.all(self.role);
        let Some(first) = entry.first() else {
            return scene.missing(self.role);
        };
        let name = first.known_as();
        let expected = say!(
            "`{name}` publishes the entry, and nothing else is published",
            name
        );
        let look = format!("docker port {}", first.name);
        let doors: Vec<&Port> = entry
            .iter()
            .flat_map(|container| &owner(container, scene).ports)
            .collect();
        let hosts = entry
            .iter()
            .any(|container| in_hosts_network(container, scene));
        if doors.is_empty() && !hosts {
            return Verdict::fail(expected, unpublished(first, scene))
                .seen(say!("published ports"), look);
        }
        let of_entry: Vec<&str> = entry
            .iter()
            .map(|container| owner(container, scene).name.as_str())
            .collect();
        let others: Vec<&Container> = scene
            .facts
            .containers
            .iter()
            .filter(|container| !of_entry.contains(&container.name.as_str()))
            .filter(|container| !entry.iter().any(|own| own.name == container.name))
            .filter(|container| !beyond_loopback(container).is_empty())
            .collect();
        if !others.is_empty() {
            let found: Vec<String> = others
                .iter()
                .map(|container| {
                    say!(
                        "`{}` is published on {} as well",
                        container.known_as(),
                        text::list(&places(&beyond_loopback(container)))
                    )
                })
                .collect();
            let mut verdict = Verdict::fail(expected, found.join("; "));
            for container in others {
                let rows = rows(table(scene), container, |from| *from == Vantage::Outside);
                verdict = verdict.seen(
                    say!("published ports of `{}`", container.known_as()),
                    format!("docker port {}", container.name),
                );
                verdict = with_rows(verdict, &rows, scene, |_| String::new());
            }
            return verdict;
        }
        let found = if doors.is_empty() {
            say!("in the host's network, where every port it listens on is open").to_owned()
        } else {
            text::list(&places(&doors))
        };
        Verdict::pass(expected, found)
    }
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
        text::list(&places(&asked)),
        name,
        why
    )
}
