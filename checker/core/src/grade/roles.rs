//! Which container plays which role: by evidence, not by name alone. Pure.
//!
//! In this order: what the student said, the service's name (unless hard evidence speaks against it), what it runs,
//! its image, and for the application, what is left over.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::{Candidate, Signs};
use super::reverse_proxy;
use crate::facts::{Container, Process, Role, Seen, Status, Taken};
use crate::lab::RoleSigns;

/// Assigns roles. Every container plays at most one, unless the student says otherwise; a role may have several.
///
/// `explicit` holds names of containers or services by role (`--role db=NAME`); names that are not there are passed
/// over here and reported by the observer.
pub fn assign(
    containers: &[Container],
    processes: &BTreeMap<String, Seen<Vec<Process>>>,
    signs: &BTreeMap<Role, RoleSigns>,
    explicit: &BTreeMap<Role, Vec<String>>,
) -> BTreeMap<Role, Vec<Taken>> {
    let mut roles: BTreeMap<Role, Vec<Taken>> = BTreeMap::new();
    let mut free: Vec<Candidate<'_>> = Vec::new();
    for container in containers {
        let said = explicit.iter().filter(|(_, names)| {
            names
                .iter()
                .any(|name| *name == container.name || container.service.as_deref() == Some(name))
        });
        let said: Vec<Role> = said.map(|(role, _)| *role).collect();
        for role in &said {
            let why = format!("--role {}={}", role.word(), container.known_as());
            roles.entry(*role).or_default().push(Taken {
                container: container.name.clone(),
                why,
            });
        }
        if said.is_empty() {
            let seen = processes.get(&container.name).and_then(Seen::get);
            free.push(Candidate {
                container,
                programs: seen.into_iter().flatten().map(Process::program).collect(),
            });
        }
    }
    let open: Vec<(Role, &RoleSigns)> = signs
        .iter()
        .filter(|(role, _)| !explicit.contains_key(*role))
        .map(|(role, signs)| (*role, signs))
        .collect();
    let in_turn = [
        Candidate::named,
        Candidate::runs,
        Candidate::with_image_named,
    ];
    for (number, rule) in in_turn.into_iter().enumerate() {
        // A role that a stronger rule has filled is not filled up by a weaker one.
        let unfilled: Vec<(Role, &RoleSigns)> = open
            .iter()
            .filter(|(role, _)| !roles.contains_key(role))
            .copied()
            .collect();
        let mut all: Vec<Option<(Role, String)>> = free
            .iter()
            .map(|candidate| {
                unfilled
                    .iter()
                    .find_map(|(role, own)| Some((*role, rule(candidate, *role, own, signs)?)))
            })
            .collect();
        if number > 0 {
            reverse_proxy::sift(&free, &mut all, signs, &roles);
        }
        let mut all = all.into_iter();
        free.retain(|candidate| {
            let found = all.next().flatten();
            match found {
                Some((role, why)) => {
                    roles.entry(role).or_default().push(Taken {
                        container: candidate.container.name.clone(),
                        why,
                    });
                    false
                }
                None => true,
            }
        });
    }
    reverse_proxy::by_ports(containers, &mut free, &mut roles, &open, signs);
    for (role, _) in open.iter().filter(|(_, signs)| signs.leftover) {
        if !roles.contains_key(role) {
            let taken = left_over(&free, containers, &roles, signs);
            if !taken.is_empty() {
                roles.insert(*role, taken);
            }
        }
    }
    reverse_proxy::explain(containers, &mut roles, signs);
    roles
}

/// Programs that wait or pass a signal on, and answer no request.
const IDLE: [&str; 11] = [
    "sleep",
    "pause",
    "tail",
    "cat",
    "sh",
    "bash",
    "dash",
    "true",
    "tini",
    "dumb-init",
    "docker-init",
];

/// It runs programs, and all of them only wait.
fn waits_only(candidate: &Candidate<'_>) -> bool {
    let mut programs = candidate.programs.iter();
    !candidate.programs.is_empty() && programs.all(|program| IDLE.contains(program))
}

