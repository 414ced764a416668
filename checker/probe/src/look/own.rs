//! Containers of graders, which are no part of what is looked at: those of this look by their ids, those of another one by
//! how they were made.

use crate::reach::{by_program, unix_sockets};
use crate::stack::listening;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::ContainerSummary;
use labcheck_engine::own::{self, ToolPrograms};
use labcheck_engine::sidecars::Sidecars;

/// What a look runs beside a container, out of an image of the stack.
const PROGRAMS: ToolPrograms<'_> = &[
    &by_program::PROGRAM,
    &listening::PROGRAM,
    &unix_sockets::PROGRAM,
];

/// All containers but those of graders; `sidecars` made those of this look, where there is one.
pub(crate) fn others(
    engine: &Engine,
    sidecars: Option<&Sidecars>,
    rows: Vec<ContainerSummary>,
) -> Vec<ContainerSummary> {
    let created = |row: &ContainerSummary| sidecars.is_some_and(|sidecars| sidecars.created(row));
    let mut rows = rows;
    rows.retain(|row| !created(row) && !own::is_own(row, engine, PROGRAMS));
    rows
}

/// Removes what an earlier grader, ended by force, left on the engine.
pub(crate) async fn sweep(engine: &Engine, rows: &[ContainerSummary]) {
    own::sweep(engine, rows, PROGRAMS).await;
}
