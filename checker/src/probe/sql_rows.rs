//! Looking for what the round trip posted in every table, and taking it out again.
//!
//! Rows are recognised by a fresh word that nobody else can have typed; nothing else is ever deleted.

use std::collections::{BTreeMap, BTreeSet};

use super::sql::{Client, identifier, literal};
use super::sql_mariadb::Column;
use crate::facts::{Dialect, ForeignKey, Row, Seen, Spot};

/// Look-ups joined into one statement.
const TOGETHER: usize = 60;
/// Foreign keys followed from a posted row at most.
const DEEPEST: usize = 4;

/// A table: schema and name.
type Table = (String, String);

fn table_of(spot: &Spot) -> Table {
    (spot.schema.clone(), spot.table.clone())
}

/// A database client that knows its dialect and the tables there are.
pub(super) struct Rows<'c> {
    pub client: &'c mut Client,
    pub dialect: Dialect,
    pub columns: &'c [Column],
}

impl Rows<'_> {
    fn table(&self, (schema, name): &Table) -> String {
        format!(
            "{}.{}",
            identifier(schema, self.dialect),
            identifier(name, self.dialect)
        )
    }

    fn text(&self, column: &str) -> String {
        let column = identifier(column, self.dialect);
        if self.dialect == Dialect::Postgres {
            format!("CAST({column} AS text)")
        } else {
            column
        }
    }

    /// Where values lie, as (what, value) pairs: columns that hold exactly one of them, and in how many rows.
    ///
    /// # Errors
    /// The database could not be asked.
    pub(super) async fn find(&mut self, values: &[(&str, &str)]) -> Result<Vec<Row>, String> {
        let mut asked = Vec::new();
        for column in self.columns {
            // Only a number can lie in a column of numbers.
            for (what, value) in values
                .iter()
                .filter(|(what, _)| column.text || *what == "number")
            {
                let test = if column.text {
                    format!(
                        "{} = {}",
                        self.text(&column.spot.column),
                        literal(value, self.dialect)
                    )
                } else {
                    format!(
                        "{} = {value}",
                        identifier(&column.spot.column, self.dialect)
                    )
                };
                asked.push((column.spot.clone(), (*what).to_owned(), test));
            }
        }
        let tests: Vec<(Table, String)> = asked
            .iter()
            .map(|(spot, _, test)| (table_of(spot), test.clone()))
            .collect();
        let counts = self.counts(&tests).await?;
        let mut rows: Vec<Row> = asked
            .into_iter()
            .zip(counts)
            .filter(|(_, count)| *count > 0)
            .map(|((spot, value, _), count)| Row { spot, value, count })
            .collect();
        rows.sort();
        Ok(rows)
    }

    /// How many rows pass each test.
    async fn counts(&mut self, tests: &[(Table, String)]) -> Result<Vec<u64>, String> {
        let mut counts = vec![0; tests.len()];
        for (chunk, tests) in tests.chunks(TOGETHER).enumerate() {
            let parts: Vec<String> = tests
                .iter()
                .enumerate()
                .map(|(at, (table, test))| {
                    format!(
                        "SELECT {at}, COUNT(*) FROM {} WHERE {test}",
                        self.table(table)
                    )
                })
                .collect();
            let together = self.client.rows(&parts.join(" UNION ALL ")).await;
            let mut rows = together.as_ref().cloned().unwrap_or_default();
            if together.is_err() {
                // One table that cannot be read must not hide the others.
                for part in &parts {
                    rows.extend(self.client.rows(part).await.unwrap_or_default());
                }
            }
            for row in rows {
                let [at, count] = row.as_slice() else {
                    continue;
                };
                if let (Ok(at), Ok(count)) = (at.parse::<usize>(), count.parse())
                    && let Some(place) = counts.get_mut(chunk * TOGETHER + at)
                {
                    *place = count;
                }
            }
        }
        Ok(counts)
    }

    /// Deletes every row that holds the fresh word, rows that refer to it first, and rows that hold nothing but its
    /// hash. Says how many went, or what stayed.
    pub(super) async fn undo(
        &mut self,
        keys: &[ForeignKey],
        nonce: &str,
        hash: Option<&str>,
    ) -> Seen<u64> {
        match self.try_undo(keys, nonce, hash).await {
            Ok((deleted, stayed)) if stayed.is_empty() => Seen::Seen(deleted),
            Ok((_, stayed)) => Seen::Unseen(format!(
                "rows of the round trip stay in {}",
                crate::text::ticked(&stayed.into_iter().collect::<Vec<_>>())
            )),
            Err(why) => Seen::Unseen(format!("rows named `{nonce}` may stay: {why}")),
        }
    }

    async fn try_undo(
        &mut self,
        keys: &[ForeignKey],
        nonce: &str,
        hash: Option<&str>,
    ) -> Result<(u64, BTreeSet<String>), String> {
        let holders = self.holders(nonce).await?;
        let mut hashes = self.own_hashes(&holders).await;
        if let Some(hash) = hash {
            *hashes.entry(hash.to_owned()).or_insert(0) += 1;
        }
        let mut deleted = 0;
        for (table, test) in &holders {
            deleted += self.delete(table, test, keys, 0).await?;
        }
        let mut stayed: BTreeSet<String> = self
            .holders(nonce)
            .await?
            .keys()
            .map(|(schema, name)| format!("{schema}.{name}"))
            .collect();
        for (hash, ours) in hashes {
            for row in self.find(&[("hash", &hash)]).await? {
                let table = table_of(&row.spot);
                if row.count <= ours {
                    let test = format!(
                        "{} = {}",
                        self.text(&row.spot.column),
                        literal(&hash, self.dialect)
                    );
                    deleted += self.delete(&table, &test, keys, 0).await?;
                } else {
                    stayed.insert(format!("{}.{}", table.0, table.1));
                }
            }
        }
        Ok((deleted, stayed))
    }

    /// Tables in which some text holds the fresh word, each with the test that finds those rows.
    async fn holders(&mut self, nonce: &str) -> Result<BTreeMap<Table, String>, String> {
        let mut tests: BTreeMap<Table, Vec<String>> = BTreeMap::new();
        for column in self.columns.iter().filter(|column| column.text) {
            let test = format!(
                "{} LIKE {}",
                self.text(&column.spot.column),
                literal(&format!("%{nonce}%"), self.dialect)
            );
            tests.entry(table_of(&column.spot)).or_default().push(test);
        }
        let tests: Vec<(Table, String)> = tests
            .into_iter()
            .map(|(table, tests)| (table, tests.join(" OR ")))
            .collect();
        let counts = self.counts(&tests).await?;
        Ok(tests
            .into_iter()
            .zip(counts)
            .filter(|(_, count)| *count > 0)
            .map(|(test, _)| test)
            .collect())
    }

    /// Long hexadecimal words in the rows that hold the fresh word, and in how many of those rows each lies.
    async fn own_hashes(&mut self, holders: &BTreeMap<Table, String>) -> BTreeMap<String, u64> {
        let mut found = BTreeMap::new();
        for (table, test) in holders {
            let columns: Vec<String> = self
                .columns
                .iter()
                .filter(|column| column.text && table_of(&column.spot) == *table)
                .map(|column| self.text(&column.spot.column))
                .collect();
            let query = format!(
                "SELECT {} FROM {} WHERE {test} LIMIT 100",
                columns.join(", "),
                self.table(table)
            );
            for row in self.client.rows(&query).await.unwrap_or_default() {
                for cell in row
                    .into_iter()
                    .filter(|cell| cell.len() >= 32 && cell.chars().all(|c| c.is_ascii_hexdigit()))
                {
                    *found.entry(cell).or_insert(0) += 1;
                }
            }
        }
        found
    }

    /// Deletes the rows of a table that pass a test, after the rows of other tables that refer to them.
    async fn delete(
        &mut self,
        table: &Table,
        test: &str,
        keys: &[ForeignKey],
        depth: usize,
    ) -> Result<u64, String> {
        let count = self
            .counts(&[(table.clone(), test.to_owned())])
            .await?
            .first()
            .copied()
            .unwrap_or(0);
        if count == 0 || depth > DEEPEST {
            return Ok(0);
        }
        let mut deleted = count;
        for key in keys
            .iter()
            .filter(|key| table_of(&key.to) == *table && table_of(&key.from) != *table)
        {
            // MariaDB does not let a statement read the table it deletes from, unless through a table of its own.
            let parents = format!(
                "SELECT {} FROM {} WHERE {test}",
                identifier(&key.to.column, self.dialect),
                self.table(table)
            );
            let children = format!(
                "{} IN (SELECT * FROM ({parents}) AS posted)",
                identifier(&key.from.column, self.dialect)
            );
            deleted +=
                Box::pin(self.delete(&table_of(&key.from), &children, keys, depth + 1)).await?;
        }
        let reply = self
            .client
            .ask(&format!("DELETE FROM {} WHERE {test}", self.table(table)))
            .await?;
        match reply.error {
            Some(error) => Err(error.said),
            None => Ok(deleted),
        }
    }
}
