//! Counting rows that pass tests, in bounded time: many tests in one statement, and what is large by itself.
//!
//! A count that did not come in time is no count; whoever asked has to say so.

use std::time::Duration;

use tokio::time::Instant;

use super::find::{Rows, Search};
use crate::probe::database::client::limits::{limit, limit_to};
use crate::probe::database::client::reply::Row;
use crate::probe::database::schema::types::Table;

/// Look-ups joined into one statement.
const TOGETHER: usize = 60;
/// Longest time for one search through all the tables.
const LONGEST: Duration = Duration::from_secs(3);
/// Longest time for one statement about one table.
const ALONE: Duration = Duration::from_millis(700);
/// Longest time that large tables may cost in the whole of a grading.
const LARGE: Duration = Duration::from_secs(2);

/// A test of a table, with its place among those asked for.
type Part<'t> = (usize, &'t (Table, String));

impl Rows<'_> {
    /// How many rows pass each test; `None` where the server did not say, or not in time.
    pub(crate) async fn counts(
        &mut self,
        tests: &[(Table, String)],
        search: Search,
    ) -> Result<Vec<Option<u64>>, String> {
        let until = Instant::now() + LONGEST;
        let mut counts = vec![None; tests.len()];
        let (large, small): (Vec<Part<'_>>, Vec<Part<'_>>) = tests
            .iter()
            .enumerate()
            .filter(|(_, (table, _))| !self.is_slow(table))
            .partition(|(_, (table, _))| self.is_large(table, search));
        for parts in small.chunks(TOGETHER) {
            if Instant::now() > until {
                break;
            }
            let statements: Vec<String> = parts
                .iter()
                .map(|(at, (table, test))| self.counting(*at, table, test, search))
                .collect();
            match self.client.query(&statements.join(" UNION ALL ")).await {
                Ok(rows) => note(&rows, &mut counts),
                // One table that cannot be read must not hide the others.
                Err(_) => self.one_by_one(parts, &statements, &mut counts).await,
            }
        }
        for parts in large.chunk_by(|a, b| a.1.0 == b.1.0) {
            self.large(parts, &mut counts).await;
        }
        Ok(counts)
    }

    async fn one_by_one(
        &mut self,
        parts: &[Part<'_>],
        statements: &[String],
        counts: &mut [Option<u64>],
    ) {
        let until = Instant::now() + LONGEST;
        limit_to(self.client, ALONE).await;
        for ((_, (table, _)), statement) in parts.iter().zip(statements) {
            if Instant::now() > until || self.is_slow(table) {
                continue;
            }
            match self.client.query(statement).await {
                Ok(rows) => note(&rows, counts),
                Err(_) => self.call_slow(table),
            }
        }
        limit(self.client).await;
    }

    /// Every test of one large table in one pass over it.
    async fn large(&mut self, parts: &[Part<'_>], counts: &mut [Option<u64>]) {
        let Some((_, (table, _))) = parts.first() else {
            return;
        };
        let spent = self
            .before
            .map_or(Duration::ZERO, |before| before.spent.get());
        if spent > LARGE {
            self.call_slow(table);
            return;
        }
        let tests: Vec<String> = parts
            .iter()
            .map(|(_, (_, test))| format!("COUNT(CASE WHEN {test} THEN 1 END)"))
            .collect();
        let statement = format!("SELECT {} FROM {}", tests.join(", "), self.table(table));
        let begun = Instant::now();
        limit_to(self.client, ALONE).await;
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
            _ => self.call_slow(table),
        }
    }

    /// A statement that counts.
    fn counting(&self, at: usize, table: &Table, test: &str, search: Search) -> String {
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

    fn is_slow(&self, table: &Table) -> bool {
        self.before
            .is_some_and(|before| before.slow.borrow().contains(table))
    }

    fn call_slow(&self, table: &Table) {
        if let Some(before) = self.before {
            before.slow.borrow_mut().insert(table.clone());
        }
    }
}

/// Writes rows of (place, count) down.
fn note(rows: &[Row], counts: &mut [Option<u64>]) {
    for row in rows {
        if let [at, count] = row.as_slice()
            && let (Ok(at), Ok(count)) = (at.parse::<usize>(), count.parse())
            && let Some(place) = counts.get_mut(at)
        {
            *place = Some(count);
        }
    }
}
