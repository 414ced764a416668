//! Which database the application uses, where the stack has several.
//!
//! Judged by the host names in the application's environment alone; where those do not tell, the grader does not guess.

use std::collections::{BTreeMap, BTreeSet};

use super::roles::{Roles, playing};
use super::settle::Processes;
use crate::ProbeError;
use labcheck_core::facts::{Role, Taken};
use labcheck_core::grade;
use labcheck_core::grade::Plan;
use labcheck_engine::model::inspected::{Inspected, Stack};

/// A service as Compose counts it: replicas are one. Without Compose every container is one.
type Service<'s> = (Option<&'s str>, &'s str);

fn service(inspected: &Inspected) -> Service<'_> {
    let container = &inspected.container;
    match &container.service {
        Some(service) => (container.project.as_deref(), service),
        None => (None, &container.name),
    }
}

/// Leaves the role of the database to one service: the one whose host name the application's environment holds, or the
/// one that was taken already, where that is only one.
///
/// # Errors
/// [`ProbeError::SeveralOf`] when several services may be it.
pub(crate) fn settle(
    stack: &Stack,
    processes: &Processes,
    plan: &Plan,
    roles: &mut Roles,
) -> Result<(), ProbeError> {
    let Some(signs) = plan.roles.get(&Role::Db) else {
        return Ok(());
    };
    if plan.target.roles.contains_key(&Role::Db) {
        return Ok(());
    }
    let taken = playing(stack, roles, Role::Db);
    let mut services: BTreeMap<Service<'_>, Vec<&Inspected>> = BTreeMap::new();
    for inspected in &stack.containers {
        let elsewhere = roles.iter().any(|(role, all)| {
            *role != Role::Db
                && all
                    .iter()
                    .any(|taken| taken.container == inspected.container.name)
        });
        let is_taken = taken
            .iter()
            .any(|one| one.container.name == inspected.container.name);
        let serves = grade::serves(processes.get(&inspected.container.name), signs);
        if is_taken || (serves && !elsewhere) {
            services
                .entry(service(inspected))
                .or_default()
                .push(inspected);
        }
    }
    if services.len() < 2 {
        return Ok(());
    }
    let apps = playing(stack, roles, Role::App);
    let asked: Vec<(&Service<'_>, &Vec<&Inspected>)> = services
        .iter()
        .filter(|(_, all)| apps.iter().any(|app| all.iter().any(|db| names(app, db))))
        .collect();
    if let [(_, all)] = asked.as_slice() {
        let why = |inspected: &&Inspected| {
            let before = roles.get(&Role::Db).into_iter().flatten();
            let mut before = before.filter(|taken| taken.container == inspected.container.name);
            let before = before
                .next()
                .map_or_else(|| "serves a database".to_owned(), |taken| taken.why.clone());
            Taken {
                container: inspected.container.name.clone(),
                why: format!("{before}; the application's environment names it"),
            }
        };
        let chosen = all.iter().map(why).collect();
        roles.insert(Role::Db, chosen);
        return Ok(());
    }
    let held: BTreeSet<Service<'_>> = taken.iter().map(|inspected| service(inspected)).collect();
    if asked.is_empty() && held.len() == 1 {
        // It is called like the course's, and nothing says that it is another.
        return Ok(());
    }
    let called: Vec<&str> = services.keys().map(|(_, name)| *name).collect();
    let unique = called.iter().collect::<BTreeSet<_>>().len() == called.len();
    let names = services.iter().flat_map(|((_, name), all)| {
        let containers = all.iter().map(|inspected| inspected.container.name.clone());
        let containers: Vec<String> = containers.collect();
        if unique {
            vec![(*name).to_owned()]
        } else {
            containers
        }
    });
    Err(ProbeError::SeveralOf {
        role: Role::Db,
        names: names.collect(),
    })
}

/// Whether an application's environment holds a name of another container where a host stands.
fn names(app: &Inspected, db: &Inspected) -> bool {
    let mut known: BTreeSet<String> = db
        .names
        .iter()
        .chain(&db.addresses)
        .map(|name| name.to_ascii_lowercase())
        .collect();
    known.extend(
        db.container
            .service
            .iter()
            .map(|name| name.to_ascii_lowercase()),
    );
    let mut all = app.env.iter().flat_map(|(name, value)| hosts(name, value));
    all.any(|host| known.contains(&host))
}

/// The hosts that a variable names: all of it where it is called like one, or what stands in an address, in Go's
/// `tcp(…)` or after `host=`.
fn hosts(name: &str, value: &str) -> Vec<String> {
    const ENDINGS: [&str; 6] = ["HOST", "HOSTNAME", "SERVER", "ADDR", "ADDRESS", "ENDPOINT"];
    let bare = |text: &str| {
        let host = text.split(':').next().unwrap_or_default();
        host.trim().to_ascii_lowercase()
    };
    let mut found = Vec::new();
    let upper = name.to_ascii_uppercase();
    if ENDINGS.iter().any(|ending| upper.ends_with(ending)) && !value.contains("://") {
        found.push(bare(value));
    }
    let ends = |text: &str, marks: &[char]| -> String {
        text.split(|c: char| c.is_whitespace() || marks.contains(&c))
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    for (at, _) in value.match_indices("://") {
        let authority = ends(&value[at + 3..], &['/', '?', '#', '"', '\'']);
        let host = authority.rsplit('@').next().unwrap_or_default();
        found.push(bare(host));
    }
    for (at, mark) in value.match_indices("tcp(") {
        found.push(bare(&ends(&value[at + mark.len()..], &[')'])));
    }
    let lower = value.to_ascii_lowercase();
    for mark in ["host=", "server="] {
        for (at, _) in lower.match_indices(mark) {
            found.push(bare(&ends(
                &lower[at + mark.len()..],
                &[';', '&', ',', '"', '\''],
            )));
        }
    }
    found.retain(|host| !host.is_empty());
    found
}

#[cfg(test)]
#[path = "choose_database_tests.rs"]
mod tests;
