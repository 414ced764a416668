//! `no_docker_socket`: no container can reach the engine.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Scene, Verdict, Want};
use crate::facts::Container;
use crate::text;

pub(super) const EXAMPLE: &str = "no_docker_socket: {}";

/// No container has the engine's socket mounted, nor a folder that it lies in (`/`, `/run`, `/var/run`). Mounted read-only it
/// obeys all the same.
///
/// Judged from `Mounts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoDockerSocket {}

impl Kind for NoDockerSocket {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let expected = "no container has the engine's socket";
        let all = &scene.facts.containers;
        if all.is_empty() {
            return Verdict::unknown(expected, "no container of the stack was seen");
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
        let Some((_, first, _)) = found.first() else {
            return Verdict::pass(expected, "none has it");
        };
        let mut each: Vec<String> = found
            .iter()
            .map(|(name, _, mount)| format!("`{name}` has it, through `{}`", mount.destination))
            .collect();
        each.dedup();
        let read_only = if found.iter().any(|(.., mount)| !mount.writable) {
            "; read-only does not help, as whoever reads and writes through it gives orders"
        } else {
            ""
        };
        Verdict::fail(expected, format!("{}{read_only}", text::list(&each))).seen(
            "Mounts",
            format!("docker inspect -f '{{{{json .Mounts}}}}' {first}"),
        )
    }
}
