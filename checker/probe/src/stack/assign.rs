//! Taking containers for roles: by evidence, by what the student said, and where there are several databases, by use.

use super::choose_database;
use super::roles::Roles;
use super::settle::Processes;
use crate::ProbeError;
use labcheck_core::grade::{self, Plan};
use labcheck_engine::model::inspected::Stack;

/// Roles by evidence; a name given with `--role` must be there.
///
/// # Errors
/// [`ProbeError::NoSuch`], [`ProbeError::SeveralOf`].
pub(crate) fn assign(
    stack: &Stack,
    processes: &Processes,
    plan: &Plan,
) -> Result<Roles, ProbeError> {
    let containers: Vec<_> = stack
        .containers
        .iter()
        .map(|inspected| inspected.container.clone())
        .collect();
    let there = |name: &str| {
        containers
            .iter()
            .any(|container| container.name == name || container.service.as_deref() == Some(name))
    };
    if let Some(missing) = plan
        .target
        .roles
        .values()
        .flatten()
        .find(|name| !there(name))
    {
        return Err(ProbeError::NoSuch {
            kind: "container",
            name: missing.clone(),
            there: containers
                .into_iter()
                .map(|container| container.name)
                .collect(),
        });
    }
    let mut roles = grade::assign(&containers, processes, &plan.roles, &plan.target.roles);
    choose_database::settle(stack, processes, plan, &mut roles)?;
    Ok(roles)
}
