//! What lay in the tables before the round trip: which rows are its own can be told only by knowing the others.
//!
//! Kept is no row, only how many there were and how high the keys went.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::tables::described;
use super::types::{Described, MOST_TABLES, Table};
use crate::probe::database::client::conversation::Client;
use crate::probe::database::client::limits::{limit, limit_to};
use crate::probe::database::client::reply::Row;
use crate::probe::database::dialect::quoting::Quoting as _;
use labcheck_core::facts::Dialect;

/// Questions joined into one statement.
const TOGETHER: usize = 60;
/// A table with more rows than this is not counted, nor searched but for what is new in it.
const LARGE: u64 = 50_000;

/// A table as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    key: Option<String>,
    /// The highest key; `None` in an empty table.
    highest: Option<i128>,
    /// `None` where it was not counted.
    rows: Option<u64>,
    large: bool,
}

/// The tables as they were.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    /// PostgreSQL: the database it was taken of.
    database: String,
    tables: BTreeMap<Table, Known>,
    /// No table is missing, so one that is not in it is new.
    whole: bool,
    /// Tables that could not be searched in time; nobody waits for them twice.
    pub slow: RefCell<BTreeSet<Table>>,
    /// What large tables have cost so far.
    pub spent: Cell<Duration>,
}

impl Snapshot {
    /// Takes one; `likely` names the schemas to begin with.
    ///
    /// # Errors
    /// The database could not be asked for its tables.
    pub(crate) async fn take(
        client: &mut Client,
        database: &str,
        likely: &[String],
    ) -> Result<Self, String> {
        let dialect = client.dialect;
        let described = described(client, likely).await?;
        let mut snapshot = Self {
            database: database.to_owned(),
            whole: described.len() < MOST_TABLES,
            ..Self::default()
        };
        let asks: Vec<(&Described, String)> = described
            .iter()
            .filter_map(|described| Some((described, question(described, dialect)?)))
            .collect();
        for asks in asks.chunks(TOGETHER) {
            let parts: Vec<String> = asks
                .iter()
                .enumerate()
                .map(|(at, (_, question))| format!("SELECT {at}, {question}"))
                .collect();
            let rows = match client.query(&parts.join(" UNION ALL ")).await {
                Ok(rows) => rows,
                Err(_) => one_by_one(client, &parts).await,
            };
            for row in rows {
                let [at, rows, highest] = row.as_slice() else {
                    continue;
                };
                let Some((described, _)) = at.parse::<usize>().ok().and_then(|at| asks.get(at))
                else {
                    continue;
                };
                snapshot.remember(described, rows.parse().ok(), highest.parse().ok());
            }
        }
        snapshot.name_unknown(&described);
        Ok(snapshot)
    }

    /// Tables of which nothing could be asked are there all the same, and as large as they are.
    fn name_unknown(&mut self, described: &[Described]) {
        for described in described {
            if !self.tables.contains_key(&described.table) {
                self.remember(described, None, None);
            }
        }
    }

    fn remember(&mut self, described: &Described, rows: Option<u64>, highest: Option<i128>) {
        let known = Known {
            key: described.key.clone(),
            highest,
            rows,
            large: described.rows > LARGE,
        };
        self.tables.insert(described.table.clone(), known);
    }

    /// Of every table there is.
    #[cfg(test)]
    pub(crate) fn of(tables: Vec<(Described, Option<u64>, Option<i128>)>) -> Self {
        let mut snapshot = Self {
            whole: true,
            ..Self::default()
        };
        for (described, rows, highest) in tables {
            snapshot.remember(&described, rows, highest);
        }
        snapshot
    }

    /// PostgreSQL: the database it was taken of.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    /// Whether it tells anything of a database.
    pub(crate) fn is_of(&self, database: &str) -> bool {
        self.database == database
    }

    /// A test that only rows pass which were certainly not there; `None` where that is not known.
    pub(crate) fn new_rows(&self, table: &Table, dialect: Dialect) -> Option<String> {
        let Some(known) = self.tables.get(table) else {
            return self.whole.then(|| "1 = 1".to_owned());
        };
        match (&known.key, known.highest, known.rows) {
            (Some(key), Some(highest), _) => {
                Some(format!("{} > {highest}", dialect.identifier(key)))
            }
            (_, _, Some(0)) => Some("1 = 1".into()),
            _ => None,
        }
    }

