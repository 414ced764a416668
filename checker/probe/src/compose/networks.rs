//! What the compose files of the stack's projects declare, read from the files that the projects' labels name.
//!
//! Names of networks alone leave this file. The YAML is a stranger's: files are read up to a size, and reading one has
//! a deadline.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize as _;
use serde_yaml::Value;

use crate::deadline::bounded;
use crate::project_files::{ProjectFiles, Unread};
use crate::stack::context::StackContext;
use labcheck_core::check::Want;
use labcheck_core::facts::{Declared, DeclaredNetwork, Seen};
use labcheck_core::text;
use labcheck_engine::compose::files::of_label;

/// Compose files of a project, and networks of them, at most.
pub(crate) const MOST: usize = 20;
/// Services that one extends, one after the other, at most.
const MOST_STEPS: usize = 5;
/// Longest reading of a project's files.
const READING: Duration = Duration::from_secs(2);

/// The networks that every project's files declare; `None` when no check asks for it.
pub(crate) async fn look(context: &StackContext<'_>) -> Option<Vec<Declared>> {
    if !context.plan.wants.contains(&Want::Declared) {
        return None;
    }
    let mut files: BTreeMap<&str, (ProjectFiles, BTreeSet<PathBuf>)> = BTreeMap::new();
    for inspected in &context.stack.containers {
        if let (Some(project), Some(label)) =
            (&inspected.container.project, &inspected.config_files)
        {
            let folder = inspected.folder.as_deref();
            let (_, all) = files.entry(project).or_insert_with(|| {
                let folder = Path::new(folder.unwrap_or_default());
                (ProjectFiles::of(folder), BTreeSet::new())
            });
            all.extend(of_label(label, folder));
        }
    }
    let mut all = Vec::new();
    for (project, (root, files)) in files {
        let read = bounded(READING, move || networks(root, &files)).await;
        let (networks, waits) = match read {
            Some(Ok(all)) => (Seen::Seen(all.done()), all.waits),
            Some(Err(why)) => (Seen::Unseen(why), BTreeMap::new()),
            None => (
                Seen::Unseen("reading it took too long".into()),
                BTreeMap::new(),
            ),
        };
        all.push(Declared {
            project: project.to_owned(),
            networks,
            waits,
        });
    }
    Some(all)
}

/// What several files of one project declare together.
fn networks(root: ProjectFiles, files: &BTreeSet<PathBuf>) -> Result<Networks, String> {
    let mut all = Networks::below(root);
    for path in files {
        let shown = text::cut(
            &text::clean(&path.file_name().unwrap_or_default().to_string_lossy()),
            80,
        );
        let text = all.root.read(path);
        let text = text.map_err(|why| format!("`{shown}`: {why}"))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        all.add(&text, folder)
            .map_err(|why| format!("`{shown}`: {why}"))?;
    }
    Ok(all)
}

const EXTENDED: &str = "a service extends one of another file, which is not read";
const NOT_READ: &str = "it includes a file that is not read";
const OUTSIDE: &str = "it names a file that lies outside of the project's folder";

/// The files that a file in a folder includes, each with the folder from which its own paths are meant
/// (<https://docs.docker.com/reference/compose-file/include/>).
///
/// # Errors
/// When it cannot be told which files they are.
pub(crate) fn included(whole: &Value, folder: &Path) -> Result<Vec<(PathBuf, PathBuf)>, String> {
    let unread = || NOT_READ.to_owned();
    let plain = |value: &Value| {
        let written = value.as_str().filter(|path| !path.contains(['$', ':']));
        written.map(|path| folder.join(path)).ok_or_else(unread)
    };
    let Some(list) = whole.get("include") else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for one in list.as_sequence().ok_or_else(unread)? {
        let path = one.get("path").unwrap_or(one);
        let several = path.as_sequence().map(Vec::as_slice);
        let paths = several.unwrap_or(std::slice::from_ref(path)).iter();
        let paths: Vec<PathBuf> = paths.map(plain).collect::<Result<_, _>>()?;
        let base = match one.get("project_directory") {
            Some(base) => plain(base)?,
            // That of the first, as where several files are given by `-f`.
            None => paths
                .first()
                .and_then(|path| path.parent())
                .unwrap_or(folder)
                .to_owned(),
        };
        all.extend(paths.into_iter().map(|path| (path, base.clone())));
    }
    Ok(all)
}

/// Why a file that another one names is not read: where it lies outside, that is the reason.
fn unread(why: Unread, otherwise: &str) -> String {
    match why {
        Unread::Outside => OUTSIDE.into(),
        _ => otherwise.into(),
    }
}

/// Networks of the top level, and those that services name.
#[derive(Debug, Default)]
struct Networks {
    /// The files that may be read.
    root: ProjectFiles,
    declared: BTreeMap<String, DeclaredNetwork>,
    named: BTreeSet<String>,
    /// Whom each service waits for until it is healthy.
    waits: BTreeMap<String, BTreeSet<String>>,
    /// Files that were included so far.
    included: usize,
}

impl Networks {
    /// None so far, of files that may be read.
    fn below(root: ProjectFiles) -> Self {
        Self {
            root,
            ..Self::default()
        }
    }

    /// What one file declares; the files that it includes, and those that its services extend, are looked for from the
    /// folder that it lies in.
    fn add(&mut self, text: &str, folder: &Path) -> Result<(), String> {
        self.add_at(text, folder, 0)
    }

