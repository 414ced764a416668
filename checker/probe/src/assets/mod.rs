//! What the home page loads: style sheets, scripts and icons, fetched as a browser would, and ways out of their folder.
//!
//! It may import `html`, `http`, `stack` and `endpoint`.

pub(crate) mod fetch;
pub(crate) mod home_page;
pub(crate) mod path_traversal;
