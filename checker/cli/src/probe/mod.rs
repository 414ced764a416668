//! The only place that looks: at the engine, at pages, at the database, or at a file of recorded facts.
//!
//! Everything it sees leaves as [`labcheck_core::facts`]; nothing here judges. Only `engine*` names the engine's client
//! library, only `sql*` knows how to talk to a database.

pub(crate) mod assets;
pub(crate) mod compose;
pub(crate) mod database;
pub(crate) mod deadline;
pub(crate) mod drift;
pub(crate) mod endpoint;
pub(crate) mod error;
pub(crate) mod html;
pub(crate) mod http;
pub(crate) mod image;
pub(crate) mod ingress;
pub(crate) mod interrupt;
pub(crate) mod look;
pub(crate) mod observer;
pub(crate) mod reach;
pub mod record;
pub(crate) mod replay;
pub(crate) mod round_trip;
pub(crate) mod stack;
pub(crate) mod tls;

pub use compose::syntax::BrokenYaml;
pub use drift::Behind;
pub use error::ProbeError;
pub(crate) use interrupt::Stop;
pub use labcheck_engine::events::{Event, Events, News, Subject};
pub use look::live::{Live, Running};
pub use observer::{Observer, Progress, Quiet};
pub use replay::Replay;
