//! `apart`: two roles are on no network together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::reach_table::{in_hosts_network, owner, unknown_network};
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Role};
use crate::text::{ShellCommand, self, say, shell};

pub(super) const EXAMPLE: &str = "apart: { role: db, from: proxy }";

/// No container of the one role shares a network with one of the other, not even through a third one's.
///
/// Judged from `NetworkSettings.Networks` and `HostConfig.NetworkMode`. A container in the host's network is on the
/// way to every network of the machine, so it is apart from no container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Apart {
    /// Who is kept away.
    pub role: Role,
    /// From whom.
    pub from: Role,
}

impl Kind for Apart {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let (kept, others) = (scene.all(self.role), scene.all(self.from));
        let Some(first) = kept.first() else {
            return scene.missing(self.role);
        };
        let Some(other) = others.first() else {
            return scene.missing(self.from);
        };
        let expected = say!(
            "`{}` shares no network with `{}`",
            first.known_as(),
            other.known_as()
        );
        for one in &kept {
            for two in &others {
                if let Some((found, at)) = together(one, two, scene) {
                    return Verdict::fail(expected, found)
                        .seen("HostConfig.NetworkMode, NetworkSettings.Networks", look(at))
                        .seen(
                            say!("the other one's"),
                            look(if at.name == one.name { two } else { one }),
                        );
                }
            }
        }
        let mut both = kept.iter().chain(&others);
        if let Some(why) = both.find_map(|one| unknown_network(one, scene)) {
            return Verdict::unknown(expected, why);
        }
        let of = |all: &[&Container]| {
            let names: Vec<&str> = all
                .iter()
                .flat_map(|container| scene.networks(container))
                .collect();
            let mut names: Vec<&str> = names;
            names.sort_unstable();
            names.dedup();
            if names.is_empty() {
                say!("none").to_owned()
            } else {
                text::ticked(&names)
            }
        };
        Verdict::pass(
            expected,
            say!(
                "`{}` is on {}, `{}` on {}",
                first.known_as(),
                of(&kept),
                other.known_as(),
                of(&others)
            ),
        )
    }
}

fn look(container: &Container) -> ShellCommand {
    shell!(
        "docker inspect -f '{{{{.HostConfig.NetworkMode}}}} {{{{json .NetworkSettings.Networks}}}}' {}",
        container.name
    )
}

/// How two containers meet, and the one to look at; `None` when they do not.
fn together<'f>(
    one: &'f Container,
    two: &'f Container,
    scene: &Scene<'f>,
) -> Option<(String, &'f Container)> {
    let (a, b) = (one.known_as(), two.known_as());
    for (hosts, name, other) in [(two, b, a), (one, a, b)] {
        if in_hosts_network(hosts, scene) {
            let found = say!(
                "`{name}` is in the host's own network (`network_mode: host`), from where every container's address is reached, `{other}`'s too",
                name,
                other
            );
            return Some((found, hosts));
        }
    }
    if one.name == two.name {
        return Some((say!("`{a}` is both", a), one));
    }
    if owner(one, scene).name == owner(two, scene).name {
        let found = say!(
            "`{a}` and `{b}` have one network stack together (`network_mode`)",
            a,
            b
        );
        return Some((
            found,
            if one.network_mode.lender().is_some() {
                one
            } else {
                two
            },
        ));
    }
    let theirs = scene.networks(two);
    let shared: Vec<&str> = scene
        .networks(one)
        .into_iter()
        .filter(|name| *name != "none" && theirs.contains(name))
        .collect();
    if shared.is_empty() {
        return None;
    }
    Some((say!("both are on {}", text::ticked(&shared)), two))
}
