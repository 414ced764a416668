//! Rows of the application's tables: finding what the round trip posted, counting, deleting it, naming what stayed.
//!
//! Looks at every table in bounded time; rows that were there before a grading are never deleted.
//! `search` is what all of them know: a client, the tables, and what lay in them before.
//! It may import `client`, `dialect`, `schema`, `facts` and `text`.

pub(crate) mod counts;
#[cfg(test)]
pub(crate) mod fake_server;
pub(crate) mod find;
pub(crate) mod leftovers;
pub(crate) mod search;
pub(crate) mod undo;
