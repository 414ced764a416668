//! Looking for what the round trip posted in every table, in bounded time. Takes nothing out: see `sql_undo`.

use std::collections::BTreeSet;

use crate::probe::database::client::conversation::Client;
use crate::probe::database::dialect::quoting::Quoting as _;
use crate::probe::database::schema::snapshot::Snapshot;
use crate::probe::database::schema::tables::Tables;
use crate::probe::database::schema::types::{MOST_COLUMNS, Table, table_of};
use labcheck_core::facts::Row;

/// A database client that knows its dialect, the tables there are, and what lay in them before.
pub(crate) struct Rows<'c> {
    pub client: &'c mut Client,
    pub tables: &'c Tables,
    /// `None` where nobody looked before something was posted.
    pub before: Option<&'c Snapshot>,
}

/// How much of a large table is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    /// Rows above the highest key there was.
    WhatIsNew,
    Everything,
}

/// A table's name for a sentence.
pub(crate) fn named((schema, table): &Table) -> String {
    format!("`{schema}.{table}`")
}

impl Rows<'_> {
    pub(crate) fn table(&self, table: &Table) -> String {
        self.client.dialect.table(table)
    }

    pub(crate) fn text(&self, column: &str) -> String {
        self.client.dialect.as_text(column)
    }

    /// Where values lie, as (what, value) pairs: columns that hold exactly one of them, and in how many rows.
    ///
    /// # Errors
    /// The database could not be asked; or not every table could be searched, and what was not found may lie there.
    pub(crate) async fn find(&mut self, values: &[(&str, &str)]) -> Result<Vec<Row>, String> {
        let dialect = self.client.dialect;
        let mut asked = Vec::new();
        for column in &self.tables.columns {
            // Only a number can lie in a column of numbers.
            for (what, value) in values
                .iter()
                .filter(|(what, _)| column.text || *what == "number")
            {
                let name = &column.spot.column;
                let test = match *what {
                    _ if !column.text => format!("{} = {value}", dialect.identifier(name)),
                    "hash" => dialect.holds_hash(&dialect.as_text(name), value),
                    _ => format!("{} = {}", dialect.as_text(name), dialect.literal(value)),
                };
                asked.push((column.spot.clone(), (*what).to_owned(), test));
            }
        }
        let tests: Vec<(Table, String)> = asked
            .iter()
            .map(|(spot, _, test)| (table_of(spot), test.clone()))
            .collect();
        let counts = self.counts(&tests, Search::WhatIsNew).await?;
        let unread = self.unread(&tests, &counts);
        let mut rows: Vec<Row> = asked
            .into_iter()
            .zip(counts)
            .filter_map(|((spot, value, _), count)| {
                let count = count.filter(|count| *count > 0)?;
                Some(Row { spot, value, count })
            })
            .collect();
        rows.sort();
        let asked_for = |what: &str| values.iter().any(|(value, _)| *value == what);
        let found = |what: &str| !asked_for(what) || rows.iter().any(|row| row.value == what);
        // Of number and e-mail address one is enough, unless only one was asked for.
        let details = found("number") || (asked_for("email") && found("email"));
        match unread {
            Some(unread) if !(found("name") && found("hash") && details) => Err(unread),
            _ => Ok(rows),
        }
    }

    /// Which tables were not searched, as a sentence fragment.
    pub(crate) fn unread(
        &self,
        tests: &[(Table, String)],
        counts: &[Option<u64>],
    ) -> Option<String> {
        let unread: BTreeSet<String> = tests
            .iter()
            .zip(counts)
            .filter(|(_, count)| count.is_none())
            .map(|((table, _), _)| named(table))
            .collect();
        if unread.is_empty() {
            return (self.tables.columns.len() >= MOST_COLUMNS).then(|| {
                format!("there are more than {MOST_COLUMNS} columns, too many to search them all")
            });
        }
        let most: Vec<String> = unread.iter().take(5).cloned().collect();
        let more = if unread.len() > most.len() {
            " and others"
        } else {
            ""
        };
        Some(format!(
            "not every table could be searched in time: {}{more}",
            most.join(", ")
        ))
    }

    /// How many rows of one table pass a test.
    pub(crate) async fn count(
        &mut self,
        table: &Table,
        test: &str,
        search: Search,
    ) -> Result<u64, String> {
        let counts = self
            .counts(&[(table.clone(), test.to_owned())], search)
            .await?;
        counts
            .first()
            .copied()
            .flatten()
            .ok_or_else(|| format!("{} could not be searched", named(table)))
    }
}
