//! What every kind of check is: it says what it wants to see, and judges from facts alone.

use super::scene::Scene;
use super::verdict::Verdict;
use super::want::Want;

/// What every kind of check is.
pub trait Kind {
    /// What must be looked at for it, beyond the engine's own state, which is always seen.
    fn wants(&self) -> Vec<Want>;

    /// The verdict, from the facts alone.
    fn judge(&self, scene: &Scene<'_>) -> Verdict;
}
