//! `labcheck` alone: where one is in the course, what runs, and what comes next.
//!
//! It asks the engine's list once and reads the progress kept on this machine; it grades nothing. It may import `course`,
//! `progress`, `notes`, the probes' list of what runs, and the core.

pub(crate) mod next;
pub(crate) mod recognise;
pub(crate) mod screen;
pub(crate) mod table;
