//! What to look at: the union of what the checks of a lab want to see.

use crate::check::Kind as _;
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
