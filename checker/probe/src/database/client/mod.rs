//! A conversation with a database server: where it runs, signing in to it, statements in, rows and errors out.
//!
//! The grader speaks the protocols of MySQL and PostgreSQL itself, by way of its own program inside the container, so nothing
//! has to be published. Where that is not to be had, the client program that is in the container is run and believed, and the
//! reason is noted. It knows no statement of its own but those that a session begins with.
//! It may import `dialect`, `stack` (secret files), [`labcheck_engine`], [`labcheck_eye`], `facts`, `redact` and `text`.

pub(crate) mod conversation;
mod entrance;
pub(crate) mod limits;
mod mysql;
pub(crate) mod own_way;
mod postgres;
mod program;
pub(crate) mod reply;
pub(crate) mod server;
mod session;
pub(crate) mod sign_in;
mod socket;
