//! From a lab to a graded report: plan, judge in order of `after`, fold causes, count points.
//!
//! Which container plays which role is decided here too, from facts alone; [`plan`] says what a look has to see.
//! It may import [`crate::check`], [`crate::lab`], [`crate::facts`], [`crate::exit`] and [`crate::text`].

mod blocked;
mod candidate;
mod judge;
mod leftover;
mod meanwhile;
mod outcome;
mod plan;
pub(crate) mod reverse_proxy;
mod roles;

pub use candidate::{has_image_named, serves};
pub use judge::judge;
pub use outcome::{Grade, Graded, Mark, Outcome, Points};
pub use plan::{Plan, Target, pages, plan};
pub use roles::assign;
