//! Stacks to try the grader on: every solution, starter, named mistake and foreign-but-correct stack on disk, and the
//! means to start one and take it down again.
//!
//! Nothing here grades. Everything that is started carries the label `labcheck.test`, and is cleared away by it.
//! It may import `course`, `setup` and `start` of the program, the engine and the core.

mod case;
mod commands;
mod compose;
mod cover;
mod docker;
pub mod files;
mod foreign;
mod keep;
mod mistake;
mod rows;
mod running;
mod typed;
mod uikit;

pub use case::{Case, CaseKind};
pub use compose::Written;
pub use cover::each_time;
pub use docker::{Docker, LABEL, RUN_PREFIX};
pub use foreign::Foreign;
pub use mistake::{Edit, Mistake};
pub use running::Stack;
