//! `healthy`: a role is up and, where it has a health check, healthy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::idle_check::{IdleCheck, idle_check};
use crate::check::shared::start_order::{settled, unhealthy};
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Health, Role, Seen};
use crate::text::{retold, say, shell};

pub(super) const EXAMPLE: &str = "healthy: { role: db }";

/// The role's containers are up, and healthy where a health check is configured.
///
/// Judged from `State.Health`; without a health check, or with one that cannot fail, such as `exit 0`, a database that answered
/// queries counts as healthy. Where a health check must be there, its command is also run in a container of the same image
/// without the program and without a network; it has to fail there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Healthy {
    /// Whose containers.
    pub role: Role,
    /// A health check must be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_check: bool,
}

impl Kind for Healthy {
    fn wants(&self) -> Vec<Want> {
        let tried = self.by_check.then_some(Want::HealthChecks(Some(self.role)));
        let processes = Want::Processes(self.role);
        [processes].into_iter().chain(tried).collect()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let containers = scene.all(self.role);
        let Some(first) = containers.first() else {
            return scene.missing(self.role);
        };
        let expected = say!("`{}` is up and healthy", first.known_as());
        if let Some(down) = containers.iter().find(|container| !settled(container)) {
            return super::running::fallen(down, expected, scene);
        }
        let worst = containers
            .iter()
            .max_by_key(|container| rank(&container.health));
        worst.map_or_else(
            || scene.missing(self.role),
            |container| self.one(container, expected, scene),
        )
    }
}

impl Healthy {
    fn one(&self, container: &Container, expected: String, scene: &Scene<'_>) -> Verdict {
        let log = shell!("docker logs --tail 20 {}", container.name);
        let status = shell!(
            "docker inspect -f '{{{{json .State.Health}}}}' {}",
            container.name
        );
        let by_word = (container.health == Health::Healthy)
            .then(|| idle_check(container, scene))
            .flatten();
        let none = match by_word {
            None => say!("it has no health check").to_owned(),
            Some(IdleCheck::CannotFail(command)) => {
                say!("its health check, `{command}`, cannot fail", command)
            }
            Some(IdleCheck::SucceedsAlone(command)) => say!(
                "its health check, `{command}`, also succeeds where the program does not run",
                command
            ),
        };
        match &container.health {
            Health::Healthy if by_word.is_some() && self.by_check => {
                Verdict::fail(expected, say!("{none}, so nobody knows", none)).seen(
                    say!("its health check"),
                    shell!(
                        "docker inspect -f '{{{{json .Config.Healthcheck}}}}' {}",
                        container.name
                    ),
                )
            }
            Health::None if self.by_check => {
                Verdict::fail(expected, say!("it has no health check, so nobody knows")).seen(
                    say!("what the image says of one"),
                    shell!(
                        "docker inspect -f '{{{{json .Config.Healthcheck}}}}' {}",
                        container.name
                    ),
                )
            }
            Health::Healthy if by_word.is_none() => Verdict::pass(expected, say!("healthy")),
            Health::Unhealthy(said) => {
                Verdict::fail(expected, unhealthy(container, said)).seen("State.Health", status)
            }
            Health::Starting => Verdict::unknown(
                expected,
                say!("its health check is still starting; the wait for it was over"),
            )
            .seen("State.Health", status),
            Health::None | Health::Healthy if self.role != Role::Db => {
                Verdict::pass(expected, say!("up ({none})", none))
            }
            Health::None | Health::Healthy => match scene.sql() {
                Some(Seen::Seen(sql)) => {
                    Verdict::pass(expected, say!("up, and answers queries ({})", sql.version))
                }
                Some(Seen::Unseen(why)) => Verdict::unknown(
                    expected,
                    say!(
                        "it is up; {none}, and it could not be asked: {why}",
                        none,
                        why = retold(why)
                    ),
                )
                .seen(say!("its own words"), log),
                None => Verdict::pass(expected, say!("up ({none})", none)),
            },
        }
    }
}

fn rank(health: &Health) -> u8 {
    match health {
        Health::Healthy => 0,
        Health::None => 1,
        Health::Starting => 2,
        Health::Unhealthy(_) => 3,
    }
}
