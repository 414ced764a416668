//! How SQL, the client programs and the images of MariaDB, MySQL and PostgreSQL differ, as methods of
//! [`labcheck_core::facts::Dialect`].
//!
//! Pure text, and the only place that asks which dialect it is: the other folders call these methods.
//! It may import `facts` alone.

pub(crate) mod attempts;
pub(crate) mod catalog;
pub(crate) mod programs;
pub(crate) mod protocol;
pub(crate) mod quoting;
pub(crate) mod sign_in;
