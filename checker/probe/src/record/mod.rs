//! Recordings: facts written down so that the same stack gives the same file, wherever and whenever it was looked at.
//!
//! It may import [`labcheck_core::facts`], and no other room of the probe.

mod normalise;
mod words;

pub use crate::record::normalise::{normalised, text};
