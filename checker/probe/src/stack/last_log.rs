//! The last log lines of containers that are not up, which say why.

use futures_util::future::join_all;

use labcheck_core::facts::{Container, Health, Meanwhile, Status};
use labcheck_core::redact::known::Secrets;
use labcheck_core::text;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Stack;

/// Last log lines of containers that are not up, read only for those.
pub(crate) async fn read(engine: &Engine, stack: &mut Stack, secrets: &Secrets) {
    const LINES: usize = 5;
    // A compiler's first error may stand far above its last line.
    const READ: usize = 400;
    let down = |container: &Container| {
        let state = &container.state;
        let fallen = state.status != Status::Running
            || state.restart_count > 0
            || matches!(container.health, Health::Unhealthy(_));
        // An engine that says nothing of it does not give its log either.
        fallen && state.meanwhile != Some(Meanwhile::Silent)
    };
    let reads = stack
        .containers
        .iter_mut()
        .filter(|inspected| down(&inspected.container))
        .map(|inspected| async {
            let lines = engine.last_log(&inspected.container.id, READ).await;
            let last = &lines[lines.len().saturating_sub(LINES)..];
            let first = text::first_error(&lines);
            let first = first
                .into_iter()
                .flat_map(|(error, place)| [Some(error), place]);
            let above = first
                .flatten()
                .filter(|line| !last.iter().any(|other| other == line));
            inspected.container.last_log = above
                .chain(last.iter().map(String::as_str))
                .map(|line| secrets.show(line, 200))
                .filter(|line| !line.is_empty())
                .collect();
        });
    join_all(reads).await;
}
