//! A conversation with a database server: where it runs, signing in to it, statements in, rows and errors out.
//!
//! Its own client program is run inside its container, so nothing has to be published and no driver installed. It knows
//! no statement of its own but those that a session begins with.
//! It may import `dialect`, `stack` (secret files), [`labcheck_engine`], `facts`, `redact` and `text`.

pub(crate) mod conversation;
pub(crate) mod limits;
pub(crate) mod reply;
pub(crate) mod server;
pub(crate) mod sign_in;
