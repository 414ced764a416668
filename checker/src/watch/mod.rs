//! `labcheck LAB --watch`: grades again whenever the stack or the lab's folder changes, and shows what is different.
//!
//! Nothing here judges or looks by itself: looks are the probes', marks are the grade's. Where the engine tells events
//! and the system tells changed files, nothing is polled.

pub(crate) mod change;
pub(crate) mod due;
pub(crate) mod engine;
pub(crate) mod files;
pub(crate) mod keys;
pub(crate) mod lines;
pub(crate) mod progress;
pub(crate) mod scope;
pub(crate) mod screen;
pub(crate) mod screen_text;
pub(crate) mod slot;
pub(crate) mod state;
pub(crate) mod term;
pub(crate) mod watcher;

pub(crate) use watcher::{Options, Sample, measured, run};
