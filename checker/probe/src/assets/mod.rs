//! What the home page loads: style sheets, scripts and icons, fetched as a browser would, and ways out of their folder.
//!
//! Looks at the pages that were found already, and asks for what they name. Nothing is posted, and no page is judged.
//! It may import `html`, `http`, `endpoint` and `deadline`.

pub(crate) mod fetch;
pub(crate) mod home_page;
pub(crate) mod path_traversal;
