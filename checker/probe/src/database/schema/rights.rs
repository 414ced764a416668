//! What accounts of MariaDB and MySQL may do, from rows of the privilege tables: by their own grants, through every role
//! that they can take, and by what is granted to PUBLIC. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::privilege_names::ACCESS_BITS;
use super::types::Credential;
use crate::database::client::reply::Row;
use labcheck_core::facts::{Account, Grant};

/// The grantee whose rights every account has (MariaDB from 10.11 on).
const PUBLIC: &str = "'PUBLIC'@''";

/// A row of (grantee, routine, `Proc_priv`) as rows of (grantee, scope, right, grantable).
pub(crate) fn from_routine(row: &Row) -> Vec<Row> {
    let [grantee, routine, rights] = row.as_slice() else {
        return Vec::new();
    };
    let rights: Vec<String> = rights.split(',').map(str::to_ascii_uppercase).collect();
    privilege_rows(grantee, routine, &rights)
}

/// A row of (role, `access`) as rows of (grantee, scope, right, grantable).
pub(crate) fn from_role(row: &Row) -> Vec<Row> {
    let [role, access] = row.as_slice() else {
        return Vec::new();
    };
    let access: u64 = access.parse().unwrap_or(0);
    let rights: Vec<String> = (0_u32..)
        .zip(ACCESS_BITS)
        .filter(|(bit, _)| access & (1 << bit) != 0)
        .map(|(_, right)| right.to_owned())
        .collect();
    privilege_rows(role, "*", &rights)
}

/// Rights on one scope as rows of (grantee, scope, right, grantable); `GRANT` among them is the GRANT OPTION.
pub(crate) fn privilege_rows(grantee: &str, on: &str, rights: &[String]) -> Vec<Row> {
    let grantable = if rights.iter().any(|right| right == "GRANT") {
        "YES"
    } else {
        "NO"
    };
    let row = |right: &str| [grantee, on, right, grantable].map(str::to_owned).to_vec();
    let named = rights.iter().filter(|right| *right != "GRANT");
    let mut rows: Vec<Row> = named.map(|right| row(right)).collect();
    if rows.is_empty() && grantable == "YES" {
        rows.push(row("USAGE"));
    }
    rows
}

/// Joins accounts with rows of (grantee, scope, right, grantable) and of (grantee, role that it may take).
///
/// A role counts whether it is taken at sign-in or not: `SET ROLE` is one statement.
pub(crate) fn accounts(
    existing: &[(Credential, bool)],
    rights: &[Row],
    roles: &[Row],
) -> Vec<Account> {
    let mut scopes: BTreeMap<(&str, String), Grant> = BTreeMap::new();
    for row in rights {
        let [grantee, on, right, grantable] = row.as_slice() else {
            continue;
        };
        let on = scope(on);
        let grant = scopes
            .entry((grantee, on.clone()))
            .or_insert_with(|| Grant {
                on,
                ..Grant::default()
            });
        grant.grantable |= grantable == "YES";
        if right != "USAGE" && !grant.rights.contains(right) {
            grant.rights.push(right.to_ascii_uppercase());
        }
    }
    let of = |grantee: &str| -> Vec<Grant> {
        let whose = scopes.iter().filter(|((whose, _), _)| *whose == grantee);
        whose.map(|(_, grant)| grant.clone()).collect()
    };
    let mut accounts: Vec<Account> = existing
        .iter()
        .map(|(credential, locked)| {
            let own = format!("'{}'@'{}'", credential.user, credential.host);
            let mut grants: Vec<Grant> = Vec::new();
            for held in grantees_of(&own, roles).iter().flat_map(|who| of(who)) {
                match grants.iter_mut().find(|own| own.on == held.on) {
                    Some(own) => {
                        own.rights.extend(held.rights);
                        own.grantable |= held.grantable;
                    }
                    None => grants.push(held),
                }
            }
            for grant in &mut grants {
                grant.rights.sort();
                grant.rights.dedup();
            }
            grants.retain(|grant| !grant.rights.is_empty() || grant.grantable);
            grants.sort_by(|a, b| a.on.cmp(&b.on));
            Account {
                user: credential.user.clone(),
                host: credential.host.clone(),
                superuser: grants.iter().any(is_superuser),
                locked: *locked,
                grants,
            }
        })
        .collect();
    accounts.sort_by_key(Account::label);
    accounts
}

