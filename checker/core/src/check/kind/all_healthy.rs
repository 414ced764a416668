//! `all_healthy`: every container has a health check, and it passes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::idle_check::{IdleCheck, idle_check};
use crate::check::shared::stack::lasting;
use crate::check::shared::start_order::{held_up, settled, unhealthy};
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Health};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "all_healthy: {}";

/// Every container of the stack is up, has a health check, and is healthy by it.
///
/// Judged from `State.Health`; where the check comes from, compose file or image, does not matter. One that cannot fail, such as
/// `exit 0` or `curl … || true`, is none; nor is one whose command also succeeds in a container of the same image, without the
/// program and without a network. Containers that did their work and ended well are not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllHealthy {}

impl Kind for AllHealthy {
    fn wants(&self) -> Vec<Want> {
        vec![Want::HealthChecks(None)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let expected = say!("every container has a health check and is healthy");
        let all = lasting(scene);
        if all.is_empty() {
            return Verdict::unknown(expected, say!("no container of the stack was seen"));
        }
        let state = |container: &Container| {
            shell!(
                "docker inspect -f '{{{{json .State.Health}}}}' {}",
                container.name
            )
        };
        // What holds others up comes before what is held up by it.
        let held = |container: &Container| held_up(container, scene).is_some();
        let fallen = |held_too: bool| {
            let mut all = all.iter();
            let found = all.find(|container| !settled(container) && (held_too || !held(container)));
            found.map(|down| super::running::fallen(down, expected.to_owned(), scene))
        };
        if let Some(verdict) = fallen(false) {
            return verdict;
        }
        for container in &all {
            if let Health::Unhealthy(said) = &container.health {
                let name = container.known_as();
                let found = say!("`{name}` is {}", unhealthy(container, said), name);
                return Verdict::fail(expected, found).seen("State.Health", state(container));
            }
        }
        let without: Vec<&&Container> = all
            .iter()
            .filter(|container| settled(container) && container.health == Health::None)
            .collect();
        if let Some(first) = without.first() {
            let mut names: Vec<&str> = without.iter().map(|other| other.known_as()).collect();
            names.dedup();
            let listed = text::ticked(&names);
            let found = if names.len() == 1 {
                say!("{listed} has no health check", listed)
            } else {
                say!("{listed} have no health check", listed)
            };
            return Verdict::fail(expected, found).seen("State.Health", state(first));
        }
        if let Some(verdict) = fallen(true) {
            return verdict;
        }
        let by_word = |container: &&&Container| container.health == Health::Healthy;
        let idle = all.iter().filter(by_word).find_map(|container| {
            let idle = idle_check(container, scene)?;
            Some((container, idle))
        });
        if let Some((container, idle)) = idle {
            let name = container.known_as();
            let found = match idle {
                IdleCheck::CannotFail(command) => say!(
                    "the health check of `{name}`, `{command}`, cannot fail",
                    name,
                    command
                ),
                IdleCheck::SucceedsAlone(command) => say!(
                    "the health check of `{name}`, `{command}`, also succeeds where the program does not run",
                    name,
                    command
                ),
            };
            return Verdict::fail(expected, found).seen(
                say!("its health check"),
                shell!(
                    "docker inspect -f '{{{{json .Config.Healthcheck}}}}' {}",
                    container.name
                ),
            );
        }
        if let Some(young) = all
            .iter()
            .find(|container| container.health == Health::Starting)
        {
            let why = say!(
                "the health check of `{}` is still starting; the wait for it was over",
                young.known_as()
            );
            return Verdict::unknown(expected, why).seen("State.Health", state(young));
        }
        Verdict::pass(expected, say!("{} of {} are", all.len(), all.len()))
            .seen(say!("the whole stack"), "docker ps")
    }
}
