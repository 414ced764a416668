//! What lay in the tables before the round trip, so that its own rows can be told from those of the application.
//!
//! No row is kept, only how many there were and the highest primary key.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::tables::described;
use super::types::{Described, MOST_TABLES, Table};
use crate::database::client::conversation::Client;
use crate::database::client::limits::{limit, limit_to};
use crate::database::client::reply::Row;
use crate::database::dialect::quoting::Quoting as _;
use labcheck_core::facts::Dialect;

/// Queries joined into one statement.
const MOST_JOINED: usize = 60;
/// A table with more rows than this is not counted, nor searched but for what is new in it.
const LARGE: u64 = 50_000;

/// What a look posted while this lay in the tables before.
#[derive(Debug)]
pub(crate) struct Owed {
    /// The fresh word in the name.
    pub name: String,
    /// `None` where nobody looked at the tables before.
    pub before: Option<Rc<Snapshot>>,
}

impl Owed {
    /// That it may not have been deleted.
    pub(crate) fn may_stay(&self, why: &str) -> String {
        format!("rows named `{}` may stay in the database: {why}", self.name)
    }

    /// The same of an earlier look, where the one after it was broken off as well.
    pub(crate) fn of_earlier_look(&self) -> String {
        self.may_stay("they are of a look before")
    }
}

/// A table as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct TableState {
    /// Its primary key, where that is one column of whole numbers.
    key: Option<String>,
    /// The highest key; `None` in an empty table.
    highest: Option<i128>,
    /// `None` where it was not counted.
    rows: Option<u64>,
    /// More than [`LARGE`] rows.
    large: bool,
}

/// The tables as they were.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    /// PostgreSQL: the database it was taken of.
    database: String,
    tables: BTreeMap<Table, TableState>,
    /// No table is missing, so one that is not in it is new.
    whole: bool,
    /// Tables that could not be searched in time: the grader does not wait for them a second time.
    pub slow: RefCell<BTreeSet<Table>>,
    /// How long the searches of large tables have taken so far.
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
        let queries: Vec<(&Described, String)> = described
            .iter()
            .filter_map(|described| Some((described, count_query(described, dialect)?)))
            .collect();
        for queries in queries.chunks(MOST_JOINED) {
            let parts: Vec<String> = queries
                .iter()
                .enumerate()
                .map(|(at, (_, query))| format!("SELECT {at}, {query}"))
                .collect();
            let rows = match client.query(&parts.join(" UNION ALL ")).await {
                Ok(rows) => rows,
                Err(_) => one_by_one(client, &parts).await,
            };
            for row in rows {
                let [at, rows, highest] = row.as_slice() else {
                    continue;
                };
                let Some((described, _)) = at.parse::<usize>().ok().and_then(|at| queries.get(at))
                else {
                    continue;
                };
                snapshot.remember(described, rows.parse().ok(), highest.parse().ok());
            }
        }
        snapshot.remember_uncounted(&described);
        Ok(snapshot)
    }

    /// A table that could not be counted is remembered too, as it is not new.
    fn remember_uncounted(&mut self, described: &[Described]) {
        for described in described {
            if !self.tables.contains_key(&described.table) {
                self.remember(described, None, None);
            }
        }
    }

    fn remember(&mut self, described: &Described, rows: Option<u64>, highest: Option<i128>) {
        let known = TableState {
            key: described.key.clone(),
            highest,
            rows,
            large: described.rows > LARGE,
        };
        self.tables.insert(described.table.clone(), known);
    }

    /// One of every table there is, for tests.
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

    /// Whether it was taken of this database.
    pub(crate) fn is_of(&self, database: &str) -> bool {
        self.database == database
    }

    /// The test that only rows pass which were certainly not there; `None` where that is not known.
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

    /// Whether a table has more rows than a search of all of them may read.
    pub(crate) fn is_large(&self, table: &Table) -> bool {
        self.tables.get(table).is_some_and(|known| known.large)
    }

    /// The test that limits a search of a large table to its new rows.
    pub(crate) fn only_new_rows(&self, table: &Table, dialect: Dialect) -> Option<String> {
        self.new_rows(table, dialect)
            .filter(|_| self.is_large(table))
    }
}

/// Sends each query by itself, after the server refused them together; a table that gives no answer stays unknown, and
/// nothing is ever deleted there.
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

/// Selects how many rows there are and the highest key; `None` where the server would have to read a large table.
fn count_query(described: &Described, dialect: Dialect) -> Option<String> {
    let table = dialect.table(&described.table);
    let large = described.rows > LARGE;
    match &described.key {
        Some(key) => {
            // -1 stands for "not counted": PostgreSQL takes no NULL beside numbers in a UNION.
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
            count_query(&log, Dialect::Mariadb).as_deref(),
            Some("-1, MAX(`id`) FROM `shop`.`log`")
        );
        assert_eq!(
            count_query(&described("heap", 2_000_000, None), Dialect::Mariadb),
            None
        );
        let mut snapshot = Snapshot::default();
        let heap = described("heap", 2_000_000, None);
        snapshot.remember_uncounted(std::slice::from_ref(&heap));
        assert!(snapshot.is_large(&heap.table));
        assert_eq!(snapshot.new_rows(&heap.table, Dialect::Mariadb), None);
        snapshot.remember(&log, None, Some(2_000_000));
        assert_eq!(
            snapshot
                .only_new_rows(&log.table, Dialect::Postgres)
                .as_deref(),
            Some("\"id\" > 2000000")
        );
    }
}
