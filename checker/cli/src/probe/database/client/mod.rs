//! Talking to a database server: its client programs, signing in, one kept conversation, quoting, replies, limits.
//!
//! It knows no statement of its own but those that a session needs to begin. It may import [`labcheck_engine`] and `stack`.

pub(crate) mod conversation;
pub(crate) mod limits;
pub(crate) mod reply;
pub(crate) mod server;
pub(crate) mod sign_in;
