//! The parts a container can play in a stack.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part that one or more containers of a stack play.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The application that answers the course's routes.
    App,
    /// The database server.
    Db,
    /// The database's administration page (phpMyAdmin or the like).
    Admin,
    /// The reverse proxy.
    Proxy,
}

impl Role {
    /// Every role, in the order reports list them.
    pub const ALL: [Self; 4] = [Self::App, Self::Db, Self::Admin, Self::Proxy];

    /// The word used in lab files and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Db => "db",
            Self::Admin => "admin",
            Self::Proxy => "proxy",
        }
    }

    /// The words used in sentences, with an article.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::App => "the application",
            Self::Db => "the database",
            Self::Admin => "the admin page",
            Self::Proxy => "the proxy",
        }
    }

    /// The role that a word of a lab file or the command line names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// One container taken for a role, and the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// The container's name.
    pub container: String,
    /// Why it was taken for the role, such as "service name `db`" or "runs mariadbd".
    pub why: String,
}
