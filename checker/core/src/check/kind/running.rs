//! `running`: a role's container is up and stays up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::start_order::{down, held_up, settled};
use crate::check::{Blame, Kind, Scene, Verdict, Want};
use crate::facts::{Container, Role};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "running: { role: app }";

/// The role's container is up, was not restarted while it was looked at, and is not in a restart loop.
///
/// Judged from `State` and `RestartCount` of the container (`GET /containers/{id}/json`), looked at twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Running {
    /// Whose container.
    pub role: Role,
}

impl Kind for Running {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Processes(self.role)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let containers = scene.all(self.role);
        if containers.is_empty() {
            return scene.missing(self.role);
        }
        let names: Vec<&str> = containers
            .iter()
            .map(|container| container.known_as())
            .collect();
        let expected = say!("{} is running and stays up", text::ticked(&names));
        match containers.iter().find(|container| !settled(container)) {
            None => Verdict::pass(expected, say!("running")),
            Some(down) => fallen(down, expected, scene),
        }
    }
}

/// The verdict for a container that is not up, or not for long.
pub(super) fn fallen(container: &Container, expected: String, scene: &Scene<'_>) -> Verdict {
    let log = shell!("docker logs --tail 20 {}", container.name);
    if let Some(verdict) = port_taken(container, &expected, scene) {
        return verdict;
    }
    if let Some(obstacle) = held_up(container, scene) {
        return obstacle.verdict(expected);
    }
    Verdict::fail(expected, down(container)).seen(say!("its own words"), log)
}

/// A container that could not start because another one holds its port: not the student's doing where that one is
/// another lab's.
fn port_taken(container: &Container, expected: &str, scene: &Scene<'_>) -> Option<Verdict> {
    let error = &container.state.error;
    if !(error.contains("already allocated") || error.contains("address already in use")) {
        return None;
    }
    let asked = container
        .ports_asked
        .iter()
        .map(|port| port.host)
        .find(|port| error.contains(&port.to_string()));
    let port = asked.or_else(|| container.ports_asked.first().map(|port| port.host))?;
    let Some(holder) = scene.holder(port) else {
        return Some(
            Verdict::fail(
                expected,
                say!(
                    "could not start: a program outside Docker holds port {port} of this machine",
                    port
                ),
            )
            .seen(say!("who holds it"), shell!("ss -ltnp 'sport = :{}'", port))
            .blamed(Blame::Environment),
        );
    };
    let whose = holder.project.as_ref().map_or_else(String::new, |project| {
        say!(" of project `{project}`", project)
    });
    Some(
        Verdict::fail(
            expected,
            say!(
                "could not start: port {port} is held by container `{}`{whose}",
                holder.name,
                port,
                whose
            ),
        )
        .seen(say!("clear it away, then start again"), holder.clear())
        .blamed(Blame::Leftover),
    )
}
