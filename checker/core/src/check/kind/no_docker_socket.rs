//! `no_docker_socket`: no container can reach the engine.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, EnvValue, MountKind};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "no_docker_socket: {}";

/// No container has the engine's socket mounted, nor a folder that it lies in (`/`, `/run`, `/var/run`), be it by way of a link
/// or of a volume. Mounted read-only it obeys all the same. An address of an engine in `DOCKER_HOST` is another way in.
///
/// Judged from `Mounts`, from the volumes' options, and from `Config.Env`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoDockerSocket {}

impl Kind for NoDockerSocket {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let expected = say!("no container has the engine's socket");
        let all = &scene.facts.containers;
        if all.is_empty() {
            return Verdict::unknown(expected, say!("no container of the stack was seen"));
        }
        let reached = |container: &Container| {
            let mut mounts = container.mounts.iter();
            let mount = mounts.find(|mount| mount.socket)?.clone();
            Some((
                container.known_as().to_owned(),
                container.name.clone(),
                mount,
            ))
        };
        let found: Vec<_> = all.iter().filter_map(reached).collect();
        let Some((_, first, mount)) = found.first() else {
            return ordered(scene, expected)
                .unwrap_or_else(|| Verdict::pass(expected, say!("none has it")));
        };
        let look = match mount.kind {
            MountKind::Volume | MountKind::AnonymousVolume => (
                say!("the volume's options"),
                shell!(
                    "docker volume inspect -f '{{{{json .Options}}}}' {}",
                    mount.source
                ),
            ),
            _ => (
                "Mounts",
                shell!("docker inspect -f '{{{{json .Mounts}}}}' {}", first),
            ),
        };
        let mut each: Vec<String> = found
            .iter()
            .map(|(name, _, mount)| {
                let by = match mount.kind {
                    MountKind::Volume => say!(", by way of volume `{}`", mount.source),
                    _ => String::new(),
                };
                say!(
                    "`{name}` has it, through `{}`{by}",
                    mount.destination,
                    name,
                    by
                )
            })
            .collect();
        each.dedup();
        let read_only = if found.iter().any(|(.., mount)| !mount.writable) {
            say!("; read-only does not help, as a program that reads and writes through it gives orders")
        } else {
            ""
        };
        Verdict::fail(expected, format!("{}{read_only}", text::list(&each))).seen(look.0, look.1)
    }
}

/// The fail, where a container is told to give orders to an engine over the network.
fn ordered(scene: &Scene<'_>, expected: &str) -> Option<Verdict> {
    scene.facts.containers.iter().find_map(|container| {
        let told = container.env.iter().find_map(|var| match &var.value {
            EnvValue::Plain(at) if var.name == "DOCKER_HOST" && over_network(at) => Some(at),
            _ => None,
        })?;
        let found = say!("`{}` is told to give orders to the engine at {told} (`DOCKER_HOST`): an attacker who takes it over does so too", container.known_as(), told);
        let look = shell!("docker inspect -f '{{{{json .Config.Env}}}}' {}", container.name);
        Some(Verdict::fail(expected, found).seen("Config.Env", look))
    })
}

fn over_network(address: &str) -> bool {
    ["tcp://", "http://", "https://", "ssh://"]
        .iter()
        .any(|scheme| address.starts_with(scheme))
}
