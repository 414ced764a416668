//! The database: signing in, accounts and their rights, sessions during the round trip, tables, and taking back what was stored.
//!
//! Only this room holds SQL. `client` talks to a server, `schema` and `account` ask, `rows` finds and undoes; the files
//! beside this one fix the order. It may import [`labcheck_engine`], `stack` and `round_trip`.

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
