//! The kinds of check: pure functions from facts to a verdict.
//!
//! Deliberately absent here: I/O, clocks, randomness, `async`, `Result`. A kind is total: whatever the facts hold, it
//! answers pass, fail, or unknown with the reason. A new kind is one file and one line in the list of
//! `kind/mod.rs`.

mod kind;
mod scene;
mod shared;
mod verdict;
mod want;

pub use kind::*;
pub use scene::Scene;
pub use verdict::{Blame, Evidence, Finding, Verdict};
pub use want::{Aspect, Look, Want};

/// What every kind of check is.
pub trait Kind {
    /// What must be looked at for it, beyond the engine's own state, which is always seen.
    fn wants(&self) -> Vec<Want>;

    /// The verdict, from the facts alone.
    fn judge(&self, scene: &Scene<'_>) -> Verdict;
}

impl Kind for Expect {
    fn wants(&self) -> Vec<Want> {
        self.kind().wants()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        self.kind().judge(scene)
    }
}
