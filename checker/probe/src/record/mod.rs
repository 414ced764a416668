//! Recordings: facts written down so that the same stack gives the same file, wherever and whenever it was looked at.
//!
//! `normalise` goes through the facts, `words` replaces what changes from one run to the next by steady names. Nothing is
//! looked at. It may import [`labcheck_core::facts`], `endpoint` and `round_trip::steps`.

mod normalise;
mod words;

pub use crate::record::normalise::{normalised, text};