/// The container whose network another one is in (`network_mode: service:…`), where that is one of the stack.
fn lender<'a>(container: &Container, all: &'a [Container]) -> Option<&'a Container> {
    all.iter().find(|one| container.is_in_network_of(one))
}

/// What nothing else claims: the only one, or the replicas of the only service. Of several, the only one with a
/// published port; or without helpers that did their work and ended, or only wait; or the only one that declares a port.
/// A port of a container that only waits, while others are in its network, is one of theirs; so it is of one that is on no
/// network with the database, where another container is.
fn left_over(
    free: &[Candidate<'_>],
    containers: &[Container],
    roles: &BTreeMap<Role, Vec<Taken>>,
    all: &Signs,
) -> Vec<Taken> {
    let left: Vec<&Candidate<'_>> = free
        .iter()
        .filter(|candidate| !candidate.claimed(all))
        .collect();
    let lasting = kept(&left, &|candidate| {
        let state = &candidate.container.state;
        !(state.status == Status::Exited && state.exit_code == 0)
    });
    let busy = kept(&lasting, &|candidate| !waits_only(candidate));
    let lends = |one: &Container| {
        let mut borrowers = containers.iter();
        borrowers.any(|other| lender(other, containers).is_some_and(|of| of.name == one.name))
    };
    let only_lends = |one: &Container| {
        let own = left.iter().find(|left| left.container.name == one.name);
        own.is_some_and(|own| waits_only(own)) && lends(one)
    };
    let databases = roles.get(&Role::Db).map(Vec::as_slice).unwrap_or_default();
    let databases: BTreeSet<&str> = containers
        .iter()
        .filter(|one| databases.iter().any(|taken| taken.container == one.name))
        .flat_map(|one| &one.networks)
        .map(|attachment| attachment.network.as_str())
        .collect();
    let on_its_network = |one: &Container| {
        let mut networks = one.networks.iter();
        networks.any(|attachment| databases.contains(attachment.network.as_str()))
    };
    let database_neighbours = kept(&lasting, &|candidate| on_its_network(candidate.container));
    let apart =
        |one: &Container| lends(one) && !on_its_network(one) && !database_neighbours.is_empty();
    let publishing = kept(&left, &|candidate| {
        let holder = match lender(candidate.container, containers) {
            Some(of) if only_lends(of) => of,
            None | Some(_) => candidate.container,
        };
        let open = !holder.ports.is_empty() || !holder.ports_asked.is_empty();
        open && !only_lends(candidate.container) && !apart(candidate.container)
    });
    let declaring = kept(&busy, &|candidate| {
        !candidate.container.exposed.is_empty() && !apart(candidate.container)
    });
    let in_turn = [
        (left, "the only container left over"),
        (
            publishing,
            "the only container left over that publishes a port",
        ),
        (
            lasting,
            "the only container left over that did not do its work and end",
        ),
        (
            busy,
            "the only container left over that does more than wait",
        ),
        (
            declaring,
            "the only container left over that declares a port",
        ),
        (
            database_neighbours,
            "the only container left over on a network with the database",
        ),
    ];
    let of_one_service = |all: &[&Candidate<'_>]| {
        let names = all.iter().map(|candidate| candidate.container.known_as());
        names.collect::<BTreeSet<_>>().len() == 1
    };
    let found = in_turn.into_iter().find(|(all, _)| of_one_service(all));
    let (taken, why) = found.unwrap_or_default();
    taken
        .into_iter()
        .map(|candidate| Taken {
            container: candidate.container.name.clone(),
            why: why.into(),
        })
        .collect()
}

fn kept<'c, 'a>(
    all: &[&'c Candidate<'a>],
    keep: &dyn Fn(&Candidate<'_>) -> bool,
) -> Vec<&'c Candidate<'a>> {
    all.iter()
        .copied()
        .filter(|candidate| keep(candidate))
        .collect()
}

#[cfg(test)]
#[path = "roles_tests.rs"]
mod tests;
