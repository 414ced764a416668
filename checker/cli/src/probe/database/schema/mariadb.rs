//! What MariaDB and MySQL say of schemas, sessions, accounts and keys.
//!
//! Rights are read from `information_schema`'s privilege tables, which both servers fill alike, rather than parsed
//! from `SHOW GRANTS`.

use std::collections::BTreeMap;

use super::foreign_keys::{Key, Pointing};
use super::rights;
use super::types::{Column, Credential, Described, MOST_COLUMNS, MOST_TABLES, Open};
use crate::probe::database::client::conversation::Client;
use crate::probe::database::client::reply::Row;
use crate::probe::database::dialect::quoting::Quoting as _;
use labcheck_core::facts::{Account, Dialect, Spot};

/// The server's own schemas.
const OWN: &str = "('mysql', 'information_schema', 'performance_schema', 'sys')";

pub(crate) async fn schemas(client: &mut Client) -> Result<Vec<String>, String> {
    let rows = client.rows(&format!("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN {OWN} ORDER BY SCHEMA_NAME")).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.into_iter().next())
        .collect())
}

/// Sessions from elsewhere, each with its number: the grader's own come through the socket or from the database's own container.
pub(crate) async fn open_sessions(client: &mut Client) -> Result<Vec<(String, Open)>, String> {
    let query = "SELECT USER, HOST, COALESCE(DB, ''), ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() \
                 AND USER NOT IN ('system user', 'event_scheduler', 'unauthenticated user')";
    let number = |row: &Row| row.get(3).cloned().unwrap_or_default();
    let rows = client.rows(query).await?;
    Ok(rows.iter().map(|row| (number(row), open(row))).collect())
}

fn open(row: &Row) -> Open {
    let cell = |at: usize| row.get(at).cloned().unwrap_or_default();
    let host = cell(1);
    // `172.18.0.3:45678`, `v4-app-1.v4_default:45678`, `localhost`; an IPv6 address has colons of its own.
    let from = match host.rsplit_once(':') {
        Some((from, port)) if port.chars().all(|c| c.is_ascii_digit()) => {
            from.trim_matches(['[', ']']).to_owned()
        }
        _ => host,
    };
    Open {
        user: cell(0),
        from: if from == "localhost" {
            String::new()
        } else {
            from
        },
        schema: cell(2),
    }
}

/// Columns in which a posted value may lie, those of the likely schemas first.
pub(crate) async fn columns(client: &mut Client, likely: &[String]) -> Result<Vec<Column>, String> {
    let likely = Dialect::Mariadb.list(likely);
    let query = format!(
        "SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE FROM information_schema.COLUMNS c JOIN information_schema.TABLES t \
         ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME WHERE t.TABLE_TYPE = 'BASE TABLE' AND c.TABLE_SCHEMA NOT IN {OWN} \
         AND c.DATA_TYPE IN ('char','varchar','tinytext','text','mediumtext','longtext','json','binary','varbinary','blob','int','bigint','mediumint','decimal') \
         ORDER BY c.TABLE_SCHEMA IN {likely} DESC, 1, 2, c.ORDINAL_POSITION LIMIT {MOST_COLUMNS}"
    );
    let rows = client.rows(&query).await?;
    Ok(rows
        .iter()
        .map(|row| Column {
            spot: spot(row, 0),
            text: !matches!(
                row.get(3).map_or("", String::as_str),
                "int" | "bigint" | "mediumint" | "decimal"
            ),
        })
        .collect())
}

fn spot(row: &Row, at: usize) -> Spot {
    let cell = |at: usize| row.get(at).cloned().unwrap_or_default();
    Spot {
        schema: cell(at),
        table: cell(at + 1),
        column: cell(at + 2),
    }
}

/// Tables, those of the likely schemas first.
pub(crate) async fn tables(
    client: &mut Client,
    likely: &[String],
) -> Result<Vec<Described>, String> {
    let likely = Dialect::Mariadb.list(likely);
    let query = format!(
        "SELECT TABLE_SCHEMA, TABLE_NAME, COALESCE(TABLE_ROWS, 0) FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA NOT IN {OWN} \
         ORDER BY TABLE_SCHEMA IN {likely} DESC, 1, 2 LIMIT {MOST_TABLES}"
    );
    let tables = client.rows(&query).await?;
    let query = format!(
        "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE COLUMN_KEY = 'PRI' AND TABLE_SCHEMA NOT IN {OWN}"
    );
    let keys = client.rows(&query).await?;
    Ok(described(&tables, &keys))
}

/// Joins rows of (schema, table, rows) with rows of (schema, table, column of the primary key, type).
fn described(tables: &[Row], keys: &[Row]) -> Vec<Described> {
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
            Some([[column, kind]]) if kind.ends_with("int") => Some(column.clone()),
            _ => None,
        };
        Some(Described {
            table: (name[0].clone(), name[1].clone()),
            rows: row.get(2).and_then(|rows| rows.parse().ok()).unwrap_or(0),
            key,
        })
    };
    tables.iter().filter_map(one).collect()
}

pub(crate) async fn foreign_keys(client: &mut Client) -> Result<Vec<Key>, String> {
    let query = format!(
        "SELECT k.TABLE_SCHEMA, k.TABLE_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, k.CONSTRAINT_NAME, \
         COALESCE(r.DELETE_RULE, '') FROM information_schema.KEY_COLUMN_USAGE k LEFT JOIN information_schema.REFERENTIAL_CONSTRAINTS r \
         ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME \
         WHERE k.REFERENCED_TABLE_NAME IS NOT NULL AND k.TABLE_SCHEMA NOT IN {OWN} ORDER BY 1, 2, 7, k.ORDINAL_POSITION LIMIT 2000"
    );
    let rows = client.rows(&query).await?;
    Ok(Key::gathered(rows.iter().map(|row| Pointing {
        from: spot(row, 0),
        to: spot(row, 3),
        name: row.get(6).cloned().unwrap_or_default(),
        rule: row.get(7).cloned().unwrap_or_default(),
    })))
}

