//! What PostgreSQL says of schemas, sessions, accounts and keys, in the database its administrator is signed in to.

use std::collections::BTreeMap;

use super::foreign_keys::{Key, Pointing};
use super::types::{Column, Credential, Described, MOST_COLUMNS, MOST_TABLES, Open};
use crate::probe::database::client::conversation::Client;
use crate::probe::database::client::reply::Row;
use crate::probe::database::dialect::quoting::Quoting as _;
use labcheck_core::facts::{Account, Dialect, Grant, Spot};

const OWN: &str = "('pg_catalog', 'information_schema', 'pg_toast')";

pub(crate) async fn schemas(client: &mut Client) -> Result<Vec<String>, String> {
    let rows = client.rows(&format!("SELECT nspname FROM pg_namespace WHERE nspname NOT IN {OWN} AND nspname NOT LIKE 'pg\\_%' ORDER BY 1")).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.into_iter().next())
        .collect())
}

/// Databases that are not templates, the likeliest to be an application's first.
pub(crate) async fn databases(client: &mut Client) -> Result<Vec<String>, String> {
    let rows = client.rows("SELECT datname FROM pg_database WHERE NOT datistemplate AND datallowconn ORDER BY datname = 'postgres', datname").await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.into_iter().next())
        .collect())
}

/// Sessions of anybody but the grader, each with its number.
pub(crate) async fn open_sessions(client: &mut Client) -> Result<Vec<(String, Open)>, String> {
    let query = "SELECT usename, COALESCE(host(client_addr), ''), COALESCE(datname, ''), pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename IS NOT NULL";
    let cell = |row: &Row, at: usize| row.get(at).cloned().unwrap_or_default();
    let open = |row: &Row| {
        let open = Open {
            user: cell(row, 0),
            from: cell(row, 1),
            schema: cell(row, 2),
        };
        (cell(row, 3), open)
    };
    Ok(client.rows(query).await?.iter().map(open).collect())
}

