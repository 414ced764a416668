//! Shared by kinds that ask for a health check: one that says *healthy* whatever the program does.

use crate::check::Scene;
use crate::facts::Container;

/// Why a health check says nothing about the program, with its command as a person would write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdleCheck<'f> {
    /// Its text tells that it cannot fail.
    CannotFail(&'f str),
    /// It was tried, and succeeded where the program does not run.
    SucceedsAlone(&'f str),
}

/// Why the health check of a container says nothing; `None` where it can, and where there is none. One that could not be
/// tried is known by its text alone.
pub(crate) fn idle_check<'f>(container: &'f Container, scene: &Scene<'f>) -> Option<IdleCheck<'f>> {
    if let Some(command) = &container.idle_check {
        return Some(IdleCheck::CannotFail(command));
    }
    let tried = scene
        .facts
        .tried_health_checks
        .get(&container.name)?
        .get()?;
    tried
        .succeeded
        .then_some(IdleCheck::SucceedsAlone(&tried.command))
}
