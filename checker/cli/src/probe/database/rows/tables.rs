//! Which tables there are in the database, how they hang together, and where what was posted lies. In either dialect.

use super::find::Rows;
use crate::probe::database::client::conversation::Client;
use crate::probe::database::schema::foreign_keys::Key;
use crate::probe::database::schema::snapshot::Snapshot;
use crate::probe::database::schema::types::Column;
use crate::probe::database::schema::{mariadb, postgres};
use labcheck_core::facts::{Dialect, Row};

/// The tables there are and how they hang together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables {
    pub columns: Vec<Column>,
    pub keys: Vec<Key>,
}

pub(crate) async fn schemas(client: &mut Client) -> Vec<String> {
    let found = match client.dialect {
        Dialect::Postgres => postgres::schemas(client).await,
        Dialect::Mariadb | Dialect::Mysql => mariadb::schemas(client).await,
    };
    found.unwrap_or_default()
}

pub(crate) async fn tables(client: &mut Client, likely: &[String]) -> Result<Tables, String> {
    let (columns, keys) = match client.dialect {
        Dialect::Postgres => (
            postgres::columns(client, likely).await?,
            postgres::foreign_keys(client).await?,
        ),
        Dialect::Mariadb | Dialect::Mysql => (
            mariadb::columns(client, likely).await?,
            mariadb::foreign_keys(client).await?,
        ),
    };
    Ok(Tables { columns, keys })
}

pub(crate) async fn find(
    client: &mut Client,
    tables: &Result<Tables, String>,
    before: Option<&Snapshot>,
    values: &[(&str, &str)],
) -> Result<Vec<Row>, String> {
    let columns = &tables.as_ref().map_err(Clone::clone)?.columns;
    Rows {
        client,
        columns,
        before,
    }
    .find(values)
    .await
}
