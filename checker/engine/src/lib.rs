//! The Docker Engine: reaching it, its calls, containers of the grader's own, `docker` and `docker compose`.
//!
//! The only room that names the engine's client library. What it returns is data of [`model`] or of [`labcheck_core::facts`]; what
//! is asked, when and why is decided by the rooms above. It may import [`labcheck_core::facts`], [`labcheck_core::text`] and
//! [`labcheck_core::redact`].

pub mod address;
pub mod advice;
pub mod client;
pub mod command;
pub mod compose;
pub(crate) mod connect;
pub mod error;
pub mod events;
pub mod exec;
pub(crate) mod eye;
pub mod files;
pub mod health_check;
pub mod health_command;
pub mod host;
pub mod images;
pub(crate) mod log;
pub mod model;
pub mod own;
pub mod raw;
pub(crate) mod sidecar;
pub mod sidecars;
pub(crate) mod ssh;
pub(crate) mod stop;
pub mod tar;
pub mod token;
pub(crate) mod trouble;
pub mod wait;