    /// How many rows there were.
    pub(crate) fn rows(&self, table: &Table) -> Option<u64> {
        match self.tables.get(table) {
            Some(known) => known.rows,
            None => self.whole.then_some(0),
        }
    }

    /// Whether it has more rows than are searched without haste.
    pub(crate) fn is_large(&self, table: &Table) -> bool {
        self.tables.get(table).is_some_and(|known| known.large)
    }

    /// What a search of a large table is limited to.
    pub(crate) fn limit(&self, table: &Table, dialect: Dialect) -> Option<String> {
        self.new_rows(table, dialect)
            .filter(|_| self.is_large(table))
    }
}

/// Asks each by itself; a table that gives no answer stays unknown, and nothing is ever deleted there.
async fn one_by_one(client: &mut Client, parts: &[String]) -> Vec<Row> {
    const ALONE: Duration = Duration::from_millis(300);
    const LONGEST: Duration = Duration::from_secs(3);
    let until = Instant::now() + LONGEST;
    let mut rows = Vec::new();
    limit_to(client, ALONE).await;
    for part in parts {
        if Instant::now() > until {
            break;
        }
        rows.extend(client.query(part).await.unwrap_or_default());
    }
    limit(client).await;
    rows
}

/// How many rows there are and how high the key goes; `None` where neither is quick to know.
fn question(described: &Described, dialect: Dialect) -> Option<String> {
    let table = dialect.table(&described.table);
    let large = described.rows > LARGE;
    match &described.key {
        Some(key) => {
            // A number that is none: PostgreSQL takes no NULL beside numbers.
            let rows = if large { "-1" } else { "COUNT(*)" };
            let key = dialect.identifier(key);
            Some(format!("{rows}, MAX({key}) FROM {table}"))
        }
        None => (!large).then(|| format!("COUNT(*), -1 FROM {table}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(name: &str, rows: u64, key: Option<&str>) -> Described {
        Described {
            table: ("shop".into(), name.into()),
            rows,
            key: key.map(str::to_owned),
        }
    }

    #[test]
    fn only_rows_above_the_highest_key_are_certainly_new() {
        let mut snapshot = Snapshot {
            whole: true,
            ..Snapshot::default()
        };
        snapshot.remember(&described("makers", 2, Some("id")), Some(2), Some(7));
        snapshot.remember(&described("settings", 1, None), Some(1), None);
        snapshot.remember(&described("empty", 0, Some("id")), Some(0), None);
        let new = |name: &str| snapshot.new_rows(&("shop".into(), name.into()), Dialect::Mariadb);
        assert_eq!(new("makers").as_deref(), Some("`id` > 7"));
        assert_eq!(new("settings"), None);
        assert_eq!(new("empty").as_deref(), Some("1 = 1"));
        assert_eq!(new("made-on-the-way").as_deref(), Some("1 = 1"));
        assert_eq!(snapshot.rows(&("shop".into(), "settings".into())), Some(1));
    }

    #[test]
    fn a_table_that_was_not_looked_at_is_not_called_new() {
        let snapshot = Snapshot::default();
        let table = ("shop".to_owned(), "makers".to_owned());
        assert_eq!(snapshot.new_rows(&table, Dialect::Mariadb), None);
        assert_eq!(snapshot.rows(&table), None);
    }

    #[test]
    fn large_tables_are_neither_counted_nor_searched_through() {
        let log = described("log", 2_000_000, Some("id"));
        assert_eq!(
            question(&log, Dialect::Mariadb).as_deref(),
            Some("-1, MAX(`id`) FROM `shop`.`log`")
        );
        assert_eq!(
            question(&described("heap", 2_000_000, None), Dialect::Mariadb),
            None
        );
        let mut snapshot = Snapshot::default();
        let heap = described("heap", 2_000_000, None);
        snapshot.name_unknown(std::slice::from_ref(&heap));
        assert!(snapshot.is_large(&heap.table));
        assert_eq!(snapshot.new_rows(&heap.table, Dialect::Mariadb), None);
        snapshot.remember(&log, None, Some(2_000_000));
        assert_eq!(
            snapshot.limit(&log.table, Dialect::Postgres).as_deref(),
            Some("\"id\" > 2000000")
        );
    }
}