/// Accounts that exist, whether they are locked, and how their passwords are stored.
async fn existing(client: &mut Client) -> Result<Vec<(Credential, bool)>, String> {
    const MARIADB: &str = "SELECT User, Host, COALESCE(JSON_VALUE(Priv, '$.plugin'), ''), COALESCE(JSON_VALUE(Priv, '$.authentication_string'), ''), \
                           COALESCE(JSON_VALUE(Priv, '$.account_locked'), '0') IN ('1', 'true') OR COALESCE(JSON_VALUE(Priv, '$.is_role'), '0') IN ('1', 'true') \
                           FROM mysql.global_priv";
    const MYSQL: &str =
        "SELECT user, host, plugin, authentication_string, account_locked = 'Y' FROM mysql.user";
    const OLD: &str =
        "SELECT user, host, plugin, authentication_string, is_role = 'Y' FROM mysql.user";
    let mut rows = client.rows(MARIADB).await;
    for query in [MYSQL, OLD] {
        if rows.is_err() {
            rows = client.rows(query).await;
        }
    }
    let credential = |row: Row| {
        let cell = |at: usize| row.get(at).cloned().unwrap_or_default();
        (
            Credential {
                user: cell(0),
                host: cell(1),
                plugin: cell(2),
                hash: cell(3),
            },
            cell(4) == "1",
        )
    };
    Ok(rows?.into_iter().map(credential).collect())
}

/// Every account with its rights, and every credential.
pub(crate) async fn accounts(
    client: &mut Client,
) -> Result<(Vec<Account>, Vec<Credential>), String> {
    let existing = existing(client).await?;
    let mut rights = client
        .rows(
            "SELECT GRANTEE, '*', PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.USER_PRIVILEGES UNION ALL \
             SELECT GRANTEE, TABLE_SCHEMA, PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.SCHEMA_PRIVILEGES UNION ALL \
             SELECT GRANTEE, CONCAT(TABLE_SCHEMA, '.', TABLE_NAME), PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.TABLE_PRIVILEGES UNION ALL \
             SELECT GRANTEE, CONCAT(TABLE_SCHEMA, '.', TABLE_NAME), PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.COLUMN_PRIVILEGES",
        )
        .await?;
    let routines = client
        .rows("SELECT CONCAT('''', User, '''@''', Host, ''''), CONCAT(Db, '.', Routine_name), Proc_priv FROM mysql.procs_priv")
        .await?;
    rights.extend(routines.iter().flat_map(rights::of_routine));
    let roles = roles(client, &mut rights).await;
    let accounts = rights::accounts(&existing, &rights, &roles);
    Ok((
        accounts,
        existing
            .into_iter()
            .map(|(credential, _)| credential)
            .collect(),
    ))
}

/// Who may take which role, as rows of (grantee, role), both as the privilege tables write them. MariaDB lists no
/// global rights of roles in those tables, so they are added to `rights`.
async fn roles(client: &mut Client, rights: &mut Vec<Row>) -> Vec<Row> {
    const MARIADB: &str = "SELECT CONCAT('''', User, '''@''', Host, ''''), CONCAT('''', Role, '''@''''') FROM mysql.roles_mapping";
    const MYSQL: &str = "SELECT CONCAT('''', TO_USER, '''@''', TO_HOST, ''''), CONCAT('''', FROM_USER, '''@''', FROM_HOST, '''') FROM mysql.role_edges";
    const GLOBAL: &str = "SELECT CONCAT('''', User, '''@'''''), COALESCE(JSON_VALUE(Priv, '$.access'), '0') FROM mysql.global_priv \
                          WHERE COALESCE(JSON_VALUE(Priv, '$.is_role'), '0') IN ('1', 'true')";
    // Each server has one of the tables; older ones have none, and no roles.
    if let Ok(taken) = client.rows(MARIADB).await {
        let global = client.rows(GLOBAL).await.unwrap_or_default();
        rights.extend(global.iter().flat_map(rights::of_role));
        return taken;
    }
    client.rows(MYSQL).await.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Row {
        cells.iter().map(|&cell| cell.to_owned()).collect()
    }

    #[test]
    fn hosts_of_sessions_lose_their_port() {
        assert_eq!(
            open(&row(&["app", "172.18.0.3:45678", "shop"])).from,
            "172.18.0.3"
        );
        assert_eq!(
            open(&row(&["app", "v4-app-1.v4_default:45678", ""])).from,
            "v4-app-1.v4_default"
        );
        assert_eq!(open(&row(&["app", "fd00::3:45678", ""])).from, "fd00::3");
        assert_eq!(open(&row(&["root", "localhost", ""])).from, "");
    }

    #[test]
    fn a_primary_key_of_one_whole_number_is_told_from_others() {
        let tables = [
            row(&["a", "one", "5"]),
            row(&["a", "two", "0"]),
            row(&["b", "one", "0"]),
        ];
        let keys = [
            row(&["a", "one", "id", "int"]),
            row(&["a", "two", "x", "int"]),
            row(&["a", "two", "y", "int"]),
            row(&["b", "one", "name", "varchar"]),
        ];
        let keys: Vec<Option<String>> = described(&tables, &keys)
            .into_iter()
            .map(|described| described.key)
            .collect();
        assert_eq!(keys, [Some("id".into()), None, None]);
    }
}
