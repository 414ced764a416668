//! `networks_used`: every network that is declared has containers on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Declared, DeclaredNetwork, Network, Seen};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "networks_used: { at_least: 2 }";

/// The stack's containers are on so many networks, and no network of the compose files is named by no service.
///
/// Compose makes a network only when a service names it, so one that no service names is in the file alone: the files that
/// the label `com.docker.compose.project.config_files` names are read. A network that only services name which do not
/// run is used. Without a compose file the networks that carry the project's label are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworksUsed {
    /// How many networks there are at least.
    pub at_least: usize,
}

impl Kind for NetworksUsed {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Declared]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let expected = say!(
            "{}, each with containers on it",
            text::count(
                self.at_least as u64,
                say!("network"),
                say!("networks or more")
            )
        );
        let used = used(scene);
        let names: Vec<&str> = used.iter().map(|network| short(network)).collect();
        if used.len() < self.at_least {
            let found = if names.is_empty() {
                say!("no container is on any network").to_owned()
            } else {
                say!("every container is on {} alone", text::ticked(&names))
            };
            return Verdict::fail(expected, found)
                .seen(say!("the networks there are"), "docker network ls");
        }
        let Some(declared) = &scene.facts.declared else {
            return Verdict::unknown(
                expected,
                say!("the compose files were not looked at in these facts"),
            );
        };
        let idle: Vec<String> = declared.iter().flat_map(|file| idle(file, &used)).collect();
        if !idle.is_empty() {
            let names = text::ticked(&idle);
            let found = if idle.len() == 1 {
                say!("{names} is declared, but no service is on it", names)
            } else {
                say!("{names} are declared, but no service is on it", names)
            };
            return Verdict::fail(expected, found)
                .seen(say!("`networks` of every service"), "docker compose config");
        }
        let unread = declared
            .iter()
            .find_map(|file| Some((&file.project, file.networks.why()?)));
        if let Some((project, why)) = unread {
            return Verdict::unknown(
                expected,
                say!(
                    "the compose file of project `{project}` could not be read: {why}",
                    project,
                    why
                ),
            );
        }
        let labelled = scene.facts.networks.iter().filter(|network| {
            // Where there is no file, a label is the declaration.
            let from_file = |file: &Declared| Some(&file.project) == network.project.as_ref();
            network.project.is_some() && !declared.iter().any(from_file)
        });
        let left: Vec<&str> = labelled
            .filter(|network| !used.iter().any(|other| other.name == network.name))
            .map(|network| network.name.as_str())
            .collect();
        if !left.is_empty() {
            return Verdict::fail(
                expected,
                say!(
                    "{} was made, but no container is on it",
                    text::ticked(&left)
                ),
            )
            .seen(
                say!("who is on it"),
                shell!("docker network inspect {}", left[0]),
            );
        }
        Verdict::pass(expected, text::ticked(&names))
    }
}

/// The networks that containers of the stack are on, without the engine's own.
fn used<'f>(scene: &Scene<'f>) -> Vec<&'f Network> {
    let on: Vec<&str> = scene
        .facts
        .containers
        .iter()
        .flat_map(|container| scene.networks(container))
        .collect();
    scene
        .facts
        .networks
        .iter()
        .filter(|network| !network.predefined() && on.contains(&network.name.as_str()))
        .collect()
}

/// The name that the student gave it.
fn short(network: &Network) -> &str {
    network.short.as_deref().unwrap_or(&network.name)
}

/// Networks of a file that no service names and no container is on.
fn idle(file: &Declared, used: &[&Network]) -> Vec<String> {
    let Seen::Seen(networks) = &file.networks else {
        return Vec::new();
    };
    let on = |declared: &DeclaredNetwork| {
        used.iter().any(|network| {
            let by_label = network.project.as_deref() == Some(&file.project)
                && network.short.as_deref() == Some(&declared.key);
            by_label
                || declared.name.as_deref() == Some(&network.name)
                || (declared.name.is_none() && declared.external && declared.key == network.name)
        })
    };
    networks
        .iter()
        .filter(|declared| !declared.named_by_service && !on(declared))
        .map(|declared| declared.key.clone())
        .collect()
}
