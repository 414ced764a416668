//! Shared by kinds that ask whether a container is up: one that was never started, as Compose waits for another one first,
//! is explained by that other one.

use crate::check::{Scene, Verdict};
use crate::facts::{Container, Health, State, Status};
use crate::text::{self, quoted, say};

/// Restarts from which a container counts as looping, unless it has been up for [`SETTLED_MS`] since.
const LOOP_RESTARTS: i64 = 2;
/// A container that has been up this long has settled, however often it was restarted before.
const SETTLED_MS: u64 = 15_000;

/// It runs, was not restarted while it was looked at, and is not in a restart loop.
pub(crate) fn settled(container: &Container) -> bool {
    let state = &container.state;
    let looping = state.restarted_meanwhile
        || (state.restart_count >= LOOP_RESTARTS && state.up_ms.is_none_or(|up| up < SETTLED_MS));
    state.status == Status::Running && !looping
}

/// What keeps a container from being started.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Obstacle<'f> {
    /// It will be clear in a moment: a health check is still starting, a one-off program at work.
    Undecided(String),
    /// A container is not what is waited for, and will not become it: which, and how it is.
    Container(&'f Container, String),
    /// No container plays the service that is waited for.
    Nobody(String),
}

impl Obstacle<'_> {
    /// The verdict on what is held up by it.
    pub(crate) fn verdict(self, expected: String) -> Verdict {
        let never = |why: String| say!("it was never started: it waits for {why}", why);
        match self {
            Self::Undecided(why) => Verdict::unknown(expected, never(why)),
            Self::Nobody(service) => {
                let why = say!("`{service}`, of which there is no container", service);
                Verdict::fail(expected, never(why))
            }
            Self::Container(container, how) => {
                let why = say!("`{}`, which {how}", container.known_as(), how);
                Verdict::held_up(expected, never(why), &container.name)
            }
        }
        .seen(say!("what each is waiting for"), "docker ps -a")
    }
}

/// The end of the chain of services that Compose waits for before it starts a container; `None` where it waits for none.
pub(crate) fn held_up<'f>(container: &'f Container, scene: &Scene<'f>) -> Option<Obstacle<'f>> {
    let mut at = container;
    // A circle is refused by Compose, and there are no more steps than containers.
    for _ in 0..=scene.facts.containers.len() {
        if !waiting(at) {
            break;
        }
        match next(at, scene) {
            None => break,
            Some(Err(service)) => return Some(Obstacle::Nobody(service)),
            Some(Ok(next)) => at = next,
        }
    }
    if std::ptr::eq(at, container) {
        return None;
    }
    let name = at.known_as();
    if settled(at) && at.health == Health::Starting {
        let why = say!("`{name}`, whose health check is still starting", name);
        return Some(Obstacle::Undecided(why));
    }
    if settled(at) && at.health == Health::None && works_off(container, at, scene) {
        let why = say!("`{name}`, which has not ended yet", name);
        return Some(Obstacle::Undecided(why));
    }
    Some(Obstacle::Container(at, how(at)))
}

/// It was made, and never started.
fn waiting(container: &Container) -> bool {
    container.state.status == Status::Created && container.state.error.is_empty()
}

/// The first that a container waits for and that is not as it has to be: a container, or a service without any.
fn next<'f>(container: &Container, scene: &Scene<'f>) -> Option<Result<&'f Container, String>> {
    let mut all = container.depends_on.iter().flatten();
    all.find_map(|dependency| {
        let mut others = scene.facts.containers.iter().filter(|other| {
            other.service.as_deref() == Some(dependency.service.as_str())
                && other.project == container.project
        });
        let Some(first) = others.next() else {
            return Some(Err(dependency.service.clone()));
        };
        let unmet = |other: &&Container| !met(&dependency.condition, other);
        std::iter::once(first).chain(others).find(unmet).map(Ok)
    })
}

/// Whether a container is what a condition of `depends_on` asks for.
fn met(condition: &str, container: &Container) -> bool {
    let state = &container.state;
    match condition {
        "service_healthy" => settled(container) && container.health == Health::Healthy,
        "service_completed_successfully" => state.status == Status::Exited && state.exit_code == 0,
        _ => state.status != Status::Created,
    }
}

/// A container on the way waits for this one's end.
fn works_off(from: &Container, at: &Container, scene: &Scene<'_>) -> bool {
    let ends = |container: &Container| {
        container.depends_on.iter().flatten().any(|dependency| {
            dependency.condition == "service_completed_successfully"
                && at.service.as_deref() == Some(dependency.service.as_str())
        })
    };
    ends(from) || scene.facts.containers.iter().any(ends)
}

/// How a container is that is not well, as it follows "which": with the last words of its health check or its log.
pub fn how(container: &Container) -> String {
    if settled(container) {
        return match &container.health {
            Health::Unhealthy(said) => say!("is {state}", state = unhealthy(container, said)),
            Health::None => say!("has no health check").into(),
            Health::Starting | Health::Healthy => say!("is not up for long").into(),
        };
    }
    let state = down(container);
    match container.state.status {
        Status::Exited => state,
        Status::Created => say!("was {state}", state),
        _ => say!("is {state}", state),
    }
}

/// That a container is unhealthy, with what its health check said last, or else its log.
pub(crate) fn unhealthy(container: &Container, said: &str) -> String {
    if !said.trim().is_empty() {
        return say!("unhealthy; its health check says: {said}", said);
    }
    with_log(
        say!("unhealthy; its health check says nothing").into(),
        container,
    )
}

/// Why a container is not up, with the last line of its log.
pub(crate) fn down(container: &Container) -> String {
    let State {
        status, exit_code, ..
    } = container.state;
    let mut found = match status {
        Status::Running | Status::Restarting => say!(
            "in a restart loop: restarted {} so far",
            text::times(container.state.restart_count)
        ),
        Status::Exited if container.state.oom_killed => {
            say!("stopped: it ran out of memory and was killed").into()
        }
        Status::Exited => say!("stopped with exit code {exit_code}", exit_code),
        Status::Paused => say!(
            "paused; `docker unpause {}` lets it go on",
            quoted(&container.name)
        ),
        Status::Created if container.state.error.is_empty() => {
            say!("created, but never started").into()
        }
        other => other.word().to_owned(),
    };
    if !container.state.error.is_empty() {
        found = say!("{found}; the engine says: {}", container.state.error, found);
    }
    with_log(found, container)
}

fn with_log(found: String, container: &Container) -> String {
    if let Some((error, position)) = text::first_error(&container.last_log) {
        let position = position.map_or_else(String::new, |position| format!(" {position}"));
        return say!(
            "{found}; the first error in its log: {error}{place}",
            found,
            error,
            place = position
        );
    }
    let mut lines = container.last_log.iter().rev();
    match lines.find(|line| !line.trim().is_empty()) {
        Some(line) => say!("{found}; its last log line: {line}", found, line),
        None => found,
    }
}

#[cfg(test)]
#[path = "start_order_tests.rs"]
mod tests;
