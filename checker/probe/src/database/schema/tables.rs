//! Schemas, tables, columns and foreign keys that a server lists.

use std::collections::BTreeMap;

use super::foreign_keys::{ForeignKeyColumn, Key};
use super::types::{Column, Described, MOST_COLUMNS, MOST_TABLES};
use crate::database::client::conversation::Client;
use crate::database::client::reply::{Row, first_cells};
use crate::database::dialect::catalog::Catalog as _;
use labcheck_core::facts::Spot;

/// The columns there are and how their tables hang together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables {
    /// Those of the application's schemas first, [`MOST_COLUMNS`] at most.
    pub columns: Vec<Column>,
    pub keys: Vec<Key>,
}

impl Tables {
    /// Asks for them; `likely` names the schemas to begin with.
    ///
    /// # Errors
    /// The database could not be asked.
    pub(crate) async fn list(client: &mut Client, likely: &[String]) -> Result<Self, String> {
        let dialect = client.dialect;
        let columns = client.query(&dialect.columns(likely, MOST_COLUMNS)).await?;
        let keys = client.query(&dialect.foreign_keys()).await?;
        let column = |row: &Row| Column {
            spot: spot(row, 0),
            text: dialect.is_text(row.get(3).map_or("", String::as_str)),
        };
        Ok(Self {
            columns: columns.iter().map(column).collect(),
            keys: Key::from_columns(keys.iter().map(|row| ForeignKeyColumn {
                from: spot(row, 0),
                to: spot(row, 3),
                name: row.get(6).cloned().unwrap_or_default(),
                rule: row.get(7).cloned().unwrap_or_default(),
            })),
        })
    }
}

/// Schemas that are not the server's own; none where the server does not say.
pub(crate) async fn schemas(client: &mut Client) -> Vec<String> {
    let rows = client.query(&client.dialect.schemas()).await;
    first_cells(rows.unwrap_or_default())
}

/// Databases that are not templates, the likeliest to be an application's first; none where a session sees every schema,
/// or the server does not say.
pub(crate) async fn databases(client: &mut Client) -> Vec<String> {
    let Some(query) = client.dialect.databases() else {
        return Vec::new();
    };
    first_cells(client.query(query).await.unwrap_or_default())
}

/// Tables, those of the likely schemas first.
///
/// # Errors
/// The database could not be asked.
pub(crate) async fn described(
    client: &mut Client,
    likely: &[String],
) -> Result<Vec<Described>, String> {
    let tables = client
        .query(&client.dialect.tables(likely, MOST_TABLES))
        .await?;
    let keys = match client.dialect.primary_keys() {
        Some(query) => client.query(&query).await?,
        None => Vec::new(),
    };
    Ok(with_keys(&tables, &keys))
}

/// Joins rows of (schema, table, rows, primary key if known) with rows of (schema, table, column of the primary key,
/// type).
fn with_keys(tables: &[Row], keys: &[Row]) -> Vec<Described> {
    let mut columns: BTreeMap<&[String], Vec<&[String]>> = BTreeMap::new();
    for row in keys {
        if let [schema_and_table @ .., _, _] = row.as_slice() {
            let column = &row[schema_and_table.len()..];
            columns.entry(schema_and_table).or_default().push(column);
        }
    }
    let one = |row: &Row| {
        let name = row.get(..2)?;
        let key = match columns.get(name).map(Vec::as_slice) {
            Some([[column, kind]]) if kind.ends_with("int") => Some(column),
            Some(_) => None,
            None => row.get(3).filter(|key| !key.is_empty()),
        };
        Some(Described {
            table: (name[0].clone(), name[1].clone()),
            rows: row.get(2).and_then(|rows| rows.parse().ok()).unwrap_or(0),
            key: key.cloned(),
        })
    };
    tables.iter().filter_map(one).collect()
}

fn spot(row: &Row, at: usize) -> Spot {
    let cell = |at: usize| row.get(at).cloned().unwrap_or_default();
    Spot {
        schema: cell(at),
        table: cell(at + 1),
        column: cell(at + 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::client::reply::of_cells as row;

    fn keys(tables: &[Row], keys: &[Row]) -> Vec<Option<String>> {
        let all = with_keys(tables, keys).into_iter();
        all.map(|described| described.key).collect()
    }

    #[test]
    fn a_primary_key_of_one_whole_number_is_told_from_others() {
        let tables = [
            row(&["a", "one", "5"]),
            row(&["a", "two", "0"]),
            row(&["b", "one", "0"]),
        ];
        let primary = [
            row(&["a", "one", "id", "int"]),
            row(&["a", "two", "x", "int"]),
            row(&["a", "two", "y", "int"]),
            row(&["b", "one", "name", "varchar"]),
        ];
        assert_eq!(keys(&tables, &primary), [Some("id".into()), None, None]);
    }

    #[test]
    fn a_primary_key_may_be_listed_with_its_table() {
        let tables = [row(&["a", "one", "5", "id"]), row(&["a", "two", "0", ""])];
        assert_eq!(keys(&tables, &[]), [Some("id".into()), None]);
    }
}
