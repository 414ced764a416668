//! One file for handing in or for an appeal: what was seen, redacted, with the report; and grading it again, also under a
//! newer lab file.
//!
//! It proves nothing by itself: whoever can run a program can write a file. A course's nonce tells a copied one apart.

pub mod again;
pub mod file;
pub mod nonce;

pub use file::{Bundle, BundleError};
