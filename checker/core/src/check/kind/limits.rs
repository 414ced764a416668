//! `limits`: no container can take the whole machine.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::stack::Asked;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Container;
use crate::text::say;

pub(super) const EXAMPLE: &str = "limits: {}";

/// Every container of the stack has a limit of memory, and one of processes or of processor time.
///
/// Judged from `HostConfig`: `Memory`, `PidsLimit`, `NanoCpus` and `CpuQuota`. Containers that did their work and ended
/// well are not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {}

impl Kind for Limits {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let asked = Asked {
            expected: say!(
                "every container has a limit of memory, and one of processes or processor time"
            ),
            found: say!("each has both"),
            field: "HostConfig.Memory, PidsLimit and NanoCpus",
            format: "{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}} {{.HostConfig.NanoCpus}}",
        };
        asked.of_all(scene, missing)
    }
}

fn missing(container: &Container) -> Option<String> {
    let limits = &container.limits;
    let memory = limits.memory > 0;
    let others = limits.pids.is_some_and(|pids| pids > 0)
        || limits.cpu_millis.is_some_and(|millis| millis > 0);
    match (memory, others) {
        (true, true) => None,
        (false, true) => Some(say!("no limit of memory").into()),
        (true, false) => Some(say!("no limit of processes or processor time").into()),
        (false, false) => Some(say!("no limits at all").into()),
    }
}
