//! `log_rotation`: no container's log can fill the disk.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::stack::Asked;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Container;
use crate::text::say;

pub(super) const EXAMPLE: &str = "log_rotation: {}";

/// Every container's log has an end: `json-file` with `max-size`, `local`, which rotates by itself, or another driver, which
/// keeps the lines elsewhere.
///
/// Judged from `HostConfig.LogConfig`, in which the engine notes its own defaults too. Containers that did their work and
/// ended well are not asked. <https://docs.docker.com/engine/logging/configure/>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogRotation {}

impl Kind for LogRotation {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let asked = Asked {
            expected: say!("every container's log is cut at a size"),
            found: say!("each is"),
            field: "HostConfig.LogConfig",
            format: "{{json .HostConfig.LogConfig}}",
        };
        asked.of_all(scene, endless)
    }
}

fn endless(container: &Container) -> Option<String> {
    let limits = &container.limits;
    let driver = limits.log_driver.as_str();
    if driver != "json-file" && !driver.is_empty() {
        return None;
    }
    match limits.log_max_size.as_deref().map(str::trim) {
        None | Some("") => Some(say!("its log (`json-file`) grows without end").into()),
        // The engine takes -1 for "no limit".
        Some(size) if size.starts_with('-') => Some(say!(
            "`max-size: {size}` means that its log never ends",
            size
        )),
        Some(_) => None,
    }
}
