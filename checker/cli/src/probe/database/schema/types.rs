//! What a server lists, as plain data: sessions, accounts, tables and columns.

use labcheck_core::facts::{Account, Spot};

/// Columns read at most, and whether that was all.
pub(crate) const MOST_COLUMNS: usize = 4000;

/// Tables remembered at most, the likeliest schemas first.
pub(crate) const MOST_TABLES: usize = 1000;

/// An open session of anybody but the grader.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Open {
    pub user: String,
    /// Address or host name it comes from, without the port; empty for a local socket.
    pub from: String,
    pub schema: String,
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
    pub user: String,
    pub host: String,
    pub plugin: String,
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

/// Accounts and what shows whether a password fits them.
pub(crate) type People = (Vec<Account>, Vec<Credential>);

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
