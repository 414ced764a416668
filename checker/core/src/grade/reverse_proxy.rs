//! Who stands in front of the application: by what runs, and by who publishes a port when the other does not. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::candidate::{Candidate, Signs, mixed};
use crate::facts::{Container, Port, Role, Taken};
use crate::lab::RoleSigns;
use crate::text;

/// It publishes a port, was asked to, or has the host's network, where none needs to be.
fn publishes(container: &Container) -> bool {
    !container.ports.is_empty()
        || !container.ports_asked.is_empty()
        || container.network_mode.is_host()
}

/// Of the containers that run a proxy's program, those that stand in front: the ones that publish a port, where some do;
/// and those that run nothing but the proxy, unless another container is left for the application.
pub(crate) fn sift(
    free: &[Candidate<'_>],
    found: &mut [Option<(Role, String)>],
    signs: &Signs,
    roles: &BTreeMap<Role, Vec<Taken>>,
) {
    for (role, _) in signs.iter().filter(|(_, own)| own.in_front) {
        let taken = |found: &Option<(Role, String)>| matches!(found, Some((of, _)) if of == role);
        let of_role: Vec<usize> = (0..free.len()).filter(|at| taken(&found[*at])).collect();
        let open = of_role.iter().any(|at| publishes(free[*at].container));
        let pure = of_role
            .iter()
            .any(|at| !mixed(&free[*at]) && (!open || publishes(free[*at].container)));
        let app_left = roles.contains_key(&Role::App)
            || free.iter().enumerate().any(|(at, candidate)| {
                !of_role.contains(&at) && found[at].is_none() && !candidate.claimed(signs)
            });
        for at in of_role {
            let candidate = &free[at];
            let hidden = open && !publishes(candidate.container);
            let part = mixed(candidate) && (pure || !app_left);
            if hidden || part {
                found[at] = None;
            }
        }
    }
}

/// A proxy of the student's own making: the only service left that publishes a port, while the application publishes none.
pub(crate) fn by_ports(
    containers: &[Container],
    free: &mut Vec<Candidate<'_>>,
    roles: &mut BTreeMap<Role, Vec<Taken>>,
    open: &[(Role, &RoleSigns)],
    signs: &Signs,
) {
    let fronts = open.iter().filter(|(_, own)| own.in_front);
    for (role, _) in fronts {
        if roles.contains_key(role) {
            continue;
        }
        let left: Vec<&Candidate<'_>> = free.iter().filter(|one| !one.claimed(signs)).collect();
        let services = |publishing: bool| -> BTreeSet<&str> {
            left.iter()
                .filter(|one| publishes(one.container) == publishing)
                .map(|one| one.container.known_as())
                .collect()
        };
        let (outer, inner) = (services(true), services(false));
        let app = roles.get(&Role::App);
        let behind = match app {
            Some(taken) => taken
                .iter()
                .all(|one| !also_open(containers, &one.container)),
            None => inner.len() == 1,
        };
        let Some(front) = outer.first().filter(|_| outer.len() == 1 && behind) else {
            continue;
        };
        let front = (*front).to_owned();
        let mut taken = Vec::new();
        free.retain(|one| {
            let own = one.container.known_as() == front;
            if own {
                taken.push(Taken {
                    container: one.container.name.clone(),
                    why: "the only container left over that publishes a port".into(),
                });
            }
            !own
        });
        roles.insert(*role, taken);
    }
}

fn also_open(containers: &[Container], name: &str) -> bool {
    containers
        .iter()
        .any(|one| one.name == name && publishes(one))
}

/// Says of who stands in front that it publishes what the application does not.
pub(crate) fn explain(
    containers: &[Container],
    roles: &mut BTreeMap<Role, Vec<Taken>>,
    signs: &Signs,
) {
    let find = |name: &str| containers.iter().find(|container| container.name == name);
    let app = roles.get(&Role::App).cloned().unwrap_or_default();
    let inner: Vec<&Container> = app.iter().filter_map(|one| find(&one.container)).collect();
    let Some(first) = inner
        .first()
        .filter(|_| inner.iter().all(|one| one.ports.is_empty()))
    else {
        return;
    };
    for (role, _) in signs.iter().filter(|(_, own)| own.in_front) {
        for one in roles.get_mut(role).into_iter().flatten() {
            let Some(container) = find(&one.container) else {
                continue;
            };
            let ports: BTreeSet<String> = container
                .ports
                .iter()
                .filter(|port: &&Port| port.host != 0)
                .map(|port| port.host.to_string())
                .collect();
            if !ports.is_empty() && container.name != first.name {
                let ports: Vec<String> = ports.into_iter().collect();
                one.why = format!(
                    "{}; publishes {}, and `{}` publishes nothing",
                    one.why,
                    text::english_list(&ports),
                    first.known_as()
                );
            }
        }
    }
}

#[cfg(test)]
#[path = "reverse_proxy_tests.rs"]
mod tests;
