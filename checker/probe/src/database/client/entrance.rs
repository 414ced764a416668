//! As whom a session is opened, by which way, and why none came about.

use labcheck_core::text;

/// By which way a session is opened, and as whom.
#[derive(Clone, Copy)]
pub(super) struct Entrance<'e> {
    /// An address for TCP; `None` for the server's socket file.
    pub host: Option<&'e str>,
    pub user: &'e str,
    /// Empty for none.
    pub password: &'e str,
    /// The database to look into, where a session sees one only; `None` for the one that every server has.
    pub database: Option<&'e str>,
}

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoSession {
    /// The server's refusal, as its client program words it.
    Refused(String),
    /// It cannot be told whether the server lets the user in: it was not reached, or wants to know the user by a way that
    /// the grader does not speak.
    Undecided(String),
}

/// How the end of a connection is told.
pub(super) fn broke(err: &sqlx::Error) -> String {
    let said = text::cut(&text::clean(&err.to_string()), 160);
    format!("the connection to the database broke: {said}")
}
