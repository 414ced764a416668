//! How much of a stack an event can change, and so what is looked at again. Pure.
//!
//! The engine's own state is seen by every look, as it takes some milliseconds. What goes beyond it falls into three
//! parts: what the files on this machine say, what images hold, and everything that asks the running stack. A part that
//! is not looked at again is taken from the last look, and only where the containers are still the same ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use labcheck_core::check::Want;
use labcheck_core::facts::labels;
use labcheck_core::facts::{Aspect, Facts, ImageFacts, MountKind};
use labcheck_core::grade::{Plan, Target};
use labcheck_probe::{Event, Subject};

/// Parts of a look, from the smallest to the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// A file on this machine was changed that no container sees: compose files, Dockerfiles, what images are built of.
    Files,
    /// The running stack: pages, the database, the networks, but not the contents of images.
    Stack,
    /// Everything.
    All,
}

impl Scope {
    fn covers(self, want: &Want) -> bool {
        let files = matches!(
            want,
            Want::Declared
                | Want::Origin
                | Want::ImageFacts(_, Aspect::Dockerfile | Aspect::Current)
        );
        let image = matches!(
            want,
            Want::ImageFacts(
                _,
                Aspect::Toolchain | Aspect::Secrets | Aspect::LastLayer | Aspect::Lying(_)
            )
        );
        match self {
            Self::Files => files,
            Self::Stack => !files && !image,
            Self::All => true,
        }
    }

    /// The part of a plan that has to be looked at again.
    pub(crate) fn of(self, plan: &Plan) -> Plan {
        let wants = plan.wants.iter().filter(|want| self.covers(want));
        Plan {
            wants: wants.cloned().collect(),
            ..plan.clone()
        }
    }

    /// The last look with the fresh part put in; `None` when the containers are others by now, or are up or down other
    /// than before, so that everything has to be looked at.
    pub(crate) fn merge(self, old: &Facts, mut fresh: Facts) -> Option<Facts> {
        if self == Self::All {
            return Some(fresh);
        }
        if !same(old, &fresh) {
            return None;
        }
        let image_facts = merged(
            old.image_facts.clone(),
            std::mem::take(&mut fresh.image_facts),
        );
        if self == Self::Files {
            let now = |before: &labcheck_core::facts::Container| {
                let found = fresh.containers.iter().find(|one| one.id == before.id);
                found.is_some_and(|one| {
                    one.state.status == before.state.status && one.health == before.health
                })
            };
            if !old.containers.iter().all(now) {
                return None;
            }
            return Some(Facts {
                image_facts,
                declared: fresh.declared,
                origins: fresh.origins,
                ..old.clone()
            });
        }
        fresh.declared.clone_from(&old.declared);
        fresh.origins.clone_from(&old.origins);
        fresh.image_facts = image_facts;
        Some(fresh)
    }
}

/// Whether both looks saw the same containers of the same images in the same roles.
fn same(old: &Facts, fresh: &Facts) -> bool {
    let ids = |facts: &Facts| -> BTreeSet<(String, String, String)> {
        let all = facts.containers.iter();
        all.map(|one| (one.id.clone(), one.name.clone(), one.image_id.clone()))
            .collect()
    };
    let roles = |facts: &Facts| -> Vec<String> {
        let all = facts.roles.iter();
        all.flat_map(|(role, taken)| {
            let names = taken.iter();
            names.map(move |one| format!("{}={}", role.word(), one.container))
        })
        .collect()
    };
    ids(old) == ids(fresh) && roles(old) == roles(fresh)
}

fn merged(
    mut old: BTreeMap<String, ImageFacts>,
    fresh: BTreeMap<String, ImageFacts>,
) -> BTreeMap<String, ImageFacts> {
    for (name, new) in fresh {
        let one = old.entry(name).or_default();
        one.mounts = new.mounts.or(one.mounts.take());
        one.toolchain = new.toolchain.or(one.toolchain.take());
        one.lying.extend(new.lying);
        one.kept = new.kept.or(one.kept.take());
        one.last_layer = new.last_layer.or(one.last_layer.take());
        one.secrets = new.secrets.or(one.secrets.take());
        one.dockerfile = new.dockerfile.or(one.dockerfile.take());
        one.current = new.current.or(one.current.take());
        one.stopped = new.stopped.or(one.stopped.take());
    }
    old
}

