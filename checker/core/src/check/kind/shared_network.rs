//! `shared_network`: two roles find each other by name on a network of their own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::reach_table::unknown_network;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Role};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "shared_network: { role: app, with: db }";

/// Two roles share a network that was made for them, on which the engine looks names up.
///
/// Judged from `NetworkSettings.Networks` and `HostConfig.Links`: on the default bridge names are not looked up, and
/// legacy links are the old way round that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedNetwork {
    /// One role.
    pub role: Role,
    /// The other.
    pub with: Role,
}

impl Kind for SharedNetwork {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(one) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let Some(other) = scene.one(self.with) else {
            return scene.missing(self.with);
        };
        let expected = say!(
            "`{}` and `{}` share a network of their own",
            one.known_as(),
            other.known_as()
        );
        let look = shell!(
            "docker inspect -f '{{{{json .NetworkSettings.Networks}}}} {{{{json .HostConfig.Links}}}}' {}",
            one.name
        );
        if !one.links.is_empty() {
            return Verdict::fail(
                expected,
                say!(
                    "`{}` has legacy links: {}",
                    one.known_as(),
                    text::list(&one.links)
                ),
            )
            .seen("HostConfig.Links", look);
        }
        let theirs = scene.networks(other);
        let shared: Vec<&str> = scene
            .networks(one)
            .into_iter()
            .filter(|name| theirs.contains(name))
            .collect();
        let own = shared
            .iter()
            .find(|name| !matches!(**name, "bridge" | "host" | "none"));
        match (own, shared.first()) {
            (Some(name), _) => Verdict::pass(expected, say!("network `{name}`", name)),
            (None, Some(name)) => Verdict::fail(expected, say!("they share only the engine's own network `{name}`, on which names are not looked up", name))
                .seen("NetworkSettings.Networks", look),
            (None, None) if unknown(one, other, scene).is_some() => {
                Verdict::unknown(expected, unknown(one, other, scene).unwrap_or_default())
            }
            (None, None) => Verdict::fail(expected, say!("they share no network")).seen("NetworkSettings.Networks", look),
        }
    }
}

/// Why it is not known which networks the two are on.
fn unknown(one: &Container, other: &Container, scene: &Scene<'_>) -> Option<String> {
    unknown_network(one, scene).or_else(|| unknown_network(other, scene))
}
