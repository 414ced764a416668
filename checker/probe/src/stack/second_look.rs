//! The second look at the stack's containers, after everything else was looked at: which of them restarted meanwhile.

use futures_util::future::try_join_all;

use crate::ProbeError;
use labcheck_core::facts::{Health, Status};
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Stack;

/// Inspects the containers once more: restarts since the first look are noted, and states are what they are now.
///
/// # Errors
/// The engine was lost.
pub(crate) async fn compare(engine: &Engine, stack: &mut Stack) -> Result<(), ProbeError> {
    let found = try_join_all(
        stack
            .containers
            .iter()
            .map(|inspected| engine.inspect(&inspected.container.id)),
    )
    .await?;
    for (before, now) in stack.containers.iter_mut().zip(found) {
        let Some(now) = now else {
            before.container.state.restarted_meanwhile = true;
            continue;
        };
        let up = before.container.state.up_ms;
        let restarted = now.container.state.restart_count > before.container.state.restart_count
            || (now.started_at != before.started_at
                && before.container.state.status == Status::Running);
        let was_running = before.container.state.status == Status::Running;
        before.container.state = now.container.state;
        before.container.state.restarted_meanwhile = restarted;
        // The age at the first look is what a crash loop shows in; the second one only adds the run time of the grader.
        if was_running && !restarted {
            before.container.state.up_ms = up;
        }
        if before.container.health == Health::Starting {
            before.container.health = now.container.health;
        }
    }
    Ok(())
}
