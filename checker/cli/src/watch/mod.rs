//! `labcheck LAB --watch`: grades again whenever the stack or the lab's folder changes, and shows what is different.
//!
//! Nothing here judges or looks by itself: looks are the probes', marks are the grade's. Where the engine tells events
//! and the system tells changed files, nothing is polled. It may import `notes`, the probes and the core.

pub mod change;
pub(crate) mod due;
pub mod engine;
pub(crate) mod file_system;
pub mod files;
pub(crate) mod folders;
pub mod keys;
pub mod lines;
pub(crate) mod polling;
pub(crate) mod progress;
pub mod scope;
pub(crate) mod screen;
pub(crate) mod screen_text;
pub(crate) mod slot;
pub mod state;
pub(crate) mod term;
pub(crate) mod watcher;

pub use watcher::{Options, Sample, measured, run};
