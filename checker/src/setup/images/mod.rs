//! The course's images: which are wanted, which are there and where they come from, making, carrying.

mod build;
mod export;
mod import;
mod imported;
mod list;
#[cfg(test)]
mod live_tests;
mod origin;
mod pull;
mod toolchain;
mod wanted;

pub use build::ensure;
pub(super) use build::{Request, build};
pub(super) use export::export;
pub(super) use import::import;
pub(super) use imported::Imported;
pub(super) use list::{list, rows};
pub use origin::Origin;
pub use wanted::{Wanted, all};
pub(super) use wanted::{named, of, of_lab};
