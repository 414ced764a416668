//! Rows of an earlier grading that was ended before it could take them back.
//!
//! They are recognised by the form of their names and named with the statements that remove them. Nothing is deleted
//! here: a command out of a report, typed by a student, leaves rows of the same form.

use std::collections::BTreeMap;
use std::time::Duration;

use super::search::{Rows, Search};
use crate::database::dialect::quoting::Quoting as _;
use crate::database::schema::types::{Table, table_of};
use crate::round_trip::names;
use labcheck_core::facts::Earlier;

/// How long the grader waits for another grading, which may be about to delete its own rows.
const GRACE: Duration = Duration::from_secs(1);
/// Foreign keys followed at most, one after the other.
const MOST_LEVELS: usize = 3;

impl Rows<'_> {
    /// Tables with such rows; those with the word of this grading are not among them.
    pub(crate) async fn earlier(&mut self, nonce: &str) -> Vec<Earlier> {
        let columns: Vec<(Table, String)> = self
            .tables
            .columns
            .iter()
            .filter(|column| column.text)
            .map(|column| (table_of(&column.spot), self.as_text(&column.spot.column)))
            .filter(|(table, _)| !self.before.is_some_and(|before| before.is_large(table)))
            .collect();
        let tests: Vec<(Table, String)> = columns
            .iter()
            .map(|(table, column)| {
                let others = self.client.dialect.literal(&format!("%{nonce}%"));
                let test = format!("{} AND {column} NOT LIKE {others}", self.has_form(column));
                (table.clone(), test)
            })
            .collect();
        let mut counts = self.counts(&tests, Search::Everything).await;
        let some = |count: &Option<u64>| count.is_some_and(|count| count > 0);
        if let Ok(first) = &mut counts
            && first.iter().any(some)
        {
            // Another grading that runs at this moment deletes its rows itself.
            tokio::time::sleep(GRACE).await;
            let again = self.counts(&tests, Search::Everything).await;
            for (count, again) in first.iter_mut().zip(again.unwrap_or_default()) {
                *count = again.map_or(*count, |again| count.map(|count| count.min(again)));
            }
        }
        // A student needs one statement for a table: by the column in which most of its rows have such a name.
        let mut found: BTreeMap<Table, (u64, String)> = BTreeMap::new();
        for ((table, column), count) in columns.into_iter().zip(counts.unwrap_or_default()) {
            let count = count.unwrap_or(0);
            if count > 0 && found.get(&table).is_none_or(|(most, _)| *most < count) {
                found.insert(table, (count, column));
            }
        }
        let named = found.into_iter().map(|(table, (count, column))| Earlier {
            remove: self.delete_statements(&table, &self.has_form(&column), 0),
            table: format!("{}.{}", table.0, table.1),
            count,
        });
        named.collect()
    }

    /// The test that a column holds a name that a round trip posts, of this grading or another one.
    fn has_form(&self, column: &str) -> String {
        let form = format!("{}[xsibwe]?([^0-9a-z]|$)", names::pattern());
        self.client.dialect.matches(column, &form)
    }

    /// Statements that delete rows, after those for the rows that reference them.
    fn delete_statements(&self, table: &Table, test: &str, depth: usize) -> Vec<String> {
        let mut all = Vec::new();
        let name = self.table(table);
        let keys = (self.tables.keys)
            .iter()
            .filter(|key| key.referenced_table().as_ref() == Some(table) && !key.cascades);
        for key in keys.filter(|_| depth < MOST_LEVELS) {
            let Some(from) = key.referencing_table().filter(|from| from != table) else {
                continue;
            };
            let test = key.references(&name, test, self.client.dialect);
            all.extend(self.delete_statements(&from, &test, depth + 1));
        }
        all.push(format!("DELETE FROM {name} WHERE {test};"));
        all
    }
}

#[cfg(test)]
#[path = "leftovers_tests.rs"]
mod tests;
