//! The stack, by role: what every probe that looks inside needs to know.

use std::ops::Deref;

use super::asking_checks::AskingChecks;
use super::roles::{Roles, playing};
use super::secrets::StackSecrets;
use super::settle::Processes;
use labcheck_core::check::Want;
use labcheck_core::facts::{Neighbour, Role, Status};
use labcheck_core::grade::Plan;
use labcheck_core::redact::known::Secrets;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::{ContainerSummary, Inspected, Stack};
use labcheck_engine::sidecars::Sidecars;

/// What of [`StackContext`] stays the same during a look.
#[derive(Clone, Copy)]
pub(crate) struct FixedContext<'a> {
    pub engine: &'a Engine,
    /// Containers of the grader's own.
    pub sidecars: &'a Sidecars,
    /// Health checks that need not be tried again.
    pub asking_checks: &'a AskingChecks,
    /// Every container of the engine.
    pub there: &'a [ContainerSummary],
    /// Who else is on the engine and holds a port.
    pub neighbours: &'a [Neighbour],
    pub processes: &'a Processes,
    pub roles: &'a Roles,
    pub stack_secrets: &'a StackSecrets,
    pub plan: &'a Plan,
}

/// Everything known before a page is asked for or a database is entered.
#[derive(Clone, Copy)]
pub(crate) struct StackContext<'a> {
    /// What stays the same; its fields are read as this one's own.
    pub fixed: FixedContext<'a>,
    /// The containers as they are now.
    pub stack: &'a Stack,
    /// The secrets that are known now.
    pub secrets: &'a Secrets,
}

impl<'a> Deref for StackContext<'a> {
    type Target = FixedContext<'a>;

    fn deref(&self) -> &Self::Target {
        &self.fixed
    }
}

impl<'a> StackContext<'a> {
    /// The containers of a role.
    pub(crate) fn playing(&self, role: Role) -> Vec<&'a Inspected> {
        playing(self.stack, self.roles, role)
    }

    /// An image of the stack with a shell and its tools, to look with: the database's, as databases need one to start.
    pub(crate) fn tools(&self) -> Option<&'a str> {
        let mut dbs = self.playing(Role::Db).into_iter();
        let up = dbs.find(|inspected| inspected.container.state.status == Status::Running);
        up.map(|inspected| inspected.container.image_id.as_str())
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
