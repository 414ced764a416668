//! The format that the grader and the program speak over the program's standard input and output.
//!
//! Both sides send frames (see [`frame`]): the grader asks with a number, the program answers with the same number, in
//! whatever order it is done. A frame of a forwarded stream carries bytes. Every length is checked before anything is
//! allocated, no type contains itself, and what cannot be read is an error, never a panic.

#[macro_use]
mod codec;
pub mod frame;
pub mod limits;
mod primitives;
mod unread;

pub use codec::{Input, Malformed, Wire, decode, encode};
pub use primitives::{Bytes, Listed};
pub use unread::{Field, Unread};
