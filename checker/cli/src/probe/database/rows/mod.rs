//! Rows of the round trip: finding what was posted, counting, and taking it back so that nothing of a grading stays.
//!
//! It may import `client` and `schema`.

pub(crate) mod counts;
#[cfg(test)]
pub(crate) mod fake_server;
pub(crate) mod find;
pub(crate) mod leftovers;
pub(crate) mod search;
pub(crate) mod undo;
