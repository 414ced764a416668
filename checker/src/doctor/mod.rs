//! `labcheck doctor`: whether this machine has all that the course needs. It looks, says, and with `--fix` mends what can
//! be mended safely through [`crate::setup`]. Nothing here grades.

mod command;
mod engine;
mod hub;
mod line;
mod machine;
mod owner;
mod ports;

pub use command::{DoctorArgs, run};
