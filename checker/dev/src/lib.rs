//! Tools for the course's authors: keeping starters and solutions in step, and the project's own commands.
//!
//! `check` and `sync` look at files alone; `stack`, `demo`, `bench` and `verify` start real stacks. It may import every
//! crate of the project, and none imports it.

mod advisories;
mod bench;
mod check;
mod demo;
mod error;
mod lock;
mod pages;
mod root;
pub mod stack;
pub mod sync;
pub mod tasks;
mod tools;
mod tracked;
mod verify;

pub use error::DevError;
pub use root::Root;
pub use tools::{DevArgs, Tool, run};
