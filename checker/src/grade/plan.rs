//! What to look at: the union of what the checks of a lab want to see.

use std::collections::BTreeSet;

use crate::check::{Expect, Kind as _, Want};
use crate::lab::Lab;
use crate::probe::{Plan, Target};

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
const DRIVEN: [&str; 2] = ["/fetch", "/inserter"];

/// The pages that a lab's checks ask for, in the course's words.
pub fn pages(lab: &Lab) -> BTreeSet<String> {
    let mut pages = BTreeSet::from(["/".to_owned()]);
    for entry in &lab.checks {
        for want in entry.expect.wants() {
            match want {
                // A page that must not be there is nowhere else either.
                Want::Page { path, .. } if !path.starts_with("/labcheck-") => pages.extend([path]),
                Want::Drive(_) => pages.extend(DRIVEN.map(str::to_owned)),
                _ => {}
            }
        }
        if let Expect::Navbar(navbar) = &entry.expect {
            pages.extend(navbar.links.values().cloned());
        }
    }
    pages
}
