//! The Docker Engine: reaching it, its calls, containers of the grader's own, `docker` and `docker compose`.
//!
//! The only room that names the engine's client library. What it returns is data of [`model`] or of [`labcheck_core::facts`]; what
//! is asked, when and why is decided by the rooms above. It may import [`labcheck_core::facts`], [`labcheck_core::text`] and
//! [`labcheck_core::redact`].

pub(crate) mod address;
pub(crate) mod advice;
pub mod client;
pub mod command;
pub(crate) mod compose;
pub(crate) mod connect;
pub mod error;
pub(crate) mod events;
pub(crate) mod exec;
pub(crate) mod files;
pub(crate) mod host;
pub(crate) mod images;
pub(crate) mod log;
pub(crate) mod model;
pub(crate) mod raw;
pub(crate) mod sidecar;
pub(crate) mod sidecars;
pub(crate) mod ssh;
pub(crate) mod stop;
pub(crate) mod tar;
pub(crate) mod token;
pub(crate) mod trouble;
pub(crate) mod wait;
