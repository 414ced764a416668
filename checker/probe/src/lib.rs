//! The only place that looks: at the engine, at pages, at the database, or at a file of recorded facts.
//!
//! Everything it sees leaves as [`labcheck_core::facts`]; nothing here judges. Files that a student's files name are opened
//! by `project_files` alone. Rooms, lowest first: `html` and `tls`, `http`, `stack`, `round_trip` and `compose`, `endpoint`,
//! then `ingress`, `assets`, `image`, `drift`, `reach` and `database`, and `look`, which calls them all in order. `record`
//! and `replay` keep facts in files.

mod assets;
mod compose;
mod database;
mod deadline;
mod drift;
mod endpoint;
mod error;
mod html;
mod http;
mod image;
mod ingress;
mod interrupt;
mod look;
mod observer;
mod project_files;
#[cfg(test)]
mod property_tests;
mod reach;
pub mod record;
mod replay;
mod round_trip;
mod stack;
mod tls;

pub use compose::syntax::BrokenYaml;
pub use compose::tool_files::is_aside;
pub use drift::kind::Drift;
pub use drift::mounted_files::changed_mounts;
pub use error::ProbeError;
pub use interrupt::Stop;
pub use labcheck_engine::events::{Event, Events, News, Subject};
pub use look::live::Live;
pub use look::running::Running;
pub use observer::{Observer, Progress, Quiet};
pub use replay::Replay;
pub use stack::asking_checks::AskingChecks;
pub use stack::ownership;
