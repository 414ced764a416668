//! Accounts of MariaDB and MySQL with their rights.
//!
//! Rights are read from `information_schema`'s privilege tables, which both servers fill alike, rather than parsed
//! from `SHOW GRANTS`.

use super::rights;
use super::types::{Accounts, Credential};
use crate::database::client::conversation::Client;
use crate::database::client::reply::Row;

/// Accounts that exist, whether they are locked, and how their passwords are stored.
async fn existing(client: &mut Client) -> Result<Vec<(Credential, bool)>, String> {
    const MARIADB: &str = "SELECT User, Host, COALESCE(JSON_VALUE(Priv, '$.plugin'), ''), COALESCE(JSON_VALUE(Priv, '$.authentication_string'), ''), \
                           COALESCE(JSON_VALUE(Priv, '$.account_locked'), '0') IN ('1', 'true') OR COALESCE(JSON_VALUE(Priv, '$.is_role'), '0') IN ('1', 'true') \
                           FROM mysql.global_priv";
    const MYSQL: &str =
        "SELECT user, host, plugin, authentication_string, account_locked = 'Y' FROM mysql.user";
    const OLD: &str =
        "SELECT user, host, plugin, authentication_string, is_role = 'Y' FROM mysql.user";
    let mut rows = client.query(MARIADB).await;
    for query in [MYSQL, OLD] {
        if rows.is_err() {
            rows = client.query(query).await;
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
///
/// # Errors
/// The database could not be asked.
pub(crate) async fn accounts(client: &mut Client) -> Result<Accounts, String> {
    let existing = existing(client).await?;
    let mut rights = client
        .query(
            "SELECT GRANTEE, '*', PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.USER_PRIVILEGES UNION ALL \
             SELECT GRANTEE, TABLE_SCHEMA, PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.SCHEMA_PRIVILEGES UNION ALL \
             SELECT GRANTEE, CONCAT(TABLE_SCHEMA, '.', TABLE_NAME), PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.TABLE_PRIVILEGES UNION ALL \
             SELECT GRANTEE, CONCAT(TABLE_SCHEMA, '.', TABLE_NAME), PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.COLUMN_PRIVILEGES",
        )
        .await?;
    let routines = client
        .query("SELECT CONCAT('''', User, '''@''', Host, ''''), CONCAT(Db, '.', Routine_name), Proc_priv FROM mysql.procs_priv")
        .await?;
    rights.extend(routines.iter().flat_map(rights::from_routine));
    let roles = roles(client, &mut rights).await;
    let accounts = rights::accounts(&existing, &rights, &roles);
    let credentials = existing.into_iter().map(|(credential, _)| credential);
    Ok(Accounts {
        accounts,
        credentials: credentials.collect(),
    })
}

/// The roles that accounts may take, as rows of (grantee, role), both as the privilege tables write them. MariaDB lists no
/// global rights of roles in those tables, so they are added to `rights`.
async fn roles(client: &mut Client, rights: &mut Vec<Row>) -> Vec<Row> {
    const MARIADB: &str = "SELECT CONCAT('''', User, '''@''', Host, ''''), CONCAT('''', Role, '''@''''') FROM mysql.roles_mapping";
    const MYSQL: &str = "SELECT CONCAT('''', TO_USER, '''@''', TO_HOST, ''''), CONCAT('''', FROM_USER, '''@''', FROM_HOST, '''') FROM mysql.role_edges";
    const GLOBAL: &str = "SELECT CONCAT('''', User, '''@'''''), COALESCE(JSON_VALUE(Priv, '$.access'), '0') FROM mysql.global_priv \
                          WHERE COALESCE(JSON_VALUE(Priv, '$.is_role'), '0') IN ('1', 'true')";
    // Each server has one of the tables; older ones have none, and no roles.
    if let Ok(taken) = client.query(MARIADB).await {
        let global = client.query(GLOBAL).await.unwrap_or_default();
        rights.extend(global.iter().flat_map(rights::from_role));
        return taken;
    }
    client.query(MYSQL).await.unwrap_or_default()
}
