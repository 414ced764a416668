//! Deleting what the round trip posted.
//!
//! Rows are recognised by a fresh word that no person can have typed, and by not having been there before; nothing else
//! is ever deleted.

use std::collections::{BTreeMap, BTreeSet};

use super::search::{Rows, Search, in_words};
use crate::database::dialect::quoting::Quoting as _;
use crate::database::schema::types::{Table, table_of};
use labcheck_core::facts::{Row, Seen};
use labcheck_core::text;

/// Foreign keys followed from a posted row at most, one after the other.
const MOST_LEVELS: usize = 6;

/// Rows that are the round trip's own.
struct OwnRows {
    /// The test that they pass.
    test: String,
    count: u64,
    /// Rows that pass the first test, but were there before, or may have been.
    others: u64,
}

/// What was deleted and what was not.
#[derive(Debug, Default)]
struct Undone {
    deleted: u64,
    /// What stays, and why.
    stayed: BTreeSet<String>,
}

impl Rows<'_> {
    /// Deletes every row that holds the fresh word and was not there before, with the new rows that reference it, and
    /// new rows that hold nothing but its hash. Says how many were deleted, or what stays and why.
    pub(crate) async fn undo(&mut self, nonce: &str, hash: Option<&str>) -> Seen<u64> {
        match self.try_undo(nonce, hash).await {
            Ok(undone) if undone.stayed.is_empty() => Seen::Seen(undone.deleted),
            Ok(undone) => Seen::Unseen(format!(
                "of the round trip with `{nonce}`, something may stay: {}",
                undone.stayed.into_iter().collect::<Vec<_>>().join("; ")
            )),
            Err(why) => Seen::Unseen(format!("rows named `{nonce}` may stay: {why}")),
        }
    }

    async fn try_undo(&mut self, nonce: &str, hash: Option<&str>) -> Result<Undone, String> {
        let mut undone = Undone::default();
        let (holding_tables, not_searched) = self.holding_tables(nonce).await?;
        undone.stayed.extend(not_searched);
        let mut hashes = self.own_hashes(&holding_tables).await;
        if let Some(hash) = hash {
            *hashes.entry(hash.to_owned()).or_insert(0) += 1;
        }
        for (table, test) in &holding_tables {
            let own = self.own_rows(table, test, Search::WhatIsNew).await?;
            undone.add_others(table, own.others);
            self.delete(table, &own, 0, &mut undone).await;
        }
        for (hash, ours) in hashes {
            for row in self.hash_rows(&hash).await? {
                let table = table_of(&row.spot);
                let column = self.as_text(&row.spot.column);
                let test = format!("{column} = {}", self.client.dialect.literal(&hash));
                let own = self.own_rows(&table, &test, Search::WhatIsNew).await?;
                if own.others == 0 && own.count <= ours {
                    self.delete(&table, &own, 0, &mut undone).await;
                } else {
                    undone.add_others(&table, own.others.max(1));
                }
            }
        }
        Ok(undone)
    }

    /// Columns in which a hash lies.
    async fn hash_rows(&mut self, hash: &str) -> Result<Vec<Row>, String> {
        // Tables that cannot be searched have been reported by `holding_tables` already.
        let found = self.find(&[("name", hash)]).await;
        Ok(found.unwrap_or_default())
    }

    /// Which of the rows that pass a test are the round trip's own: those above the highest key there was, or all of
    /// them, where the table has grown by as many.
    async fn own_rows(
        &mut self,
        table: &Table,
        test: &str,
        search: Search,
    ) -> Result<OwnRows, String> {
        let none_of_them = |count| OwnRows {
            test: "1 = 0".into(),
            count: 0,
            others: count,
        };
        let all = self.count(table, test, search).await?;
        let Some(before) = self.before.filter(|_| all > 0) else {
            return Ok(none_of_them(all));
        };
        let mut own = none_of_them(all);
        if let Some(new) = before.new_rows(table, self.client.dialect) {
            let test = format!("({test}) AND {new}");
            let count = self.count(table, &test, search).await?;
            own = OwnRows {
                test,
                count,
                others: all.saturating_sub(count),
            };
        }
        if own.others > 0
            && let Some(rows) = before.rows(table)
            && self.count(table, "1 = 1", Search::Everything).await? >= rows.saturating_add(all)
        {
            // Keys need not ascend, so a row of the round trip's own may have a lower key than the highest one before.
            own = OwnRows {
                test: format!("({test})"),
                count: all,
                others: 0,
            };
        }
        Ok(own)
    }

    /// Tables in which some text holds the fresh word, each with the test that finds those rows; and what could not be
    /// searched.
    async fn holding_tables(
        &mut self,
        nonce: &str,
    ) -> Result<(BTreeMap<Table, String>, Option<String>), String> {
        let mut tests: Vec<(Table, Vec<String>)> = Vec::new();
        for column in self.tables.columns.iter().filter(|column| column.text) {
            let test = format!(
                "{} LIKE {}",
                self.as_text(&column.spot.column),
                self.client.dialect.literal(&format!("%{nonce}%"))
            );
            let table = table_of(&column.spot);
            match tests.last_mut().filter(|(last, _)| *last == table) {
                Some((_, tests)) => tests.push(test),
                None => tests.push((table, vec![test])),
            }
        }
        let tests: Vec<(Table, String)> = tests
            .into_iter()
            .map(|(table, tests)| (table, tests.join(" OR ")))
            .collect();
        let counts = self.counts(&tests, Search::WhatIsNew).await?;
        let not_searched = self.not_searched(&tests, &counts);
        let found = tests
            .into_iter()
            .zip(counts)
            .filter(|(_, count)| count.is_some_and(|count| count > 0))
            .map(|(test, _)| test)
            .collect();
        Ok((found, not_searched))
    }

    /// Long hexadecimal words in the rows that hold the fresh word, and in how many of those rows each lies.
    async fn own_hashes(
        &mut self,
        holding_tables: &BTreeMap<Table, String>,
    ) -> BTreeMap<String, u64> {
        let mut found = BTreeMap::new();
        for (table, test) in holding_tables {
            let columns: Vec<String> = self
                .tables
                .columns
                .iter()
                .filter(|column| column.text && table_of(&column.spot) == *table)
                .map(|column| self.as_text(&column.spot.column))
                .collect();
            let limit = self
                .before
                .and_then(|before| before.new_rows(table, self.client.dialect));
            let limit = limit.map_or_else(String::new, |limit| format!("{limit} AND "));
            let query = format!(
                "SELECT {} FROM {} WHERE {limit}({test}) LIMIT 100",
                columns.join(", "),
                self.table(table)
            );
            for row in self.client.query(&query).await.unwrap_or_default() {
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

    /// Deletes rows of the round trip's own, after the new rows that reference them; whether it did. Where the server would
    /// delete a row with them that was there before, nothing is deleted. A row from before whose reference the server sets
    /// to NULL is no obstacle.
    async fn delete(
        &mut self,
        table: &Table,
        own: &OwnRows,
        depth: usize,
        undone: &mut Undone,
    ) -> bool {
        if own.count == 0 {
            return true;
        }
        if depth > MOST_LEVELS {
            undone.add_stayed(table, "too many tables hang on each other");
            return false;
        }
        let name = self.table(table);
        let tables = self.tables;
        for key in tables
            .keys
            .iter()
            .filter(|key| key.referenced_table().as_ref() == Some(table))
        {
            let Some(from) = key.referencing_table() else {
                continue;
            };
            let mut test = key.references(&name, &own.test, self.client.dialect);
            // A table may reference itself: rows that are deleted anyway are no reason to stop.
            if from == *table {
                test = format!("{test} AND NOT ({})", own.test);
            }
            let referencing = match self.own_rows(&from, &test, Search::Everything).await {
                Ok(referencing) => referencing,
                Err(why) => {
                    undone.add_stayed(table, &why);
                    return false;
                }
            };
            if referencing.others > 0 && key.cascades {
                let why = format!(
                    "a row of {} that was there before would go with it",
                    in_words(&from)
                );
                undone.add_stayed(table, &why);
                return false;
            }
            if !Box::pin(self.delete(&from, &referencing, depth + 1, undone)).await {
                undone.add_stayed(table, &format!("rows of {} point at it", in_words(&from)));
                return false;
            }
        }
        let reply = self
            .client
            .execute(&format!("DELETE FROM {name} WHERE {}", own.test))
            .await;
        let refused = match reply {
            Ok(reply) => reply.error.map(|error| error.message),
            Err(why) => Some(why),
        };
        if let Some(why) = refused {
            undone.add_stayed(table, &why);
            return false;
        }
        undone.deleted += own.count;
        true
    }
}

impl Undone {
    fn add_stayed(&mut self, table: &Table, why: &str) {
        self.stayed.insert(format!(
            "rows of {} ({})",
            in_words(table),
            text::cut(why, 160)
        ));
    }

    /// Rows that hold what was posted and were there before, or may have been.
    fn add_others(&mut self, table: &Table, others: u64) {
        if others > 0 {
            self.stayed.insert(format!(
                "{others} of {} that may have been there before",
                in_words(table)
            ));
        }
    }
}

#[cfg(test)]
#[path = "undo_tests.rs"]
mod tests;
