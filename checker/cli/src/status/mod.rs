//! `labcheck` alone: where one is in the course, what runs, and what comes next.
//!
//! It asks the engine's list once and reads the progress kept on this machine; it grades nothing.

pub(crate) mod next;
pub(crate) mod recognise;
pub(crate) mod screen;
pub(crate) mod table;