    /// What the files that a file includes declare.
    fn include(&mut self, whole: &Value, folder: &Path, depth: usize) -> Result<(), String> {
        for (path, _) in included(whole, folder)? {
            self.included += 1;
            if depth == MOST_STEPS || self.included > MOST {
                return Err(NOT_READ.into());
            }
            let text = self.root.read(&path).map_err(|why| unread(why, NOT_READ))?;
            self.add_at(&text, path.parent().unwrap_or(folder), depth + 1)?;
        }
        Ok(())
    }

    fn add_at(&mut self, text: &str, folder: &Path, depth: usize) -> Result<(), String> {
        let mut files = BTreeMap::new();
        for document in serde_yaml::Deserializer::from_str(text) {
            let whole = merged(document)?;
            self.include(&whole, folder, depth)?;
            for (key, network) in entries(whole.get("networks")).into_iter().take(MOST) {
                let plain = |value: &Value| {
                    let name = value.as_str()?;
                    (!name.contains('$')).then(|| text::cut(&text::clean(name), 120))
                };
                let external = network.and_then(|network| network.get("external"));
                let entry = self.declared.entry(key.clone()).or_default();
                entry.key = key;
                entry.external |= external.is_some_and(|external| {
                    external.as_bool() == Some(true) || external.is_mapping()
                });
                let name = network.and_then(|network| network.get("name"));
                let name = name.or_else(|| external?.get("name"));
                entry.name = name.and_then(plain).or_else(|| entry.name.take());
            }
            for (key, service) in entries(whole.get("services")) {
                let Some(service) = service else { continue };
                let mut own = Own {
                    root: &self.root,
                    files: &mut files,
                    networks: BTreeSet::new(),
                    waits: BTreeSet::new(),
                    elsewhere: false,
                };
                own.add(service, &whole, folder, 0)?;
                if !own.waits.is_empty() {
                    self.waits.entry(key).or_default().extend(own.waits);
                }
                if own.networks.is_empty() && !own.elsewhere {
                    self.named.insert("default".into());
                }
                self.named.extend(own.networks);
            }
        }
        Ok(())
    }

    fn done(&self) -> Vec<DeclaredNetwork> {
        let each = self.declared.values().map(|network| DeclaredNetwork {
            named_by_service: self.named.contains(&network.key),
            ..network.clone()
        });
        each.collect()
    }
}

/// What a service says itself, together with what it takes over from those that it extends.
#[derive(Debug)]
struct Own<'f> {
    root: &'f ProjectFiles,
    /// Other files that were read so far.
    files: &'f mut BTreeMap<PathBuf, Rc<Value>>,
    networks: BTreeSet<String>,
    waits: BTreeSet<String>,
    /// It has a network mode, and so no network of its own.
    elsewhere: bool,
}

impl Own<'_> {
    fn add(
        &mut self,
        service: &Value,
        whole: &Value,
        folder: &Path,
        depth: usize,
    ) -> Result<(), String> {
        let healthy = entries(service.get("depends_on"))
            .into_iter()
            .filter(|(_, how)| {
                let condition = how.and_then(|how| how.get("condition"));
                condition.and_then(Value::as_str) == Some("service_healthy")
            });
        self.waits.extend(healthy.map(|(on, _)| on));
        let networks = entries(service.get("networks")).into_iter();
        self.networks.extend(networks.map(|(key, _)| key));
        self.elsewhere |= service.get("network_mode").is_some();
        let Some(extends) = service.get("extends") else {
            return Ok(());
        };
        let not_read = || EXTENDED.to_owned();
        if depth == MOST_STEPS {
            return Err(not_read());
        }
        let name = extends.get("service").unwrap_or(extends).as_str();
        let Some(file) = extends.get("file") else {
            return match name.and_then(|name| service_of(whole, name)) {
                Some(from) => self.add(from, whole, folder, depth + 1),
                None => Ok(()),
            };
        };
        let file = file.as_str().filter(|file| !file.contains('$'));
        let path = folder.join(file.ok_or_else(not_read)?);
        let other = match self.files.get(&path) {
            Some(known) => Rc::clone(known),
            None if self.files.len() == MOST => return Err(not_read()),
            None => {
                let text = self.root.read(&path);
                let text = text.map_err(|why| unread(why, EXTENDED))?;
                let document = serde_yaml::Deserializer::from_str(&text).next();
                let other = Rc::new(merged(document.ok_or_else(not_read)?)?);
                self.files.insert(path.clone(), Rc::clone(&other));
                other
            }
        };
        let from = name.and_then(|name| service_of(&other, name));
        let folder = path.parent().unwrap_or(folder);
        self.add(from.ok_or_else(not_read)?, &other, folder, depth + 1)
    }
}

pub(crate) fn service_of<'v>(whole: &'v Value, name: &str) -> Option<&'v Value> {
    whole.get("services")?.get(name)
}

pub(crate) fn merged(document: serde_yaml::Deserializer<'_>) -> Result<Value, String> {
    let mut whole = Value::deserialize(document).map_err(|_| "it is no YAML".to_owned())?;
    whole
        .apply_merge()
        .map_err(|_| "its merge keys lead nowhere".to_owned())?;
    Ok(whole)
}

/// The entries of a mapping with their values, or the words of a list; tags such as `!reset` are looked through.
fn entries(value: Option<&Value>) -> Vec<(String, Option<&Value>)> {
    let word = |value: &Value| {
        let word = value.as_str()?;
        Some(text::cut(&text::clean(word), 120))
    };
    match value {
        Some(Value::Tagged(tagged)) => entries(Some(&tagged.value)),
        Some(Value::Mapping(map)) => map
            .iter()
            .filter_map(|(key, value)| Some((word(key)?, Some(value))))
            .collect(),
        Some(Value::Sequence(list)) => list
            .iter()
            .filter_map(|item| Some((word(item)?, None)))
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
#[path = "networks_tests.rs"]
mod tests;
