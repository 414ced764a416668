//! One file for handing in or for an appeal: what was seen, redacted, with the report; and grading it again, also under a
//! newer lab file.
//!
//! It proves nothing by itself: a student can write such a file by hand. A course's nonce tells a copied one apart.
//! Bytes go in and come out; no file is opened here. It may import every room of this crate.

pub mod again;
pub mod file;
pub mod nonce;

pub use file::{Bundle, BundleError};
