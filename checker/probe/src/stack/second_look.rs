//! The second look at the stack's containers, after everything else was looked at: which of them restarted meanwhile.

use futures_util::future::try_join_all;

use crate::ProbeError;
use labcheck_core::facts::{Health, Status};
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::{Inspected, Stack};

/// Inspects the containers once more: restarts since the first look are noted, and states are what they are now. Gives back
/// what somebody did to one of them meanwhile, as a sentence, if anything.
///
/// # Errors
/// The engine was lost.
pub(crate) async fn compare(
    engine: &Engine,
    stack: &mut Stack,
) -> Result<Option<String>, ProbeError> {
    let found = try_join_all(
        stack
            .containers
            .iter()
            .map(|inspected| engine.inspect(&inspected.container.id)),
    )
    .await?;
    let mut disturbed = None;
    for (before, now) in stack.containers.iter_mut().zip(found) {
        let done = by_hand(before, now.as_ref());
        let again_by_hand = done.is_some();
        disturbed = disturbed.or(done);
        let Some(now) = now else {
            before.container.state.restarted_meanwhile = true;
            continue;
        };
        let was_running = before.container.state.status == Status::Running;
        let up = before.container.state.up_ms;
        let again = now.started_at != before.started_at && was_running;
        let restarted = crashed(before, &now) || (again && !again_by_hand);
        before.container.state = now.container.state;
        before.container.state.restarted_meanwhile = restarted;
        // The age at the first look is what a crash loop shows in; the second one only adds the run time of the grader.
        if was_running && !again && !restarted {
            before.container.state.up_ms = up;
        }
        if before.container.health == Health::Starting {
            before.container.health = now.container.health;
        }
    }
    Ok(disturbed)
}

/// Whether the engine started a container again because it had ended.
fn crashed(before: &Inspected, now: &Inspected) -> bool {
    now.container.state.restart_count > before.container.state.restart_count
}

/// What was done to a container between two looks that it does not do by itself: only the engine's own restarts are counted.
fn by_hand(before: &Inspected, now: Option<&Inspected>) -> Option<String> {
    if before.container.state.status != Status::Running {
        return None;
    }
    let name = before.container.known_as();
    let Some(now) = now else {
        return Some(format!("`{name}` was removed or made anew"));
    };
    if now.container.state.status == Status::Paused {
        return Some(format!("`{name}` was paused"));
    }
    let runs = now.container.state.status == Status::Running;
    let again = now.started_at != before.started_at;
    (runs && again && !crashed(before, now)).then(|| format!("`{name}` was started again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(status: Status, started_at: &str, restart_count: i64) -> Inspected {
        let mut looked = Inspected::default();
        looked.container.state.status = status;
        looked.container.state.restart_count = restart_count;
        looked.started_at = started_at.into();
        looked.container.name = "db".into();
        looked
    }

    #[test]
    fn what_a_person_did_meanwhile_is_no_crash() {
        let before = looked(Status::Running, "10:00", 0);
        let said = |now: &Inspected| by_hand(&before, Some(now)).unwrap_or_default();
        assert_eq!(said(&before), "");
        let again = looked(Status::Running, "10:01", 0);
        assert_eq!(said(&again), "`db` was started again");
        assert!(!crashed(&before, &again));
        let crash = looked(Status::Running, "10:01", 1);
        assert_eq!(said(&crash), "");
        assert!(crashed(&before, &crash));
        assert_eq!(said(&looked(Status::Paused, "10:00", 0)), "`db` was paused");
        assert_eq!(said(&looked(Status::Exited, "10:00", 0)), "");
        assert!(by_hand(&before, None).is_some_and(|said| said.ends_with("made anew")));
        let paused = looked(Status::Paused, "10:00", 0);
        assert_eq!(by_hand(&paused, Some(&paused)), None);
    }
}
