//! `internal_network`: what two roles say to each other stays on networks without a way out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Role;
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "internal_network: { between: [app, db] }";

/// Every network that the two roles share is internal.
///
/// Judged from `Internal` of the network (`GET /networks`). An internal network has no way to other machines; to
/// services of the host itself one stays open through the gateway, unless the network's driver is told otherwise
/// (`com.docker.network.bridge.inhibit_ipv4`). That is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InternalNetwork {
    /// The two roles.
    pub between: [Role; 2],
}

impl Kind for InternalNetwork {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let [one, two] = self.between;
        let (ones, twos) = (scene.all(one), scene.all(two));
        let Some(first) = ones.first() else {
            return scene.missing(one);
        };
        let Some(second) = twos.first() else {
            return scene.missing(two);
        };
        let (a, b) = (first.known_as(), second.known_as());
        let expected = say!("the network between `{a}` and `{b}` is internal", a, b);
        let theirs: Vec<&str> = twos
            .iter()
            .flat_map(|container| scene.networks(container))
            .collect();
        let mut shared: Vec<&str> = ones
            .iter()
            .flat_map(|container| scene.networks(container))
            .filter(|name| theirs.contains(name))
            .collect();
        shared.sort_unstable();
        shared.dedup();
        if shared.is_empty() {
            return Verdict::fail(expected, say!("`{a}` and `{b}` share no network", a, b)).seen(
                "NetworkSettings.Networks",
                shell!(
                    "docker inspect -f '{{{{json .NetworkSettings.Networks}}}}' {}",
                    first.name
                ),
            );
        }
        if let Some(unseen) = shared.iter().find(|name| scene.network(name).is_none()) {
            return Verdict::unknown(
                expected,
                say!("the engine did not list network `{unseen}`", unseen),
            );
        }
        let open: Vec<&str> = shared
            .iter()
            .filter(|name| scene.network(name).is_some_and(|network| !network.internal))
            .copied()
            .collect();
        if open.is_empty() {
            return Verdict::pass(expected, text::ticked(&shared));
        }
        let found = if open.len() == 1 {
            say!("they share {}, which is not internal", text::ticked(&open))
        } else {
            say!("they share {}, which are not internal", text::ticked(&open))
        };
        let mut verdict = Verdict::fail(expected, found);
        for name in open {
            verdict = verdict.seen(
                say!("Internal of `{name}`", name),
                shell!("docker network inspect -f '{{{{.Internal}}}}' {}", name),
            );
        }
        verdict
    }
}
