//! `labcheck start` and `labcheck stop`: a lab's stack by `docker compose`, with what another lab left cleared away first.
//!
//! Nothing here grades, and no student's file is changed: what a site needs beside the compose file lies in the cache.
//! It may import `setup`, the probe's `ownership` and `changed_mounts`, the engine and the core.

pub mod addresses;
pub(crate) mod afterwards;
pub mod builds;
pub(crate) mod confirm;
pub mod corporate_ca;
pub(crate) mod down;
pub mod failed;
pub(crate) mod images;
pub mod names;
pub mod others;
pub(crate) mod output;
pub mod ports;
pub mod project;
pub(crate) mod site_override;
pub(crate) mod up;
pub(crate) mod volumes;
mod warnings;

pub use addresses::SiteAddress;
pub use builds::ContextError;
pub use builds::{Contexts, built_images};
pub use ports::is_taken;
pub use project::Project;
