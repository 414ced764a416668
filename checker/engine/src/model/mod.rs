//! The engine's JSON as data: containers, their state, ends, limits and mounts, process lists, times.
//!
//! Pure: a value of the engine's client goes in, data comes out, and any field may be absent, empty or of a newer engine.
//! It may import [`labcheck_core::facts`], [`labcheck_core::text`] and [`labcheck_core::redact`], and nothing else of the engine's room.

pub(crate) mod clean;
pub(crate) mod container;
pub(crate) mod ends;
pub mod inspected;
pub(crate) mod limits;
pub(crate) mod noop_healthcheck;
pub(crate) mod process_list;
pub(crate) mod shell_lists;
pub mod socket_mounts;
pub mod socket_path;
pub(crate) mod state;
pub mod time;
