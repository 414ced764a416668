//! Which container plays which role: by evidence, not by name alone. Pure.
//!
//! In this order: what the student said, the service's name (unless hard evidence speaks against it), what it runs,
//! its image, and for the application, what is left over.

use std::collections::{BTreeMap, BTreeSet};

use super::reverse_proxy;
use crate::facts::{Container, Process, Role, Seen, Status, Taken};
use crate::lab::{Protocol, RoleSigns};

/// Programs that serve a database, with their protocol and its usual port.
const SERVERS: [(&str, Protocol, &str, u16); 4] = [
    ("mariadbd", Protocol::Mysql, "mysql", 3306),
    ("mysqld", Protocol::Mysql, "mysql", 3306),
    ("postgres", Protocol::Postgres, "postgres", 5432),
    ("postmaster", Protocol::Postgres, "postgres", 5432),
];

/// One container and what is known of it.
#[derive(Clone)]
pub(crate) struct Candidate<'a> {
    pub(crate) container: &'a Container,
    pub(crate) programs: BTreeSet<&'a str>,
}

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
    let in_turn = [Candidate::named, Candidate::runs, Candidate::made_from];
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

/// Whether a container's process list shows a server of a protocol that a role speaks.
pub fn serves(processes: Option<&Seen<Vec<Process>>>, signs: &RoleSigns) -> bool {
    let mut all = processes.and_then(Seen::get).into_iter().flatten();
    all.any(|process| {
        SERVERS.iter().any(|(program, protocol, ..)| {
            signs.speaks.contains(protocol) && process.program() == *program
        })
    })
}

/// Whether a container's image is by its name one of a role's, whichever container was taken for that role.
pub fn made_for(container: &Container, signs: &RoleSigns) -> bool {
    let candidate = Candidate {
        container,
        programs: BTreeSet::new(),
    };
    candidate
        .made_from(Role::Admin, signs, &Signs::new())
        .is_some()
}

pub(crate) type Signs = BTreeMap<Role, RoleSigns>;

impl Candidate<'_> {
    /// The service's name is the course's (or, without Compose, the container's), and nothing harder speaks against it.
    fn named(&self, role: Role, own: &RoleSigns, all: &Signs) -> Option<String> {
        let service = own.service.as_deref()?;
        let (kind, name) = match &self.container.service {
            Some(name) => ("service", name.as_str()),
            None => ("container", self.container.name.as_str()),
        };
        if name != service || self.contradicted(role, own, all) {
            return None;
        }
        Some(match self.speaks(own) {
            Some(speaks) => format!("{kind} name `{name}`; {speaks}"),
            None => format!("{kind} name `{name}`"),
        })
    }

    /// What it runs shows that the name is wrong: it serves a database but is not named like one, or it is named like a
    /// database but runs another role's program and no database at all.
    fn contradicted(&self, role: Role, own: &RoleSigns, all: &Signs) -> bool {
        if self.speaks(own).is_some() {
            return false;
        }
        let others = || all.iter().filter(|(other, _)| **other != role);
        let serves_other = others().any(|(_, signs)| self.speaks(signs).is_some());
        let runs_other = !own.speaks.is_empty()
            && others().any(|(_, signs)| self.runs_one_of(&signs.process).is_some());
        serves_other || runs_other
    }

    /// A program of the process list is one of the role's, or serves a protocol of the role.
    fn runs(&self, role: Role, own: &RoleSigns, all: &Signs) -> Option<String> {
        let why = self.speaks(own).or_else(|| {
            self.runs_one_of(&own.process)
                .map(|program| format!("runs {program}"))
        })?;
        let misnamed = all.iter().find(|(other, signs)| {
            **other != role && signs.service.is_some() && signs.service == self.container.service
        });
        Some(match misnamed {
            Some((_, signs)) => format!(
                "{why}, though the service is called `{}`",
                signs.service.as_deref().unwrap_or_default()
            ),
            None => why,
        })
    }

    /// A role's program or image is this one's, though it was not taken for it.
    pub(crate) fn claimed(&self, all: &Signs) -> bool {
        all.iter().any(|(role, own)| {
            // With the application in the same container, a proxy is part of the application.
            (!own.in_front || !reverse_proxy::mixed(self))
                && self
                    .runs(*role, own, all)
                    .or_else(|| self.made_from(*role, own, all))
                    .is_some()
        })
    }

    fn runs_one_of<'n>(&self, names: &'n [String]) -> Option<&'n str> {
        names
            .iter()
            .map(String::as_str)
            .find(|name| self.programs.contains(name))
    }

    fn speaks(&self, own: &RoleSigns) -> Option<String> {
        let (program, _, word, port) = SERVERS.iter().find(|(program, protocol, ..)| {
            own.speaks.contains(protocol) && self.programs.contains(program)
        })?;
        let exposes = self
            .container
            .exposed
            .iter()
            .any(|exposed| exposed.split('/').next() == Some(&port.to_string()));
        Some(if exposes {
            format!("runs {program}, which speaks {word} on {port}")
        } else {
            format!("runs {program}, which speaks {word}")
        })
    }

    /// An image that Compose built and named is called `PROJECT-SERVICE`; what the project is called says nothing of it.
    fn own_words<'n>(&self, image: &'n str) -> &'n str {
        let parts = self
            .container
            .project
            .as_deref()
            .zip(self.container.service.as_deref());
        let own = parts.and_then(|(project, service)| {
            let rest = image.strip_prefix(project)?.strip_prefix(['-', '_'])?;
            (rest == service).then_some(rest)
        });
        own.unwrap_or(image)
    }

    /// The image's name has one of the role's words in it.
    fn made_from(&self, _: Role, own: &RoleSigns, _: &Signs) -> Option<String> {
        let name = self.own_words(repository(&self.container.image));
        let word = own.image.iter().find(|word| {
            name.split(['/', '-', '_', '.'])
                .any(|part| part == word.as_str())
        })?;
        Some(format!("image `{}` is a {word}", self.container.image))
    }
}

/// An image's name without registry, tag and digest.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let untagged = match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    };
    match untagged.split_once('/') {
        Some((registry, rest)) if registry.contains(['.', ':']) || registry == "localhost" => rest,
        _ => untagged,
    }
}

/// Programs that wait or pass a signal on, and serve nobody.
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
    let whose = container.network_mode.strip_prefix("container:")?;
    let whose =
        |one: &&Container| !whose.is_empty() && (one.name == whose || one.id.starts_with(whose));
    all.iter().find(whose)
}

/// What nothing else claims: the only one, or the replicas of the only service. Of several, the only one with a
/// published port; or without helpers that did their work and ended, or only wait; or the only one that declares a port.
/// A port of a container that only waits, while others are in its network, is one of theirs; so it is of one that is on no
/// network with the database, where somebody else is.
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
    let beside = |one: &Container| {
        let mut networks = one.networks.iter();
        networks.any(|attachment| databases.contains(attachment.network.as_str()))
    };
    let beside_database = kept(&lasting, &|candidate| beside(candidate.container));
    let apart = |one: &Container| lends(one) && !beside(one) && !beside_database.is_empty();
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
            beside_database,
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
