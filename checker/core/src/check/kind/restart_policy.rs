//! `restart_policy`: every container is started again by the engine.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::stack::Asked;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::text::say;

pub(super) const EXAMPLE: &str = "restart_policy: {}";

/// Every container of the stack has a restart policy, so that a crash or a reboot does not leave it down.
///
/// Judged from `HostConfig.RestartPolicy`: `unless-stopped`, `always` and `on-failure` count. Containers that did their
/// work and ended well are not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RestartPolicy {}

impl Kind for RestartPolicy {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let asked = Asked {
            expected: say!("every container has a restart policy"),
            found: say!("each is started again by the engine"),
            field: "HostConfig.RestartPolicy",
            format: "{{.HostConfig.RestartPolicy.Name}}",
        };
        asked.of_all(scene, |container| match container.restart_policy.as_str() {
            "unless-stopped" | "always" | "on-failure" => None,
            "" | "no" => Some(say!("no restart policy").into()),
            other => Some(say!("restart policy `{other}`", other)),
        })
    }
}
