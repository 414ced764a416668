//! `labcheck LAB --watch`: grades again whenever the stack or the lab's folder changes, and shows what is different.
//!
//! Nothing here judges or looks by itself: looks are the probes', marks are the grade's. Where the engine tells events
//! and the system tells changed files, nothing is polled.

mod change;
mod due;
mod engine;
mod files;
mod keys;
mod lines;
mod scope;
mod screen;
mod screen_text;
mod slot;
mod state;
mod term;
mod watcher;
mod word;

pub(crate) use watcher::{Options, Sample, measured, run};
