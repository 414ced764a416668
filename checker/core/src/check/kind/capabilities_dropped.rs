//! `capabilities_dropped`: every container has given up the kernel's special rights that it does not need.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::stack::Asked;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Container;
use crate::text::{self, say};

pub(super) const EXAMPLE: &str =
    "capabilities_dropped: { allow: [CHOWN, DAC_OVERRIDE, SETGID, SETUID, NET_BIND_SERVICE] }";

/// Every container drops all capabilities, and adds back only some of those allowed; none is privileged.
///
/// Judged from `HostConfig.CapDrop`, `CapAdd` and `Privileged`. Dropping each of the engine's defaults by name is as good as
/// `ALL`. Containers that did their work and ended well are not asked.
/// <https://docs.docker.com/engine/security/#linux-kernel-capabilities>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapabilitiesDropped {
    /// Capabilities that may be added back, without `CAP_`.
    pub allow: Vec<String>,
}

/// What the engine leaves a container that drops nothing.
const DEFAULTS: [&str; 14] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

impl Kind for CapabilitiesDropped {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let asked = Asked {
            expected: say!(
                "every container drops all capabilities and adds back only what it needs"
            ),
            found: say!("each does"),
            field: "HostConfig.CapDrop and CapAdd",
            format: "{{.HostConfig.CapDrop}} {{.HostConfig.CapAdd}} {{.HostConfig.Privileged}}",
        };
        asked.of_all(scene, |container| self.wrong(container))
    }
}

impl CapabilitiesDropped {
    fn wrong(&self, container: &Container) -> Option<String> {
        let limits = &container.limits;
        if limits.privileged {
            return Some(say!("it is privileged, which gives it every capability").into());
        }
        let allowed: Vec<String> = self.allow.iter().map(|word| plain(word)).collect();
        let mut added: Vec<String> = limits.cap_add.iter().map(|word| plain(word)).collect();
        added.retain(|word| !allowed.contains(word));
        if !added.is_empty() {
            return Some(say!("it adds {}", text::ticked(&added)));
        }
        let dropped: Vec<String> = limits.cap_drop.iter().map(|word| plain(word)).collect();
        let drops = |word: &str| dropped.iter().any(|other| other == word);
        // What is allowed may be kept just as well as added back.
        let kept = |word: &str| !drops(word) && !allowed.iter().any(|other| other == word);
        if drops("ALL") || !DEFAULTS.iter().any(|word| kept(word)) {
            None
        } else if dropped.is_empty() {
            Some(say!("it drops none").into())
        } else {
            Some(say!("it drops {} alone", text::ticked(&dropped)))
        }
    }
}

/// Capabilities are stored as they were typed: any case, with or without `CAP_`.
fn plain(word: &str) -> String {
    let upper = word.trim().to_ascii_uppercase();
    upper.strip_prefix("CAP_").unwrap_or(&upper).to_owned()
}
