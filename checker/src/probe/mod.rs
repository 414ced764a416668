//! The only place that looks: at the engine, at pages, at the database, or at a file of recorded facts.
//!
//! Everything it sees leaves as [`crate::facts`]; nothing here judges. Only `engine*` names the engine's client
//! library, only `sql*` knows how to talk to a database.

mod error;
mod live;
mod observer;
pub mod record;
mod replay;

pub use error::ProbeError;
pub use live::Live;
pub use observer::{Observer, Plan, Progress, Quiet, Target};
pub use replay::Replay;
