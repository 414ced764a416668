//! The stack, by role: what every probe that looks inside needs to know.

use std::collections::BTreeMap;

use super::choose_database;
use super::secrets::Ground;
use super::settle::Processes;
use crate::check::Want;
use crate::engine::client::Engine;
use crate::engine::model::inspected::{ContainerSummary, Looked, Stack};
use crate::engine::sidecars::Beside;
use crate::facts::{Neighbour, Role, Status, Taken};
use crate::grade;
use crate::grade::Plan;
use crate::probe::ProbeError;
use crate::redact::known::Secrets;

/// Which container was taken for which role.
pub(crate) type Roles = BTreeMap<Role, Vec<Taken>>;

/// Everything known before a page is asked for or a database is entered.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub engine: &'a Engine,
    /// Containers of the grader's own.
    pub beside: &'a Beside,
    /// Every container of the engine.
    pub there: &'a [ContainerSummary],
    /// Who else is on the engine and holds a port.
    pub neighbours: &'a [Neighbour],
    pub stack: &'a Stack,
    pub processes: &'a Processes,
    pub roles: &'a Roles,
    pub ground: &'a Ground,
    pub secrets: &'a Secrets,
    pub plan: &'a Plan,
}

impl<'a> Parts<'a> {
    /// The containers of a role.
    pub(crate) fn playing(&self, role: Role) -> Vec<&'a Looked> {
        playing(self.stack, self.roles, role)
    }

    /// An image of the stack with a shell and its tools, to look with: the database's, as databases need one to start.
    pub(crate) fn tools(&self) -> Option<&'a str> {
        let mut dbs = self.playing(Role::Db).into_iter();
        let up = dbs.find(|looked| looked.container.state.status == Status::Running);
        up.map(|looked| looked.container.image_id.as_str())
    }

    /// The paths of a role that checks want to see.
    pub(crate) fn paths(&self, of: Role) -> Vec<String> {
        let path = |want: &Want| match want {
            Want::Page { role, path } if *role == of => Some(path.clone()),
            _ => None,
        };
        self.plan.wants.iter().filter_map(path).collect()
    }
}

/// The containers of a role.
pub(crate) fn playing<'s>(stack: &'s Stack, roles: &Roles, role: Role) -> Vec<&'s Looked> {
    let taken = roles.get(&role).map(Vec::as_slice).unwrap_or_default();
    let find = |taken: &Taken| {
        let mut all = stack.containers.iter();
        all.find(|looked| looked.container.name == taken.container)
    };
    taken.iter().filter_map(find).collect()
}

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
        .map(|looked| looked.container.clone())
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
