//! The seam between looking and judging.

use std::pin::Pin;

use crate::ProbeError;
use labcheck_core::facts::Facts;
use labcheck_core::grade::Plan;

/// Something that can look at a stack: a live engine, or a recording.
pub trait Observer {
    /// Looks once at everything the plan wants, and writes it down.
    ///
    /// # Errors
    /// When the stack could not be looked at at all. A part that could not be looked at is an `Unseen` in the facts.
    fn observe(
        &self,
        plan: &Plan,
        progress: &dyn Progress,
    ) -> impl Future<Output = Result<Facts, ProbeError>>;
}

/// Told what is going on, for screens that show it.
pub trait Progress: Sync {
    /// A new thing is being done or waited for, as a short sentence fragment.
    fn now(&self, what: &str);

    /// Ends when the look is to be broken off and everything taken back; by default never.
    fn stopped(&self) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(std::future::pending())
    }
}

/// Shows nothing.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl Progress for Quiet {
    fn now(&self, _what: &str) {}
}
