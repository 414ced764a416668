//! What every search of a database's rows needs to know.

use crate::database::client::conversation::Client;
use crate::database::dialect::quoting::Quoting as _;
use crate::database::schema::snapshot::Snapshot;
use crate::database::schema::tables::Tables;
use crate::database::schema::types::Table;

/// A database's rows: a client to search them with, the tables there are, and what lay in them before.
pub(crate) struct Rows<'c> {
    pub client: &'c mut Client,
    pub tables: &'c Tables,
    /// `None` where the tables were not looked at before something was posted.
    pub before: Option<&'c Snapshot>,
}

/// How much of a large table is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    /// Rows above the highest key there was.
    WhatIsNew,
    /// All of its rows.
    Everything,
}

/// A table's name as a sentence quotes it.
pub(crate) fn in_words((schema, table): &Table) -> String {
    format!("`{schema}.{table}`")
}

impl Rows<'_> {
    /// A table in a statement.
    pub(crate) fn table(&self, table: &Table) -> String {
        self.client.dialect.table(table)
    }

    /// A column in a statement, as text.
    pub(crate) fn as_text(&self, column: &str) -> String {
        self.client.dialect.as_text(column)
    }
}
