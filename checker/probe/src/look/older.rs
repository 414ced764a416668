//! What of a stack is older than its files: on the way of a look, and after one.

use futures_util::future::join_all;

use super::live::Live;
use crate::Drift;
use crate::drift;
use crate::image;
use crate::stack::context::StackContext;
use labcheck_core::facts::Facts;
use labcheck_engine::model::inspected;

/// What of a stack, with its projects, is older than its files; nothing where the caller does not ask for it now.
pub(super) async fn older(context: &StackContext<'_>, projects: Option<&[String]>) -> Vec<Drift> {
    let asked = |name: &str| image::asks_current(context, name);
    match projects {
        None => Vec::new(),
        Some(named) => {
            drift::look::of(context.engine, named, &context.stack.containers, asked).await
        }
    }
}

impl Live {
    /// What of the stack is older than its files; empty where the engine is on another machine.
    ///
    /// A container that is gone or cannot be looked at is left out: the next look tells of it.
    pub async fn behind(&self, facts: &Facts) -> Vec<Drift> {
        let engine = &self.engine;
        if engine.host.is_some() {
            return Vec::new();
        }
        let ids = facts.containers.iter().map(|one| &one.id);
        let inspected = join_all(ids.map(|id| engine.inspect(id))).await;
        let inspected: Vec<inspected::Inspected> =
            inspected.into_iter().filter_map(|one| one.ok()?).collect();
        let asked = |name: &str| {
            let image_facts = facts.image_facts.get(name);
            image_facts.is_some_and(|image_facts| image_facts.current.is_some())
        };
        drift::look::of(engine, &facts.stack.projects, &inspected, asked).await
    }
}
