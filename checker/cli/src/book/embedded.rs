//! The book's sources inside the binary, so that `cargo install` is enough for a student.

use rust_embed::RustEmbed;

/// `book.toml` and everything below `book/src` and `book/theme`; what mdBook built of it stays out.
#[derive(Debug, Clone, Copy, RustEmbed)]
#[folder = "../../book"]
#[include = "book.toml"]
#[include = "src/*"]
#[include = "theme/*"]
pub(crate) struct Sources;
