//! Counting rows that pass tests, in bounded time: many tests in one statement, and what is large by itself.
//!
//! A count that did not come in time is `None`: the caller has to say what was not searched.

use std::time::Duration;

use tokio::time::Instant;

use super::search::{Rows, Search, in_words};
use crate::database::client::limits::{limit, limit_to};
use crate::database::client::reply::Row;
use crate::database::schema::types::Table;

/// Queries joined into one statement.
const MOST_JOINED: usize = 60;
/// Longest time for one search through all the tables.
const LONGEST: Duration = Duration::from_secs(3);
/// Longest time for one statement about one table.
const ONE_STATEMENT: Duration = Duration::from_millis(700);
/// Longest time that searches of large tables may take in the whole of a grading.
const LARGE_TABLES: Duration = Duration::from_secs(2);

/// A test of a table, with its index in the list that is asked for.
type Numbered<'t> = (usize, &'t (Table, String));

impl Rows<'_> {
    /// How many rows of one table pass a test.
    ///
    /// # Errors
    /// The server did not say, or not in time.
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
            .ok_or_else(|| format!("{} could not be searched", in_words(table)))
    }

    /// How many rows pass each test; `None` where the server did not say, or not in time.
    pub(crate) async fn counts(
        &mut self,
        tests: &[(Table, String)],
        search: Search,
    ) -> Result<Vec<Option<u64>>, String> {
        let until = Instant::now() + LONGEST;
        let mut counts = vec![None; tests.len()];
        let (large, small): (Vec<Numbered<'_>>, Vec<Numbered<'_>>) = tests
            .iter()
            .enumerate()
            .filter(|(_, (table, _))| !self.is_slow(table))
            .partition(|(_, (table, _))| self.is_large(table, search));
        for parts in small.chunks(MOST_JOINED) {
            if Instant::now() > until {
                break;
            }
            let statements: Vec<String> = parts
                .iter()
                .map(|(at, (table, test))| self.count_query(*at, table, test, search))
                .collect();
            match self.client.query(&statements.join(" UNION ALL ")).await {
                Ok(rows) => fill_in(&rows, &mut counts),
                // One table that cannot be read must not hide the others.
                Err(_) => self.one_by_one(parts, &statements, &mut counts).await,
            }
        }
        for parts in large.chunk_by(|a, b| a.1.0 == b.1.0) {
            self.count_large_table(parts, &mut counts).await;
        }
        Ok(counts)
    }

    /// Sends each query by itself, after the server refused them together.
    async fn one_by_one(
        &mut self,
        parts: &[Numbered<'_>],
        statements: &[String],
        counts: &mut [Option<u64>],
    ) {
        let until = Instant::now() + LONGEST;
        limit_to(self.client, ONE_STATEMENT).await;
        for ((_, (table, _)), statement) in parts.iter().zip(statements) {
            if Instant::now() > until || self.is_slow(table) {
                continue;
            }
            match self.client.query(statement).await {
                Ok(rows) => fill_in(&rows, counts),
                Err(_) => self.mark_slow(table),
            }
        }
        limit(self.client).await;
    }

    /// Counts by every test of one large table in one pass over it.
    async fn count_large_table(&mut self, parts: &[Numbered<'_>], counts: &mut [Option<u64>]) {
        let Some((_, (table, _))) = parts.first() else {
            return;
        };
        let spent = self
            .before
            .map_or(Duration::ZERO, |before| before.spent.get());
        if spent > LARGE_TABLES {
            self.mark_slow(table);
            return;
        }
        let tests: Vec<String> = parts
            .iter()
            .map(|(_, (_, test))| format!("COUNT(CASE WHEN {test} THEN 1 END)"))
            .collect();
        let statement = format!("SELECT {} FROM {}", tests.join(", "), self.table(table));
        let begun = Instant::now();
        limit_to(self.client, ONE_STATEMENT).await;
        let answer = self.client.query(&statement).await;
        limit(self.client).await;
        if let Some(before) = self.before {
            before.spent.set(spent + begun.elapsed());
        }
        match answer.as_deref() {
            Ok([row]) => {
                for ((at, _), count) in parts.iter().zip(row) {
                    counts[*at] = count.parse().ok();
                }
            }
            _ => self.mark_slow(table),
        }
    }

    /// A query for the index of a test and how many rows pass it.
    fn count_query(&self, at: usize, table: &Table, test: &str, search: Search) -> String {
        let limit = self
            .before
            .filter(|_| search == Search::WhatIsNew)
            .and_then(|before| before.only_new_rows(table, self.client.dialect));
        let limit = limit.map_or_else(String::new, |limit| format!("{limit} AND "));
        format!(
            "SELECT {at}, COUNT(*) FROM {} WHERE {limit}({test})",
            self.table(table)
        )
    }

    /// Whether all of a large table would have to be read.
    fn is_large(&self, table: &Table, search: Search) -> bool {
        self.before.is_some_and(|before| {
            before.is_large(table)
                && (search == Search::Everything
                    || before.only_new_rows(table, self.client.dialect).is_none())
        })
    }

    /// Whether a search of a table has been given up in this grading.
    fn is_slow(&self, table: &Table) -> bool {
        self.before
            .is_some_and(|before| before.slow.borrow().contains(table))
    }

    /// Remembers that a search of a table was given up, so that the grader does not wait for it again.
    fn mark_slow(&self, table: &Table) {
        if let Some(before) = self.before {
            before.slow.borrow_mut().insert(table.clone());
        }
    }
}

/// Puts rows of (index, count) into the counts.
fn fill_in(rows: &[Row], counts: &mut [Option<u64>]) {
    for row in rows {
        if let [at, count] = row.as_slice()
            && let (Ok(at), Ok(count)) = (at.parse::<usize>(), count.parse())
            && let Some(slot) = counts.get_mut(at)
        {
            *slot = Some(count);
        }
    }
}
