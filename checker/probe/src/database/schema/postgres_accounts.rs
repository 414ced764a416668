//! Roles of PostgreSQL with their rights, in the database that is looked into.

use std::collections::BTreeMap;

use super::types::{Accounts, Credential};
use crate::database::client::conversation::Client;
use crate::database::client::reply::Row;
use labcheck_core::facts::{Account, Grant};

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
///
/// # Errors
/// The database could not be asked.
pub(crate) async fn accounts(client: &mut Client) -> Result<Accounts, String> {
    let roles = client.query(&roles()).await?;
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
        rights.extend(client.query(&held(from)).await?);
    }
    let credentials = roles
        .iter()
        .map(|row| Credential::new(row.first().map_or("", String::as_str), ""))
        .collect();
    Ok(Accounts {
        accounts: with_rights(&roles, &rights),
        credentials,
    })
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
                // PUBLIC has these from the start: to connect, to use a schema and to make temporary tables.
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
            let mut server_wide: Vec<String> = WORDS
                .iter()
                .filter(|(at, _)| is(*at))
                .map(|(_, word)| (*word).to_owned())
                .collect();
            if is(1) {
                server_wide.push("SUPERUSER".into());
            }
            let predefined = role.get(7).map_or("", String::as_str).split(',');
            server_wide.extend(
                predefined
                    .filter(|name| !name.is_empty())
                    .map(str::to_ascii_uppercase),
            );
            if !server_wide.is_empty() {
                server_wide.sort();
                grants.insert(
                    0,
                    Grant {
                        on: "*".into(),
                        rights: server_wide,
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
    use crate::database::client::reply::of_cells as row;

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