/// Columns in which a posted value may lie, those of the likely schemas first.
pub(crate) async fn columns(client: &mut Client, likely: &[String]) -> Result<Vec<Column>, String> {
    let likely = Dialect::Postgres.list(likely);
    let query = format!(
        "SELECT c.table_schema, c.table_name, c.column_name, c.data_type FROM information_schema.columns c JOIN information_schema.tables t \
         ON t.table_schema = c.table_schema AND t.table_name = c.table_name WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN {OWN} \
         AND c.data_type IN ('character varying', 'character', 'text', 'json', 'jsonb', 'uuid', 'integer', 'bigint', 'numeric') ORDER BY c.table_schema IN {likely} DESC, 1, 2, c.ordinal_position LIMIT {MOST_COLUMNS}"
    );
    let rows = client.rows(&query).await?;
    Ok(rows
        .iter()
        .map(|row| Column {
            spot: spot(row, 0),
            text: !matches!(
                row.get(3).map_or("", String::as_str),
                "integer" | "bigint" | "numeric"
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

/// Tables of the database in use, those of the likely schemas first.
pub(crate) async fn tables(
    client: &mut Client,
    likely: &[String],
) -> Result<Vec<Described>, String> {
    let likely = Dialect::Postgres.list(likely);
    // A row takes a hundred bytes or so; the server's own estimate is missing until it was analysed.
    let query = format!(
        "SELECT n.nspname, c.relname, GREATEST(c.reltuples::bigint, pg_relation_size(c.oid) / 100), COALESCE(a.attname, '') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1 \
         LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) \
         WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN {OWN} AND n.nspname NOT LIKE 'pg\\_%' ORDER BY n.nspname IN {likely} DESC, 1, 2 LIMIT {MOST_TABLES}"
    );
    let rows = client.rows(&query).await?;
    let one = |row: &Row| {
        let [schema, table, rows, key] = row.as_slice() else {
            return None;
        };
        Some(Described {
            table: (schema.clone(), table.clone()),
            rows: rows.parse().unwrap_or(0),
            key: Some(key.clone()).filter(|key| !key.is_empty()),
        })
    };
    Ok(rows.iter().filter_map(one).collect())
}

pub(crate) async fn foreign_keys(client: &mut Client) -> Result<Vec<Key>, String> {
    let query = "SELECT n.nspname, c.relname, a.attname, fn.nspname, fc.relname, fa.attname, k.conname, \
                 CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE 'RESTRICT' END FROM pg_constraint k \
                 JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
                 JOIN pg_class fc ON fc.oid = k.confrelid JOIN pg_namespace fn ON fn.oid = fc.relnamespace \
                 CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS pair(here, there, at) \
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = pair.here JOIN pg_attribute fa ON fa.attrelid = fc.oid AND fa.attnum = pair.there \
                 WHERE k.contype = 'f' ORDER BY 1, 2, 7, pair.at LIMIT 2000";
    let rows = client.rows(query).await?;
    Ok(Key::gathered(rows.iter().map(|row| Pointing {
        from: spot(row, 0),
        to: spot(row, 3),
        name: row.get(6).cloned().unwrap_or_default(),
        rule: row.get(7).cloned().unwrap_or_default(),
    })))
}

/// The roles that are not the server's own. What a role can become by `SET ROLE` it is already, whether it inherits or
/// not; the last column names the server's own roles among those.
fn roles() -> String {
    let any = |of: &str| {
        format!(
            "EXISTS (SELECT 1 FROM pg_roles s WHERE s.{of} AND pg_has_role(r.oid, s.oid, 'MEMBER'))"
        )
    };
    format!(
        "SELECT r.rolname, {}, r.rolcanlogin, {}, {}, {}, {}, COALESCE((SELECT string_agg(s.rolname, ',') FROM pg_roles s WHERE NOT r.rolsuper \
         AND s.rolname LIKE 'pg\\_%' AND s.rolname <> 'pg_database_owner' AND pg_has_role(r.oid, s.oid, 'MEMBER')), '') FROM pg_roles r WHERE r.rolname NOT LIKE 'pg\\_%'",
        any("rolsuper"),
        any("rolcreatedb"),
        any("rolcreaterole"),
        any("rolreplication"),
        any("rolbypassrls"),
    )
}

/// Every role that is not the server's own, with its rights; memberships count as its own rights, ownership as all of
/// them.
pub(crate) async fn accounts(
    client: &mut Client,
) -> Result<(Vec<Account>, Vec<Credential>), String> {
    let roles = client.rows(&roles()).await?;
    let held = |from: &str| {
        format!(
            "SELECT r.rolname, x.at, x.privilege_type, x.is_grantable FROM ({from}) x JOIN pg_roles r ON NOT r.rolsuper AND r.rolname NOT LIKE 'pg\\_%' \
             AND CASE x.grantee WHEN 0 THEN x.everybody ELSE pg_has_role(r.oid, x.grantee, 'MEMBER') END"
        )
    };
    let mut rights = Vec::new();
    for from in [
        "SELECT d.datname AS at, a.grantee, a.privilege_type, a.is_grantable, false AS everybody FROM pg_database d, aclexplode(COALESCE(d.datacl, acldefault('d', d.datdba))) a WHERE NOT d.datistemplate",
        "SELECT n.nspname AS at, a.grantee, a.privilege_type, a.is_grantable, false AS everybody FROM pg_namespace n, aclexplode(COALESCE(n.nspacl, acldefault('n', n.nspowner))) a WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'",
        "SELECT n.nspname || '.' || c.relname AS at, a.grantee, a.privilege_type, a.is_grantable, true AS everybody FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(COALESCE(c.relacl, acldefault('r', c.relowner))) a WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'",
        "SELECT n.nspname || '.' || c.relname AS at, c.relowner AS grantee, 'DROP' AS privilege_type, false AS is_grantable, false AS everybody FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'",
    ] {
        rights.extend(client.rows(&held(from)).await?);
    }
    let credentials = roles
        .iter()
        .map(|row| Credential {
            user: row.first().cloned().unwrap_or_default(),
            ..Credential::default()
        })
        .collect();
    Ok((with_rights(&roles, &rights), credentials))
}

/// Joins rows of roles with rows of (role, scope, right, grantable).
fn with_rights(roles: &[Row], rights: &[Row]) -> Vec<Account> {
    const WORDS: [(usize, &str); 4] = [
        (3, "CREATEDB"),
        (4, "CREATEROLE"),
        (5, "REPLICATION"),
        (6, "BYPASSRLS"),
    ];
    let mut accounts: Vec<Account> = roles
        .iter()
        .map(|role| {
            let is = |at: usize| role.get(at).is_some_and(|cell| cell == "t");
            let user = role.first().cloned().unwrap_or_default();
            let mut scopes: BTreeMap<&str, Grant> = BTreeMap::new();
            for row in rights.iter().filter(|row| row.first() == Some(&user)) {
                let [_, on, right, grantable] = row.as_slice() else {
                    continue;
                };
                // To connect, to look into a schema and to make temporary tables is what everybody may.
                if matches!(right.as_str(), "CONNECT" | "USAGE" | "TEMPORARY") {
                    continue;
                }
                let grant = scopes.entry(on).or_insert_with(|| Grant {
                    on: on.clone(),
                    ..Grant::default()
                });
                grant.grantable |= grantable == "t";
                grant.rights.push(right.to_ascii_uppercase());
            }
            let mut grants: Vec<Grant> = scopes.into_values().collect();
            for grant in &mut grants {
                grant.rights.sort();
                grant.rights.dedup();
            }
            let mut everywhere: Vec<String> = WORDS
                .iter()
                .filter(|(at, _)| is(*at))
                .map(|(_, word)| (*word).to_owned())
                .collect();
            if is(1) {
                everywhere.push("SUPERUSER".into());
            }
            let servers_own = role.get(7).map_or("", String::as_str).split(',');
            everywhere.extend(
                servers_own
                    .filter(|name| !name.is_empty())
                    .map(str::to_ascii_uppercase),
            );
            if !everywhere.is_empty() {
                everywhere.sort();
                grants.insert(
                    0,
                    Grant {
                        on: "*".into(),
                        rights: everywhere,
                        grantable: is(1),
                    },
                );
            }
            Account {
                user,
                host: String::new(),
                superuser: is(1),
                locked: !is(2),
                grants,
            }
        })
        .collect();
    accounts.sort_by_key(Account::label);
    accounts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Row {
        cells.iter().map(|&cell| cell.to_owned()).collect()
    }

    #[test]
    fn a_member_that_does_not_inherit_counts_all_the_same() {
        let asked = roles();
        assert!(asked.contains("s.rolsuper AND pg_has_role(r.oid, s.oid, 'MEMBER')"));
        assert!(!asked.contains("USAGE"));
    }

    #[test]
    fn roles_and_rights_are_joined() {
        let roles = [
            row(&["postgres", "t", "t", "t", "t", "t", "t"]),
            row(&["shop", "f", "t", "f", "f", "f", "f"]),
            row(&["group", "f", "f", "t", "f", "f", "f"]),
            row(&[
                "runner",
                "f",
                "t",
                "f",
                "f",
                "f",
                "f",
                "pg_execute_server_program",
            ]),
        ];
        let rights = [
            row(&["shop", "public.makers", "SELECT", "f"]),
            row(&["shop", "public.makers", "INSERT", "f"]),
            row(&["shop", "shop", "CONNECT", "f"]),
        ];
        let accounts = with_rights(&roles, &rights);
        let by = |name: &str| {
            accounts
                .iter()
                .find(|account| account.user == name)
                .expect("there")
        };
        assert_eq!(
            by("shop").grants,
            [Grant {
                on: "public.makers".into(),
                rights: vec!["INSERT".into(), "SELECT".into()],
                grantable: false
            }]
        );
        assert!(by("postgres").superuser && by("postgres").grants[0].global());
        assert!(by("runner").grants[0].global());
        assert_eq!(by("runner").grants[0].rights, ["PG_EXECUTE_SERVER_PROGRAM"]);
        assert!(by("group").locked && by("group").grants[0].rights == ["CREATEDB"]);
    }
}