/// Whose events and files matter.
#[derive(Debug, Default)]
pub(crate) struct Interest {
    lab: String,
    projects: BTreeSet<String>,
    containers: BTreeSet<String>,
    ids: BTreeSet<String>,
    others: BTreeSet<String>,
    folder: Option<PathBuf>,
    mounted: Vec<PathBuf>,
}

impl Interest {
    /// Of the stack that is meant, and of the one that was last seen.
    pub(crate) fn of(lab: &str, target: &Target, facts: Option<&Facts>) -> Self {
        let mut all = Self {
            lab: lab.to_owned(),
            projects: target.projects.iter().cloned().collect(),
            containers: target.containers.iter().cloned().collect(),
            folder: target.folder.clone(),
            ..Self::default()
        };
        if target.projects.is_empty() && target.containers.is_empty() {
            all.projects.insert(lab.to_owned());
        }
        let Some(facts) = facts else { return all };
        all.projects.extend(facts.stack.projects.iter().cloned());
        for container in &facts.containers {
            all.containers.insert(container.name.clone());
            all.ids.insert(container.id.clone());
            let binds = container.mounts.iter();
            let binds = binds.filter(|mount| mount.kind == MountKind::Bind);
            all.mounted
                .extend(binds.map(|mount| PathBuf::from(&mount.source)));
        }
        let networks = facts.networks.iter().map(|network| &network.name);
        let volumes = facts.volumes.iter().map(|volume| &volume.name);
        all.others.extend(networks.chain(volumes).cloned());
        // A container of another lab that comes or goes holds or frees ports and names.
        let neighbours = facts.neighbours.iter().map(|other| &other.name);
        all.others.extend(neighbours.cloned());
        all
    }

    /// What an event of the engine can change; `None` when it is of no container of the stack, or the grader's own.
    pub(crate) fn event(&self, event: &Event) -> Option<Scope> {
        if event.is_own() {
            return None;
        }
        let label = |name: &str| event.attributes.get(name).map(String::as_str);
        match event.subject {
            Subject::Container => {
                let oneoff = label(labels::ONEOFF);
                if oneoff.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
                    return None;
                }
                let project = label(labels::PROJECT);
                let from = label(labels::FOLDER).map(Path::new);
                let ours = project.is_some_and(|project| self.projects.contains(project))
                    || self.containers.contains(&event.name)
                    || label(labels::LAB).is_some()
                    || self.others.contains(&event.name)
                    || (from.is_some() && from == self.folder.as_deref());
                let scope = match event.action.as_str() {
                    "create" | "destroy" | "rename" => Scope::All,
                    _ => Scope::Stack,
                };
                ours.then_some(scope)
            }
            Subject::Network | Subject::Volume => {
                let container = event.container.as_ref();
                let ours = self.others.contains(&event.name)
                    || container.is_some_and(|id| self.ids.contains(id))
                    || self.projects.iter().any(|project| {
                        let rest = event.name.strip_prefix(project.as_str());
                        rest.is_some_and(|rest| rest.starts_with(['-', '_']))
                    });
                ours.then_some(Scope::Stack)
            }
            // A name may stand for another image by now, built here or elsewhere.
            Subject::Image => Some(Scope::Files),
        }
    }

    /// What a changed file can change: with a mount, what the running stack shows.
    pub(crate) fn file(&self, path: &Path) -> Scope {
        if self.mounted.iter().any(|mount| path.starts_with(mount)) {
            Scope::Stack
        } else {
            Scope::Files
        }
    }

    /// Folders on this machine that containers see, beyond the lab's own.
    pub(crate) fn mounted(&self) -> impl Iterator<Item = &Path> {
        let own = self.folder.as_deref();
        let all = self.mounted.iter().map(PathBuf::as_path);
        all.filter(move |path| own.is_none_or(|own| !path.starts_with(own)))
    }

    /// The lab's name.
    pub(crate) fn lab(&self) -> &str {
        &self.lab
    }
}

#[cfg(test)]
#[path = "scope_tests.rs"]
mod tests;
