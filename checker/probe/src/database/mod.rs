//! The database: signing in, accounts and their rights, sessions during the round trip, tables, and deleting what was stored.
//!
//! Only this room holds SQL. `dialect` writes it, `client` sends it, `schema` and `account` ask, `rows` finds and deletes;
//! the files beside this one fix the order. No folder imports one that is named after it here, nor these files. The room
//! may import `stack`, `round_trip`, `project_files`, [`labcheck_engine`] and the rooms of plain data (`check`, `facts`,
//! `grade`, `redact`, `text`).

pub(crate) mod account;
pub(crate) mod client;
pub(crate) mod dialect;
pub(crate) mod enter;
pub(crate) mod open;
pub(crate) mod rows;
pub(crate) mod schema;
pub(crate) mod sequence;
pub(crate) mod sign_ins;
pub(crate) mod undo_afresh;
