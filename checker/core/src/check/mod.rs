//! The kinds of check: pure functions from facts to a verdict.
//!
//! Deliberately absent here: I/O, clocks, randomness, `async`, `Result`. A kind is total: whatever the facts hold, it
//! answers pass, fail, or unknown with the reason. A new kind is one file and one line in the list of
//! `kind/mod.rs`. It may import [`crate::facts`], [`crate::text`] and [`crate::embedded`].

mod judging;
mod kind;
mod scene;
mod shared;
mod verdict;
mod want;

pub use judging::Kind;
pub use kind::*;
pub use scene::Scene;
pub use shared::start_order::how;
pub use verdict::{Blame, Evidence, Finding, Verdict};
pub use want::{Look, Want};
