//! `running`: a role's container is up and stays up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Blame, Kind, Scene, Verdict, Want};
use crate::facts::{Container, Health, Role, Status};
use crate::text;

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

/// Restarts from which a container counts as looping, unless it has been up for [`SETTLED_MS`] since.
const LOOP_RESTARTS: i64 = 2;
/// A container that has been up this long has settled, however often it was restarted before.
const SETTLED_MS: u64 = 15_000;

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
        let expected = format!("{} is running and stays up", text::ticked(&names));
        match containers.iter().find(|container| !settled(container)) {
            None => Verdict::pass(expected, "running"),
            Some(down) => fallen(down, expected, scene),
        }
    }
}

fn settled(container: &Container) -> bool {
    let state = &container.state;
    let looping = state.restarted_meanwhile
        || (state.restart_count >= LOOP_RESTARTS && state.up_ms.is_none_or(|up| up < SETTLED_MS));
    state.status == Status::Running && !looping
}

/// The verdict for a container that is not up, or not for long.
pub(super) fn fallen(container: &Container, expected: String, scene: &Scene<'_>) -> Verdict {
    let state = &container.state;
    let log = format!("docker logs --tail 20 {}", container.name);
    if let Some(verdict) = port_taken(container, &expected, scene) {
        return verdict;
    }
    if let Some(waits) = held_up(container, scene) {
        let why = format!("it was never started: it waits for `{waits}`, which is not healthy");
        return Verdict::unknown(expected, why).seen("what each is waiting for", "docker ps -a");
    }
    let mut found = match state.status {
        Status::Running | Status::Restarting => {
            format!(
                "in a restart loop: restarted {} so far",
                text::times(state.restart_count)
            )
        }
        Status::Exited if state.oom_killed => "stopped: it ran out of memory and was killed".into(),
        Status::Exited => format!("stopped with exit code {}", state.exit_code),
        Status::Paused => format!("paused; `docker unpause {}` lets it go on", container.name),
        Status::Created if state.error.is_empty() => "created, but never started".into(),
        other => other.word().to_owned(),
    };
    if !state.error.is_empty() {
        found = format!("{found}; the engine says: {}", state.error);
    }
    if let Some(line) = container
        .last_log
        .iter()
        .rev()
        .find(|line| !line.trim().is_empty())
    {
        found = format!("{found}; its last log line: {line}");
    }
    Verdict::fail(expected, found).seen("its own words", log)
}

/// The service that Compose waits for before it starts this container, where that one is not healthy.
fn held_up(container: &Container, scene: &Scene<'_>) -> Option<String> {
    let state = &container.state;
    if state.status != Status::Created || !state.error.is_empty() {
        return None;
    }
    let waits = container.depends_on.iter().flatten();
    let mut waits = waits.filter(|dependency| dependency.condition == "service_healthy");
    let same = |other: &&Container, service: &str| {
        other.service.as_deref() == Some(service) && other.project == container.project
    };
    let sick = |service: &str| {
        let mut all = scene.facts.containers.iter();
        all.find(|other| same(other, service))
            .is_none_or(|other| other.health != Health::Healthy)
    };
    waits
        .find(|dependency| sick(&dependency.service))
        .map(|dependency| dependency.service.clone())
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
                format!(
                    "could not start: a program outside Docker holds port {port} of this machine"
                ),
            )
            .seen("who holds it", format!("ss -ltnp 'sport = :{port}'"))
            .blamed(Blame::Environment),
        );
    };
    let whose = holder
        .project
        .as_ref()
        .map_or_else(String::new, |project| format!(" of project `{project}`"));
    Some(
        Verdict::fail(
            expected,
            format!(
                "could not start: port {port} is held by container `{}`{whose}",
                holder.name
            ),
        )
        .seen("clear it away, then start again", holder.clear())
        .blamed(Blame::Leftover),
    )
}
