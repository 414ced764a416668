//! What another lab left and this stack stumbles over: a volume with that lab's data, a network with its containers, a
//! name that a container of it holds. Named, with the command that clears it, where a check failed by it; a stack that
//! works on such things on purpose is right.

use std::collections::BTreeSet;

use crate::check::{Blame, Evidence, Expect, Finding, Kind as _, Want};
use crate::facts::{Container, Facts, Role};
use crate::text::{ShellCommand, say, shell};

/// A fail as it is, or with another lab's leftover named and blamed.
pub(super) fn blamed(expect: &Expect, mut finding: Finding, facts: &Facts) -> Finding {
    if finding.blame != Blame::Student {
        return finding;
    }
    let evidence = match expect {
        Expect::Running(running) => match playing(facts, running.role).as_slice() {
            [] => name(facts).or_else(|| things(facts, &[Role::Db])),
            _ => things(facts, &[running.role, Role::Db]),
        },
        other if by_data(other) => things(facts, &[Role::Db, Role::App]),
        _ => None,
    };
    if let Some(evidence) = evidence {
        finding.found = format!("{}; {}", finding.found, evidence.what);
        finding.evidence.insert(0, evidence);
        finding.blame = Blame::Leftover;
    }
    finding
}

/// Whether a check depends on what the database holds and on who answers to its name.
fn by_data(expect: &Expect) -> bool {
    let data = |want: &Want| matches!(want, Want::Database(_) | Want::RoundTrip(_));
    expect.wants().iter().any(data)
}

fn playing(facts: &Facts, role: Role) -> Vec<&Container> {
    let taken = facts.roles.get(&role).into_iter().flatten();
    taken
        .filter_map(|taken| {
            let mut all = facts.containers.iter();
            all.find(|container| container.name == taken.container)
        })
        .collect()
}

/// A volume or network of another lab that these roles use.
fn things(facts: &Facts, roles: &[Role]) -> Option<Evidence> {
    let users = roles.iter().flat_map(|role| playing(facts, *role));
    let down = facts
        .stack
        .projects
        .first()
        .map_or_else(ShellCommand::default, |project| {
            shell!("docker compose -p {} down", project)
        });
    for user in users {
        let volume = facts.volumes.iter().find_map(|volume| {
            let lab = volume.left_by.as_ref()?;
            let mounts = user.mounts.iter().any(|mount| mount.source == volume.name);
            mounts.then_some((&volume.name, lab))
        });
        if let Some((volume, lab)) = volume {
            return Some(Evidence {
                what: say!(
                    "leftover: `{}` works on volume `{volume}`, which lab {lab} made and filled",
                    user.known_as(),
                    volume,
                    lab
                ),
                try_it: down.then(&shell!("docker volume rm {}", volume)),
            });
        }
        let network = facts.networks.iter().find_map(|network| {
            let lab = network.left_by.as_ref()?;
            let on = user.networks.iter().any(|end| end.network == network.name);
            on.then_some((network, lab))
        });
        if let Some((network, lab)) = network {
            let clear = network.project.as_ref().map_or_else(
                || shell!("docker network rm {}", network.name),
                |project| shell!("docker compose -p {} down", project),
            );
            return Some(Evidence {
                what: say!(
                    "leftover: `{}` is on network `{}`, which lab {lab} made, and whatever is there answers to its names too",
                    user.known_as(),
                    network.name,
                    lab
                ),
                try_it: down.then(&clear),
            });
        }
    }
    None
}

/// A container of another lab that holds a name, while a service that this stack asks for is not there.
fn name(facts: &Facts) -> Option<Evidence> {
    let there: BTreeSet<&str> = facts
        .containers
        .iter()
        .filter_map(|container| container.service.as_deref())
        .collect();
    let asked = facts
        .containers
        .iter()
        .flat_map(|container| container.depends_on.iter().flatten())
        .map(|dependency| dependency.service.as_str());
    let absent: BTreeSet<&str> = asked.filter(|service| !there.contains(service)).collect();
    let holder = facts.neighbours.iter().find(|other| {
        let service = other.holds_name_of.as_deref();
        service.is_some_and(|service| absent.contains(service))
            && other.lab.as_ref().is_some_and(|lab| *lab != facts.lab)
    })?;
    Some(Evidence {
        what: say!(
            "leftover: lab {} has a container named `{}`, and no two can have one name",
            holder.lab.as_deref().unwrap_or_default(),
            holder.name
        ),
        try_it: holder.clear(),
    })
}

#[cfg(test)]
#[path = "leftover_tests.rs"]
mod tests;
