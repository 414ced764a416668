//! Looking for what the round trip posted in every table, in bounded time. Deletes nothing: see `undo`.

use std::collections::BTreeSet;

use super::search::{Rows, Search, in_words};
use crate::database::dialect::quoting::Quoting as _;
use crate::database::schema::types::{MOST_COLUMNS, Table, table_of};
use labcheck_core::facts::Row;

impl Rows<'_> {
    /// Where values lie, given as pairs of what they are (`name`, `number`, `email`, `hash`) and value: columns that hold
    /// exactly one of them, and in how many rows.
    ///
    /// # Errors
    /// The database could not be asked; or not every table could be searched, and what was not found may lie there.
    pub(crate) async fn find(&mut self, values: &[(&str, &str)]) -> Result<Vec<Row>, String> {
        let dialect = self.client.dialect;
        let mut searches = Vec::new();
        for column in &self.tables.columns {
            // Only a number can lie in a column of numbers; a number may lie in a column of text, too.
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
                searches.push((column.spot.clone(), (*what).to_owned(), test));
            }
        }
        let tests: Vec<(Table, String)> = searches
            .iter()
            .map(|(spot, _, test)| (table_of(spot), test.clone()))
            .collect();
        let counts = self.counts(&tests, Search::WhatIsNew).await?;
        let not_searched = self.not_searched(&tests, &counts);
        let mut rows: Vec<Row> = searches
            .into_iter()
            .zip(counts)
            .filter_map(|((spot, value, _), count)| {
                let count = count.filter(|count| *count > 0)?;
                Some(Row { spot, value, count })
            })
            .collect();
        rows.sort();
        let wanted = |what: &str| values.iter().any(|(value, _)| *value == what);
        let found = |what: &str| !wanted(what) || rows.iter().any(|row| row.value == what);
        // Of number and e-mail address one is enough, unless only one was asked for.
        let details = found("number") || (wanted("email") && found("email"));
        match not_searched {
            Some(not_searched) if !(found("name") && found("hash") && details) => Err(not_searched),
            _ => Ok(rows),
        }
    }

    /// Which tables were not searched, as a sentence fragment.
    pub(crate) fn not_searched(
        &self,
        tests: &[(Table, String)],
        counts: &[Option<u64>],
    ) -> Option<String> {
        let not_searched: BTreeSet<String> = tests
            .iter()
            .zip(counts)
            .filter(|(_, count)| count.is_none())
            .map(|((table, _), _)| in_words(table))
            .collect();
        if not_searched.is_empty() {
            return (self.tables.columns.len() >= MOST_COLUMNS).then(|| {
                format!("there are more than {MOST_COLUMNS} columns, too many to search them all")
            });
        }
        let most: Vec<String> = not_searched.iter().take(5).cloned().collect();
        let more = if not_searched.len() > most.len() {
            " and others"
        } else {
            ""
        };
        Some(format!(
            "not every table could be searched in time: {}{more}",
            most.join(", ")
        ))
    }
}
