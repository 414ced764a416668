//! The course's application, as its chapters describe it: the paths of its two forms. `--route` maps them to a student's own.
//!
//! Sentences of the catalogue spell these paths out, as a translation is found by the whole sentence.

/// Where the form that stores a manufacturer is shown and posted.
pub const INSERTER: &str = "/inserter";
/// Where the form that finds a manufacturer is shown and posted.
pub const FETCH: &str = "/fetch";
/// The request that stores, as evidence names it.
pub const POST_INSERTER: &str = "POST /inserter";
/// The request that finds, as evidence names it.
pub const POST_FETCH: &str = "POST /fetch";
