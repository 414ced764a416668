//! The course in a student's hands: making its folder, putting a starter back, comparing with starter and solution.
//!
//! Nothing here grades or asks an engine, and no file of a student's is lost: what is replaced was copied first.
//! It may import `course`, and `text`, `error` and `embedded` of the core.

pub(crate) mod compare;
pub mod copy;
pub mod course;
pub(crate) mod init;
pub(crate) mod reset;
pub(crate) mod shipped;
pub(crate) mod walk;

pub use shipped::{solution, starter};
