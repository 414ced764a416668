//! `labcheck start` and `labcheck stop`: a lab's stack by `docker compose`, with what another lab left cleared away first.
//!
//! Nothing here grades, and no student's file is changed: what a site needs beside the compose file lies in the cache.

pub(crate) mod builds;
pub(crate) mod compose;
pub(crate) mod corporate_ca;
pub(crate) mod failed;
pub(crate) mod names;
pub(crate) mod others;
pub(crate) mod ports;

pub use builds::ContextError;
pub(crate) use builds::{Contexts, built_images};
pub(crate) use compose::{Entry, Project};
pub(crate) use ports::is_taken;
