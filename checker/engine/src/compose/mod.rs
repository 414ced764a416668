//! Docker Compose: the names of its files, the labels it puts on what it makes, and its command.
//!
//! The only place that runs `docker compose` or knows a label of Compose's. It may import the engine's `command` and
//! `address`.

pub mod cli;
pub mod files;
