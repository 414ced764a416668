//! The course's images: which are wanted, which are there and where they come from, making, carrying.
//!
//! Only `docker` and the engine's calls are used; no image is removed. It may import the rest of `setup`, the engine and
//! `text`.

pub mod build;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod imported;
pub mod list;
#[cfg(test)]
pub(crate) mod live_tests;
pub(crate) mod origin;
pub(crate) mod pull;
pub(crate) mod toolchain;
pub mod wanted;

pub use build::ensure;
pub(crate) use build::{Request, build};
pub(crate) use export::export;
pub(crate) use import::import;
pub(crate) use imported::Imported;
pub(crate) use list::{list, rows};
pub use origin::Origin;
pub use wanted::{Wanted, all};
pub(crate) use wanted::{named, of, of_lab};
