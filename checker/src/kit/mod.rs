//! The course in a student's hands: making its folder, putting a starter back, comparing with starter and solution.
//!
//! Nothing here grades or asks an engine, and no file of a student's is lost: what is replaced was copied first.

mod command;
mod compare;
mod copy;
mod course;
mod init;
mod reset;
mod shipped;
mod walk;

pub use command::{DiffArgs, InitArgs, ResetArgs, diff, init, reset};
pub(crate) use shipped::{solution, starter};
