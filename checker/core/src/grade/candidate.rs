//! A container as a candidate for roles: what its name, its programs and its image show. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Container, Process, Role, Seen};
use crate::lab::{Protocol, RoleSigns};

/// Programs that serve a database, with their protocol and its usual port.
const SERVERS: [(&str, Protocol, &str, u16); 4] = [
    ("mariadbd", Protocol::Mysql, "mysql", 3306),
    ("mysqld", Protocol::Mysql, "mysql", 3306),
    ("postgres", Protocol::Postgres, "postgres", 5432),
    ("postmaster", Protocol::Postgres, "postgres", 5432),
];

/// Beginnings of programs that run applications: with one of them in its container, a proxy is part of the application.
const RUNTIMES: [&str; 15] = [
    "python",
    "gunicorn",
    "uwsgi",
    "uvicorn",
    "hypercorn",
    "php",
    "node",
    "java",
    "ruby",
    "puma",
    "unicorn",
    "perl",
    "dotnet",
    "beam.smp",
    "starman",
];

/// One container and what is known of it.
#[derive(Clone)]
pub(crate) struct Candidate<'a> {
    pub container: &'a Container,
    pub programs: BTreeSet<&'a str>,
}

pub(crate) type Signs = BTreeMap<Role, RoleSigns>;

impl Candidate<'_> {
    /// The service's name is the course's (or, without Compose, the container's), and nothing harder speaks against it.
    pub(crate) fn named(&self, role: Role, own: &RoleSigns, all: &Signs) -> Option<String> {
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
    pub(crate) fn contradicted(&self, role: Role, own: &RoleSigns, all: &Signs) -> bool {
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
    pub(crate) fn runs(&self, role: Role, own: &RoleSigns, all: &Signs) -> Option<String> {
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
            (!own.in_front || !mixed(self))
                && self
                    .runs(*role, own, all)
                    .or_else(|| self.with_image_named(*role, own, all))
                    .is_some()
        })
    }

    pub(crate) fn runs_one_of<'n>(&self, names: &'n [String]) -> Option<&'n str> {
        names
            .iter()
            .map(String::as_str)
            .find(|name| self.programs.contains(name))
    }

    pub(crate) fn speaks(&self, own: &RoleSigns) -> Option<String> {
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
    pub(crate) fn own_words<'n>(&self, image: &'n str) -> &'n str {
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
    pub(crate) fn with_image_named(&self, _: Role, own: &RoleSigns, _: &Signs) -> Option<String> {
        let name = self.own_words(repository(&self.container.image));
        let word = own.image.iter().find(|word| {
            name.split(['/', '-', '_', '.'])
                .any(|part| part == word.as_str())
        })?;
        Some(format!("image `{}` is a {word}", self.container.image))
    }
}

/// It runs an application beside whatever else.
pub(super) fn mixed(candidate: &Candidate<'_>) -> bool {
    candidate
        .programs
        .iter()
        .any(|program| RUNTIMES.iter().any(|runtime| program.starts_with(runtime)))
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
pub fn has_image_named(container: &Container, signs: &RoleSigns) -> bool {
    let candidate = Candidate {
        container,
        programs: BTreeSet::new(),
    };
    candidate
        .with_image_named(Role::Admin, signs, &Signs::new())
        .is_some()
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
