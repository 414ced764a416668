//! Asking for pages over HTTP as a browser would: kept connections, cookies, redirects, compressed bodies, the pace.
//!
//! What comes back is written down, and read by `html`. Nothing here knows of roles or of the database. It may import
//! [`labcheck_engine`] and `html`.

pub(crate) mod address;
pub(crate) mod allowed;
pub(crate) mod answer;
pub(crate) mod browser;
pub(crate) mod decompress;
pub(crate) mod pace;
pub(crate) mod raw;
pub(crate) mod submission;
pub(crate) mod trouble;
pub(crate) mod visitor;
