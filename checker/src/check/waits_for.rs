//! `waits_for`: a role is started only when another is healthy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Scene, Verdict, Want};
use crate::facts::Role;

pub(super) const EXAMPLE: &str = "waits_for: { role: app, on: db }";

/// Compose starts the role only when the other one is healthy.
///
/// Judged from the label `com.docker.compose.depends_on`; containers that Compose did not make have none, and the verdict
/// is unknown.
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
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(one) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let Some(other) = scene.one(self.on) else {
            return scene.missing(self.on);
        };
        let (name, service) = (one.known_as(), other.known_as());
        let expected = format!("`{name}` is started when `{service}` is healthy");
        let Some(depends_on) = &one.depends_on else {
            return Verdict::unknown(
                expected,
                format!(
                    "`{name}` was not made by Compose, so the order it is started in is not written down"
                ),
            );
        };
        let look = format!(
            "docker inspect -f '{{{{index .Config.Labels \"com.docker.compose.depends_on\"}}}}' {}",
            one.name
        );
        match depends_on
            .iter()
            .find(|dependency| dependency.service == service)
        {
            Some(dependency) if dependency.condition == "service_healthy" => {
                Verdict::pass(expected, "depends_on with condition service_healthy")
            }
            Some(dependency) => Verdict::fail(
                expected,
                format!(
                    "it waits for `{service}` with condition {}, which does not mean ready",
                    dependency.condition
                ),
            )
            .seen("label com.docker.compose.depends_on", look),
            None => Verdict::fail(expected, format!("it does not wait for `{service}`"))
                .seen("label com.docker.compose.depends_on", look),
        }
    }
}
