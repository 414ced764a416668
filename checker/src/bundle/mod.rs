//! One file for handing in or for an appeal: what was seen, redacted, with the report; and grading it again, also under a
//! newer lab file.
//!
//! It proves nothing by itself: whoever can run a program can write a file. A course's nonce tells a copied one apart.

pub(crate) mod again;
pub(crate) mod command;
pub(crate) mod file;
pub(crate) mod nonce;

pub(crate) use command::write;
pub use command::{BundleArgs, RegradeArgs, regrade};
pub use file::{Bundle, BundleError};
pub(crate) use nonce::word as nonce_word;