/// The grantees whose rights an account has: itself, PUBLIC, and every role that it may take, directly or through another
/// role.
fn grantees_of<'r>(own: &'r str, roles: &'r [Row]) -> BTreeSet<&'r str> {
    let mut found = BTreeSet::from([own, PUBLIC]);
    let mut next = vec![own, PUBLIC];
    while let Some(who) = next.pop() {
        for row in roles {
            if let [grantee, role] = row.as_slice()
                && grantee == who
                && found.insert(role)
            {
                next.push(role);
            }
        }
    }
    found
}

/// SUPER, or nearly all rights on everything WITH GRANT OPTION. Servers differ in how many rights there are, and with
/// these an account can grant itself the rest.
fn is_superuser(grant: &Grant) -> bool {
    const NEARLY_ALL: usize = 25;
    grant.global()
        && (grant.rights.iter().any(|right| right == "SUPER")
            || (grant.grantable && grant.rights.len() >= NEARLY_ALL))
}

/// A scope as the privilege tables write it: `\_` stands for a plain underscore, a lone `%` for every schema.
fn scope(on: &str) -> String {
    if on == "%" {
        "*".into()
    } else {
        on.replace("\\_", "_").replace("\\%", "%")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::client::reply::of_cells as row;

    #[test]
    fn rights_are_gathered_by_scope() {
        let existing = [
            (Credential::new("app", "%"), false),
            (Credential::new("root", "localhost"), false),
        ];
        let rights = [
            row(&["'app'@'%'", "*", "USAGE", "NO"]),
            row(&["'app'@'%'", "my\\_shop", "SELECT", "NO"]),
            row(&["'app'@'%'", "my\\_shop", "INSERT", "NO"]),
            row(&["'root'@'localhost'", "*", "SUPER", "YES"]),
        ];
        let accounts = accounts(&existing, &rights, &[]);
        assert_eq!(
            accounts[0].grants,
            [Grant {
                on: "my_shop".into(),
                rights: vec!["INSERT".into(), "SELECT".into()],
                grantable: false
            }]
        );
        assert!(!accounts[0].superuser && accounts[1].superuser);
    }

    #[test]
    fn every_role_that_can_be_taken_counts_through_other_roles_too() {
        let existing = [
            (Credential::new("app", "%"), false),
            (Credential::new("other", "%"), false),
        ];
        let rights = from_role(&row(&["'chief'@''", "1099511627775"]));
        let roles = [
            row(&["'app'@'%'", "'mid'@''"]),
            row(&["'mid'@''", "'chief'@''"]),
            row(&["'chief'@''", "'mid'@''"]),
        ];
        let accounts = accounts(&existing, &rights, &roles);
        assert!(accounts[0].superuser && accounts[0].grants[0].grantable);
        assert!(accounts[1].grants.is_empty());
    }

    #[test]
    fn what_is_granted_to_public_counts_for_each() {
        let existing = [(Credential::new("app", "%"), false)];
        let rights = [row(&["'PUBLIC'@''", "other", "SELECT", "NO"])];
        assert_eq!(accounts(&existing, &rights, &[])[0].grants[0].on, "other");
    }

    #[test]
    fn a_right_on_a_routine_is_a_right() {
        let existing = [(Credential::new("app", "%"), false)];
        let rights = from_routine(&row(&["'app'@'%'", "tools.wipe", "Execute,Grant"]));
        assert_eq!(
            accounts(&existing, &rights, &[])[0].grants,
            [Grant {
                on: "tools.wipe".into(),
                rights: vec!["EXECUTE".into()],
                grantable: true
            }]
        );
    }

    #[test]
    fn a_percent_sign_alone_is_every_schema() {
        let accounts = accounts(
            &[(Credential::new("a", "%"), false)],
            &[row(&["'a'@'%'", "%", "SELECT", "NO"])],
            &[],
        );
        assert!(accounts[0].grants[0].global());
    }
}
