//! From a lab to a graded report: plan, judge in order of `after`, fold causes, count points.

mod blocked;
mod candidate;
mod judge;
mod leftover;
mod outcome;
mod plan;
pub(crate) mod reverse_proxy;
mod roles;

pub use candidate::{made_for, serves};
pub use judge::judge;
pub use outcome::{Grade, Graded, Mark, Outcome, Points};
pub use plan::{Plan, Target, pages, plan};
pub use roles::assign;
