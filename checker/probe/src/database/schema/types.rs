//! What a server lists, as plain data: sessions, accounts, tables and columns.

use labcheck_core::facts::{Account, Spot};

/// Columns read at most. As many may mean that there are more.
pub(crate) const MOST_COLUMNS: usize = 4000;

/// Tables read at most, those of the likeliest schemas first. As many may mean that there are more.
pub(crate) const MOST_TABLES: usize = 1000;

/// An open session: the application's, or another one of the grader's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OpenSession {
    /// Without the host part.
    pub user: String,
    /// Address or host name it comes from, without the port; empty for a local socket.
    pub from: String,
    /// The schema (MariaDB) or database (PostgreSQL) in use; empty for none.
    pub schema: String,
}

/// An open session as the server lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedSession {
    /// The server's number for it.
    pub number: String,
    /// For how many milliseconds it has done nothing; 0 where it is at work, or where the server does not say.
    pub idle_ms: u64,
    pub session: OpenSession,
}

/// A column in which a posted value may lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub spot: Spot,
    /// Holds text rather than numbers.
    pub text: bool,
}

/// An account with what shows whether a password fits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credential {
    /// The name of a user or role.
    pub user: String,
    /// The host part, a pattern; empty where the server has none (PostgreSQL).
    pub host: String,
    /// The authentication plugin; empty where the server does not say.
    pub plugin: String,
    /// What the server keeps of the password, in the plugin's form.
    pub hash: String,
}

impl Credential {
    /// An account of which only the name is known.
    pub(crate) fn new(user: &str, host: &str) -> Self {
        Self {
            user: user.to_owned(),
            host: host.to_owned(),
            ..Self::default()
        }
    }

    /// `user@host`, or the bare name where there is no host part.
    pub(crate) fn label(&self) -> String {
        if self.host.is_empty() {
            self.user.clone()
        } else {
            format!("{}@{}", self.user, self.host)
        }
    }
}

/// The accounts of a server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts {
    /// With their rights, as facts name them.
    pub accounts: Vec<Account>,
    /// What shows whether a password fits: one for each account.
    pub credentials: Vec<Credential>,
}

/// A table: schema and name.
pub(crate) type Table = (String, String);

/// The table a column is of.
pub(crate) fn table_of(spot: &Spot) -> Table {
    (spot.schema.clone(), spot.table.clone())
}

/// A table as the server describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Described {
    pub table: Table,
    /// About how many rows.
    pub rows: u64,
    /// Its primary key, where that is one column of whole numbers.
    pub key: Option<String>,
}
