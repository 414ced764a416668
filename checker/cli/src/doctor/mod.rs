//! `labcheck doctor`: whether this machine has all that the course needs. It looks, says, and with `--fix` mends what can
//! be mended safely through [`crate::setup`]. Nothing here grades.
//!
//! It may import `setup`, `start` (whether a port is taken), the engine and the core.

pub(crate) mod engine;
pub(crate) mod hub;
pub(crate) mod line;
pub(crate) mod machine;
pub(crate) mod owner;
pub(crate) mod ports;
