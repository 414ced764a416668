//! Taking secrets out of every text before it becomes a fact: those that are known, and passwords by what stands around them.
//!
//! Nothing here looks for secrets: who finds one says so with [`known::Secrets::learn`]. It may import
//! [`crate::text`] alone.

pub mod addresses;
pub mod known;
pub mod shapes;
mod written;
