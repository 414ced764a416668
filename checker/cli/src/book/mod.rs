//! The book inside the binary: rendered by mdBook, served on loopback, opened at a page. Nothing here judges.
//!
//! `book/` is complete in itself: what it shows of code, reports and tables is written into it by `cargo dev sync`
//! (see [`labcheck_dev`]), so that `mdbook build book` in a checkout and `labcheck book` far from one make the same pages.
//! It may import `text`, `error` and `exit` of the core.

pub(crate) mod embedded;
pub(crate) mod error;
pub(crate) mod page_address;
pub(crate) mod render;
pub(crate) mod serve;

pub use error::BookError;
pub use page_address::PageAddress;
pub use render::Rendered;
pub use serve::{router, serve};
