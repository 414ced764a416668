//! What to look at: the union of what the checks of a lab want to see.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use crate::check::{Expect, Kind as _, Want};
use crate::facts::Role;
use crate::facts::course_app;
use crate::lab::{Lab, LabId, RoleSigns};

/// What to look at.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The lab.
    pub lab: LabId,
    /// Signs by which roles are recognised.
    pub roles: BTreeMap<Role, RoleSigns>,
    /// The union of what the lab's checks want to see.
    pub wants: BTreeSet<Want>,
    /// Which stack, and how to reach it.
    pub target: Target,
}

/// Which stack is meant, and how to reach it: the words of the command line.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// `--project NAME`, repeatable.
    pub projects: Vec<String>,
    /// `--containers A,B`.
    pub containers: Vec<String>,
    /// `--entry URL`: the address of the application's front door.
    pub ingress_url: Option<String>,
    /// `--host NAME`: host names to ask for, for stacks that route by host.
    pub hosts: Vec<String>,
    /// `--route COURSE=APP`, such as `inserter=/register`.
    pub routes: BTreeMap<String, String>,
    /// `--role db=CONTAINER`.
    pub roles: BTreeMap<Role, Vec<String>>,
    /// The lab's folder, absolute; its compose project is the default stack.
    pub folder: Option<PathBuf>,
    /// `--nonce WORD`: part of every name that the round trip posts.
    pub nonce: Option<String>,
    /// `--disruptive`: restarts are allowed, last, one at a time.
    pub disruptive: bool,
    /// The longest the grader waits for a stack that is still starting.
    pub wait: Duration,
    /// `wait` was typed: so long is also what a program without a health check gets until it listens.
    pub wait_given: bool,
}

impl Target {
    /// The application's path for one of the course's: `/inserter` unless `--route` maps it.
    pub fn route<'a>(&'a self, path: &'a str) -> &'a str {
        self.routes
            .get(path.trim_start_matches('/'))
            .map_or(path, String::as_str)
    }
}

/// The plan for a lab.
pub fn plan(lab: &Lab, target: Target) -> Plan {
    Plan {
        lab: lab.id.clone(),
        roles: lab.roles.clone(),
        wants: lab
            .checks
            .iter()
            .flat_map(|entry| entry.expect.wants())
            .collect(),
        target,
    }
}

/// The pages that the round trip through the application goes to.
const DRIVEN: [&str; 2] = [course_app::FETCH, course_app::INSERTER];

/// The pages that a lab's checks ask for, in the course's words.
pub fn pages(lab: &Lab) -> BTreeSet<String> {
    let mut pages = BTreeSet::from(["/".to_owned()]);
    for entry in &lab.checks {
        for want in entry.expect.wants() {
            match want {
                // A page that must not be there is nowhere else either.
                Want::Page { path, .. } if !path.starts_with("/labcheck-") => pages.extend([path]),
                Want::RoundTrip(_) => pages.extend(DRIVEN.map(str::to_owned)),
                _ => {}
            }
        }
        if let Expect::Navbar(navbar) = &entry.expect {
            pages.extend(navbar.links.values().cloned());
        }
    }
    pages
}
