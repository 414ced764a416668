//! `no_new_privileges`: no program in a container can gain rights that its parent had not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::stack::Asked;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Container;
use crate::text::say;

pub(super) const EXAMPLE: &str = "no_new_privileges: {}";

/// Every container runs with `no-new-privileges`: `setuid` programs inside gain nothing.
///
/// Judged from `HostConfig.SecurityOpt`, where `no-new-privileges:false` may stand too. Containers that did their work and
/// ended well are not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoNewPrivileges {}

impl Kind for NoNewPrivileges {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let asked = Asked {
            expected: say!("every container runs with `no-new-privileges`"),
            found: say!("each does"),
            field: "HostConfig.SecurityOpt",
            format: "{{json .HostConfig.SecurityOpt}}",
        };
        asked.of_all(scene, may_gain)
    }
}

fn may_gain(container: &Container) -> Option<String> {
    let limits = &container.limits;
    // The engine takes a colon or an equals sign, and the bare word; the last one counts.
    let mut said = limits.security_opt.iter().filter_map(|option| {
        let rest = option.trim().strip_prefix("no-new-privileges")?;
        match rest.trim_start_matches([':', '=']).trim() {
            "" | "true" | "1" | "t" | "T" | "TRUE" | "True" => Some(true),
            _ => Some(false),
        }
    });
    match (said.next_back(), limits.privileged) {
        (_, true) => Some(say!("it is privileged").into()),
        (Some(true), false) => None,
        (Some(false), false) => Some(say!("`no-new-privileges` is there, but false").into()),
        (None, false) => Some(say!("not set").into()),
    }
}
