//! `one_command`: the whole stack starts with one command from a clean checkout.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::labels;
use crate::check::shared::seen::seen;
use crate::check::shared::stack::lasting;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, MountKind, Origin};
use crate::text::{self, say, shell, ShellCommand};

pub(super) const EXAMPLE: &str = "one_command: {}";

/// Every container belongs to one compose project, made from the same files, and these need nothing that a clean checkout
/// does not have: no network or volume made by hand, no build context and no mount from outside.
///
/// Judged from the labels of containers, networks and volumes, and from the compose files that the labels name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneCommand {}

impl Kind for OneCommand {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Origin]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let expected =
            say!("`docker compose up -d` starts everything from a clean checkout").to_owned();
        let all = lasting(scene);
        if all.is_empty() {
            return Verdict::unknown(expected, say!("no container of the stack was seen"));
        }
        let show = "docker compose ls --all";
        let loose: Vec<&str> = names(&all, |container| container.project.is_none());
        if !loose.is_empty() {
            let found = say!("{} was not made by Compose", text::ticked(&loose));
            return Verdict::fail(expected, found).seen(format!("label {}", labels::PROJECT), show);
        }
        let mut projects: Vec<&str> = all
            .iter()
            .filter_map(|one| one.project.as_deref())
            .collect();
        projects.sort_unstable();
        projects.dedup();
        if projects.len() > 1 {
            let found = say!(
                "it is {} projects, {}, and each is started by a command of its own",
                projects.len(),
                text::ticked(&projects)
            );
            return Verdict::fail(expected, found).seen(format!("label {}", labels::PROJECT), show);
        }
        if let Some((what, name, try_it)) = created_by_hand(scene, &all, &projects) {
            let found = say!(
                "the {what} `{name}` is not made by the project, so it has to be there before",
                what,
                name
            );
            return Verdict::fail(expected, found).seen(say!("labels of the {what}", what), try_it);
        }
        let unread = say!("the compose files were not looked at in these facts");
        let Some(origins) = &scene.facts.origins else {
            return Verdict::unknown(expected, unread);
        };
        let Some(origin) = origins
            .iter()
            .find(|origin| projects.contains(&origin.project.as_str()))
        else {
            return Verdict::unknown(expected, unread);
        };
        files(origin, all.len(), expected)
    }
}

/// Names of containers, each once.
fn names<'f>(all: &[&'f Container], which: impl Fn(&Container) -> bool) -> Vec<&'f str> {
    let mut names: Vec<&str> = all
        .iter()
        .filter(|container| which(container))
        .map(|container| container.known_as())
        .collect();
    names.dedup();
    names
}

/// A network or volume that the containers use and their project did not make.
fn created_by_hand(
    scene: &Scene<'_>,
    all: &[&Container],
    projects: &[&str],
) -> Option<(&'static str, String, ShellCommand)> {
    let own = |project: &Option<String>| {
        project
            .as_deref()
            .is_some_and(|name| projects.contains(&name))
    };
    let mut attached = all.iter().flat_map(|container| &container.networks);
    let network = attached.find_map(|end| {
        let network = scene.network(&end.network)?;
        (!network.predefined() && !own(&network.project)).then(|| network.name.clone())
    });
    if let Some(name) = network {
        let try_it = shell!("docker network inspect {}", name);
        return Some((say!("network"), name, try_it));
    }
    let mut mounted = all.iter().flat_map(|container| &container.mounts);
    let volume = mounted.find_map(|mount| {
        let mut volumes = scene.facts.volumes.iter();
        let volume = volumes.find(|volume| volume.name == mount.source)?;
        (mount.kind == MountKind::Volume && !own(&volume.project)).then(|| volume.name.clone())
    });
    let name = volume?;
    let try_it = shell!("docker volume inspect {}", name);
    Some((say!("volume"), name, try_it))
}

/// Whether the sets of files differ by an override alone that was added later: it makes only those containers anew that it
/// changes, and the same command reads it by itself
/// (<https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/>).
fn grew(sets: &[Vec<String>]) -> bool {
    let largest = sets.iter().max_by_key(|set| set.len());
    let added = |largest: &Vec<String>, set: &Vec<String>| {
        let more = largest.strip_prefix(set.as_slice());
        more.is_some_and(|more| more.iter().all(|file| file.contains(".override.")))
    };
    largest.is_none_or(|largest| sets.iter().all(|set| added(largest, set)))
}

fn files(origin: &Origin, count: usize, expected: String) -> Verdict {
    // Without these, every path is shown as one of this machine.
    let show = "docker compose config --no-path-resolution --no-interpolate";
    if !grew(&origin.files) {
        let sets: Vec<String> = origin
            .files
            .iter()
            .map(|set| set.join(say!(" and ")))
            .collect();
        let found = say!(
            "the containers of `{}` were made from different files: {}",
            origin.project,
            sets.join("; ")
        );
        return Verdict::fail(expected, found).seen(
            format!("label {}", labels::CONFIG_FILES),
            "docker compose ls --all",
        );
    }
    let outside = seen!(
        origin.outside.as_ref(),
        expected,
        say!("what the compose files need")
    );
    if outside.is_empty() {
        let found = say!(
            "its {count} containers are one project, and it needs nothing from outside",
            count
        );
        return Verdict::pass(expected, found).seen(say!("the project"), "docker compose ls --all");
    }
    let each = outside.iter().map(|wanted| {
        if wanted.build {
            say!("`{}` is built from `{}`", wanted.service, wanted.path)
        } else {
            say!("`{}` mounts `{}`", wanted.service, wanted.path)
        }
    });
    let wanted = text::list(&each.collect::<Vec<_>>());
    let found = if origin.no_repository {
        say!(
            "{wanted}, outside of the project's folder; that folder is in no git repository, so it is all that somebody else gets",
            wanted
        )
    } else {
        say!("{wanted}, which a clean checkout does not have", wanted)
    };
    Verdict::fail(expected, found).seen(say!("the compose file"), show)
}
