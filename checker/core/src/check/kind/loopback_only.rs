//! `loopback_only`: what a role publishes is reachable from this machine alone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Role;
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "loopback_only: { role: db }";

/// Every published port of the role is bound to a loopback address; publishing nothing is fine too.
///
/// Judged from `NetworkSettings.Ports[].HostIp`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoopbackOnly {
    /// Whose ports.
    pub role: Role,
}

impl Kind for LoopbackOnly {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let containers = scene.all(self.role);
        let Some(first) = containers.first() else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "ports of `{}` are reachable from this machine only (127.0.0.1)",
            first.known_as()
        );
        if let Some(shared) = containers
            .iter()
            .find(|container| container.network_mode.is_host())
        {
            return Verdict::fail(
                expected,
                say!("host networking: every port it listens on is open to the network"),
            )
            .seen(
                "HostConfig.NetworkMode",
                shell!(
                    "docker inspect -f '{{{{.HostConfig.NetworkMode}}}}' {}",
                    shared.name
                ),
            );
        }
        let open: Vec<String> = containers
            .iter()
            .flat_map(|container| &container.ports)
            .filter(|port| !port.loopback())
            .map(|port| format!("{}:{}", text::host(&port.host_ip), port.host))
            .collect();
        if open.is_empty() {
            let none = containers
                .iter()
                .all(|container| container.ports.is_empty());
            return Verdict::pass(
                expected,
                if none {
                    say!("nothing is published")
                } else {
                    say!("bound to loopback")
                },
            );
        }
        Verdict::fail(
            expected,
            say!(
                "published on {}, which anybody on the network can reach",
                text::list(&open)
            ),
        )
        .seen(
            "NetworkSettings.Ports",
            shell!("docker port {}", first.name),
        )
    }
}
