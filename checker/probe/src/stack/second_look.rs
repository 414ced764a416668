//! The second look at the stack's containers, after everything else was looked at: which of them restarted meanwhile.

use futures_util::future::join_all;

use super::meanwhile::Disturbances;
use super::settle::unseen;
use crate::ProbeError;
use labcheck_core::facts::{Health, Meanwhile, Status};
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::{Inspected, Stack};

/// Inspects the containers once more: restarts since the first look are noted, and states are what they are now. What was
/// done to a container from outside is told from what its program did.
///
/// # Errors
/// The engine was lost.
pub(crate) async fn compare(
    engine: &Engine,
    stack: &mut Stack,
    disturbances: &mut Disturbances,
) -> Result<(), ProbeError> {
    let silent =
        |inspected: &Inspected| inspected.container.state.meanwhile == Some(Meanwhile::Silent);
    let asked = stack.containers.iter_mut().filter(|one| !silent(one));
    let asked: Vec<&mut Inspected> = asked.collect();
    let found = join_all(asked.iter().map(|one| engine.inspect(&one.container.id))).await;
    for (before, now) in asked.into_iter().zip(found) {
        let id = before.container.id.clone();
        let now = match now {
            Ok(now) => now,
            Err(err) => unseen(engine, &id, err).await?,
        };
        note(before, now, disturbances.done_to(&id));
    }
    Ok(())
}

/// Notes what became of a container; `done` is what the engine's events tell.
fn note(before: &mut Inspected, now: Option<Inspected>, done: Option<Meanwhile>) {
    let own = &mut before.container;
    let Some(now) = now else {
        own.state.meanwhile = Some(Meanwhile::Removed);
        return;
    };
    let state = now.container.state;
    if state.meanwhile == Some(Meanwhile::Silent) {
        own.state.meanwhile = state.meanwhile;
        return;
    }
    let was_running = own.state.status == Status::Running;
    // The engine counts the restarts of a restart policy alone.
    let by_policy = state.restart_count > own.state.restart_count;
    let started = now.started_at != before.started_at && was_running;
    let by_hand = match state.status {
        Status::Paused if was_running => Some(Meanwhile::Paused),
        _ if started && !by_policy => Some(Meanwhile::Restarted),
        _ => None,
    };
    let (up, known) = (own.state.up_ms, own.state.meanwhile);
    own.state = state;
    // Podman tells of a restart by the policy as of one by hand.
    let done = done.filter(|done| !(by_policy && *done == Meanwhile::Restarted));
    own.state.meanwhile = done.or(by_hand).or(known);
    own.state.restarted_meanwhile = own.state.meanwhile.is_none() && (by_policy || started);
    // The age at the first look is what a crash loop shows in; the second one only adds the run time of the grader.
    if was_running && !by_policy && !started {
        own.state.up_ms = up;
    }
    if own.health == Health::Starting {
        own.health = now.container.health;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::{Container, State};

    fn seen(status: Status, restart_count: i64, started_at: &str) -> Inspected {
        Inspected {
            container: Container {
                state: State {
                    status,
                    restart_count,
                    up_ms: Some(60_000),
                    ..State::default()
                },
                ..Container::default()
            },
            started_at: started_at.into(),
            ..Inspected::default()
        }
    }

    /// What is noted of a container that ran, with what is seen of it afterwards.
    fn noted(now: Option<Inspected>, done: Option<Meanwhile>) -> State {
        let mut before = seen(Status::Running, 3, "then");
        note(&mut before, now, done);
        before.container.state
    }

    #[test]
    fn a_restart_by_hand_is_told_from_one_by_the_restart_policy() {
        let state = noted(Some(seen(Status::Running, 4, "now")), None);
        assert!(state.restarted_meanwhile && state.meanwhile.is_none());
        let done = Some(Meanwhile::Restarted);
        let by_podman = noted(Some(seen(Status::Running, 4, "now")), done);
        assert!(by_podman.restarted_meanwhile && by_podman.meanwhile.is_none());
        for count in [0, 3] {
            let state = noted(Some(seen(Status::Running, count, "now")), None);
            assert_eq!(state.meanwhile, Some(Meanwhile::Restarted));
            assert!(!state.restarted_meanwhile);
        }
        let state = noted(Some(seen(Status::Running, 3, "then")), None);
        assert_eq!(state, noted(Some(seen(Status::Running, 3, "then")), None));
        assert!(!state.restarted_meanwhile && state.meanwhile.is_none());
    }

    #[test]
    fn what_ended_by_itself_is_no_disturbance() {
        let state = noted(Some(seen(Status::Exited, 3, "then")), None);
        assert_eq!((state.status, state.meanwhile), (Status::Exited, None));
        let done = Some(Meanwhile::Stopped);
        let state = noted(Some(seen(Status::Exited, 3, "then")), done);
        assert_eq!(state.meanwhile, done);
    }

    #[test]
    fn pauses_and_removals_are_noted() {
        let state = noted(Some(seen(Status::Paused, 3, "then")), None);
        assert_eq!(state.meanwhile, Some(Meanwhile::Paused));
        assert_eq!(noted(None, None).meanwhile, Some(Meanwhile::Removed));
        let went_on = Some(Meanwhile::Paused);
        let state = noted(Some(seen(Status::Running, 3, "then")), went_on);
        assert_eq!((state.status, state.meanwhile), (Status::Running, went_on));
    }
}
