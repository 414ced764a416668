//! `waits_for`: a role is started only when another is healthy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::labels;
use crate::check::shared::idle_check::{IdleCheck, idle_check};
use crate::check::shared::reach_table::owner;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Role};
use crate::text::{self, quoted, say, shell};

pub(super) const EXAMPLE: &str = "waits_for: { role: app, on: db }";

/// Compose starts the role only when the other one is healthy.
///
/// Waiting for a service that waits for the other one is waiting as well.
///
/// Judged from the label `com.docker.compose.depends_on`; a health check that cannot fail is nothing to wait for,
/// and so is one that also succeeds without the program. Containers that
/// Compose did not make have no such label, and the verdict is unknown. So it is where the label is empty and the compose
/// file says otherwise, as after `up --no-deps`, and where Compose could not wait: for a service of
/// another project, and for one that lives in the network of the one that should wait for it, which has to be there first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitsFor {
    /// Who waits.
    pub role: Role,
    /// Who is waited for.
    pub on: Role,
}

impl Kind for WaitsFor {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Declared, Want::HealthChecks(Some(self.on))]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(one) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let Some(other) = scene.one(self.on) else {
            return scene.missing(self.on);
        };
        let (name, service) = (one.known_as(), other.known_as());
        let expected = say!(
            "`{name}` is started when `{service}` is healthy",
            name,
            service
        );
        let Some(depends_on) = &one.depends_on else {
            return Verdict::unknown(
                expected,
                say!(
                    "`{name}` was not made by Compose, so the order it is started in is not written down",
                    name
                ),
            );
        };
        if let Some(why) = cannot_wait(one, other, scene) {
            return Verdict::unknown(expected, why);
        }
        let look = shell!(
            "docker inspect -f '{{{{index .Config.Labels \"{}\"}}}}' {}",
            labels::DEPENDS_ON,
            one.name
        );
        let own = depends_on.iter().any(|one| one.service == service);
        let way = by_way_of(scene, one, service);
        if let (Some(idle), Some(_)) = (idle_check(other, scene), &way) {
            let found = match idle {
                IdleCheck::CannotFail(command) => say!(
                    "it waits, but the health check of `{service}`, `{command}`, cannot fail, so that `{service}` counts as healthy at once",
                    service,
                    command
                ),
                IdleCheck::SucceedsAlone(command) => say!(
                    "it waits, but the health check of `{service}`, `{command}`, also succeeds where the program does not run, so that `{service}` counts as healthy at once",
                    service,
                    command
                ),
            };
            let look = shell!(
                "docker inspect -f '{{{{json .Config.Healthcheck}}}}' {}",
                other.name
            );
            return Verdict::fail(expected, found)
                .seen(say!("its health check"), look);
        }
        if !own && let Some(way) = way {
            return Verdict::pass(
                expected,
                say!(
                    "by way of {}, each with condition service_healthy",
                    text::ticked(&way)
                ),
            );
        }
        match depends_on
            .iter()
            .find(|dependency| dependency.service == service)
        {
            Some(dependency) if dependency.condition == "service_healthy" => {
                Verdict::pass(expected, say!("depends_on with condition service_healthy"))
            }
            Some(dependency) => Verdict::fail(
                expected,
                say!(
                    "it waits for `{service}` with condition {}, which does not mean ready",
                    dependency.condition,
                    service
                ),
            )
            .seen(format!("label {}", labels::DEPENDS_ON), look),
            None if depends_on.is_empty() && says_so(one, service, scene) => Verdict::unknown(
                expected,
                say!(
                    "the compose file says that it waits for `{service}`, and its container was made without that, as by `--no-deps`; `docker compose up -d --force-recreate {name}` makes it anew",
                    service,
                    name = quoted(name)
                ),
            ),
            None => Verdict::fail(expected, say!("it does not wait for `{service}`", service))
                .seen(format!("label {}", labels::DEPENDS_ON), look),
        }
    }
}

/// Whether the compose file makes one wait until a service is healthy.
fn says_so(one: &Container, service: &str, scene: &Scene<'_>) -> bool {
    let files = scene.facts.declared.iter().flatten();
    let mut own = files.filter(|file| Some(&file.project) == one.project.as_ref());
    own.any(|file| {
        let waits = file.waits.get(one.known_as());
        waits.is_some_and(|waits| waits.contains(service))
    })
}

/// Why Compose cannot start the one when the other is healthy, however the file is written.
fn cannot_wait(one: &Container, other: &Container, scene: &Scene<'_>) -> Option<String> {
    let (name, service) = (one.known_as(), other.known_as());
    if one.project != other.project {
        let whose = |container: &Container| match &container.project {
            Some(project) => say!(
                "`{}` is of project `{project}`",
                container.known_as(),
                project
            ),
            None => say!("`{}` is of none", container.known_as()),
        };
        return Some(say!(
            "{}, {}: Compose waits only for services of the same project",
            whose(one),
            whose(other)
        ));
    }
    // Not for two that both live in a third one's network.
    let within = other.network_mode.lender().is_some();
    (within && owner(other, scene).name == one.name).then(|| {
        say!(
            "`{service}` lives in the network of `{name}`, which therefore has to be started first",
            service,
            name
        )
    })
}

/// The services in between, where every step of the way waits for a healthy one.
fn by_way_of<'f>(scene: &Scene<'f>, one: &'f Container, last: &str) -> Option<Vec<&'f str>> {
    let mut seen = vec![one.known_as()];
    let mut ways = vec![(one, Vec::new())];
    while let Some((at, way)) = ways.pop() {
        let healthy = at.depends_on.iter().flatten();
        for step in healthy.filter(|step| step.condition == "service_healthy") {
            if step.service == last {
                return Some(way);
            }
            let mut all = scene.facts.containers.iter();
            let next =
                all.find(|other| other.known_as() == step.service && other.project == one.project);
            if let Some(next) = next.filter(|next| !seen.contains(&next.known_as())) {
                seen.push(next.known_as());
                let mut on = way.clone();
                on.push(next.known_as());
                ways.push((next, on));
            }
        }
    }
    None
}

#[cfg(test)]
#[path = "waits_for_tests.rs"]
mod tests;
