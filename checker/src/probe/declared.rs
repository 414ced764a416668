//! What the compose files of the stack's projects declare, read from the files that the projects' labels name.
//!
//! Names of networks alone leave this file. The YAML is a stranger's: files are read up to a size, and reading one has
//! a deadline.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize as _;
use serde_yaml::Value;

use super::bounded::bounded;
use super::looked::Looked;
use super::parts::Parts;
use crate::check::Want;
use crate::facts::{Declared, DeclaredNetwork, Seen};
use crate::text;

/// Bytes of a compose file that are read.
const MOST_BYTES: u64 = 1024 * 1024;
/// Compose files of a project, and networks of them, at most.
pub(super) const MOST: usize = 20;
/// Services that one extends, one after the other, at most.
const MOST_STEPS: usize = 5;
/// Longest reading of a project's files.
const READING: Duration = Duration::from_secs(2);

/// The networks that every project's files declare; `None` when no check asks for it.
pub(super) async fn look(parts: &Parts<'_>) -> Option<Vec<Declared>> {
    if !parts.plan.wants.contains(&Want::Declared) {
        return None;
    }
    let mut files: BTreeMap<&str, BTreeSet<PathBuf>> = BTreeMap::new();
    for looked in &parts.stack.containers {
        if let (Some(project), Some(label)) = (&looked.container.project, &looked.config_files) {
            files
                .entry(project)
                .or_default()
                .extend(paths(label, looked));
        }
    }
    let mut all = Vec::new();
    for (project, files) in files {
        let read = bounded(READING, move || networks(&files)).await;
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

/// The files of a label, which Compose joins by commas; relative ones lie in the project's folder.
pub(super) fn paths(label: &str, looked: &Looked) -> Vec<PathBuf> {
    let folder = looked.folder.as_deref().map(Path::new);
    let whole = PathBuf::from(label);
    if whole.is_file() {
        return vec![whole];
    }
    let each = label.split(',').filter(|path| !path.is_empty());
    each.take(MOST)
        .map(|path| match folder {
            Some(folder) => folder.join(path),
            None => PathBuf::from(path),
        })
        .collect()
}

/// What several files of one project declare together.
fn networks(files: &BTreeSet<PathBuf>) -> Result<Networks, String> {
    let mut all = Networks::default();
    for path in files {
        let shown = text::cut(
            &text::clean(&path.file_name().unwrap_or_default().to_string_lossy()),
            80,
        );
        let text = read(path).map_err(|why| format!("`{shown}`: {why}"))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        all.add(&text, folder)
            .map_err(|why| format!("`{shown}`: {why}"))?;
    }
    Ok(all)
}

const NOT_READ: &str = "it includes a file that is not read";

/// The files that a file in a folder includes, each with the folder from which its own paths are meant
/// (<https://docs.docker.com/reference/compose-file/include/>).
///
/// # Errors
/// When it cannot be told which files they are.
pub(super) fn included(whole: &Value, folder: &Path) -> Result<Vec<(PathBuf, PathBuf)>, String> {
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

pub(super) fn read(path: &Path) -> Result<String, String> {
    // What is no plain file (a pipe, a device) may never end, or not begin.
    let found = std::fs::metadata(path).map_err(|_| "it is not on this machine".to_owned())?;
    if !found.is_file() {
        return Err("it is no file".into());
    }
    let mut text = String::new();
    let file = File::open(path).map_err(|_| "it cannot be opened".to_owned())?;
    file.take(MOST_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(|_| "it is no text".to_owned())?;
    if text.len() as u64 > MOST_BYTES {
        return Err("it is too large for a compose file".into());
    }
    Ok(text)
}

/// Networks of the top level, and those that services name.
#[derive(Debug, Default)]
struct Networks {
    declared: BTreeMap<String, DeclaredNetwork>,
    named: BTreeSet<String>,
    /// Whom each service waits for until it is healthy.
    waits: BTreeMap<String, BTreeSet<String>>,
    /// Files that were included so far.
    included: usize,
}

impl Networks {
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
            let text = read(&path).map_err(|_| NOT_READ.to_owned())?;
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
        let unread = || "a service extends one of another file, which is not read".to_owned();
        if depth == MOST_STEPS {
            return Err(unread());
        }
        let name = extends.get("service").unwrap_or(extends).as_str();
        let Some(file) = extends.get("file") else {
            return match name.and_then(|name| service_of(whole, name)) {
                Some(from) => self.add(from, whole, folder, depth + 1),
                None => Ok(()),
            };
        };
        let file = file.as_str().filter(|file| !file.contains('$'));
        let path = folder.join(file.ok_or_else(unread)?);
        let other = match self.files.get(&path) {
            Some(known) => Rc::clone(known),
            None if self.files.len() == MOST => return Err(unread()),
            None => {
                let text = read(&path).map_err(|_| unread())?;
                let document = serde_yaml::Deserializer::from_str(&text).next();
                let other = Rc::new(merged(document.ok_or_else(unread)?)?);
                self.files.insert(path.clone(), Rc::clone(&other));
                other
            }
        };
        let from = name.and_then(|name| service_of(&other, name));
        let folder = path.parent().unwrap_or(folder);
        self.add(from.ok_or_else(unread)?, &other, folder, depth + 1)
    }
}

pub(super) fn service_of<'v>(whole: &'v Value, name: &str) -> Option<&'v Value> {
    whole.get("services")?.get(name)
}

pub(super) fn merged(document: serde_yaml::Deserializer<'_>) -> Result<Value, String> {
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
mod tests {
    use super::*;

    #[test]
    fn included_files_declare_as_if_they_were_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        };
        write(
            "data/compose.yaml",
            "include: [more.yaml]\nservices: { db: { networks: [back] } }\nnetworks: { back: {} }\n",
        );
        write("data/more.yaml", "networks: { idle: {} }\n");
        write("round.yaml", "include: [round.yaml]\n");
        let of = |text: &str| {
            let mut all = Networks::default();
            all.add(text, folder.path())?;
            let each = all.done().into_iter();
            Ok::<_, String>(
                each.map(|one| (one.key, one.named_by_service))
                    .collect::<Vec<_>>(),
            )
        };
        let found = Ok(vec![("back".to_owned(), true), ("idle".to_owned(), false)]);
        assert_eq!(of("include: [data/compose.yaml]\n"), found);
        assert_eq!(of("include: [{ path: data/compose.yaml }]\n"), found);
        assert_eq!(
            of("include: [{ path: [data/compose.yaml, data/more.yaml] }]\n"),
            found
        );
        for wrong in [
            "include: [round.yaml]\n",
            "include: [missing.yaml]\n",
            "include: ['${WHERE}.yaml']\n",
            "include: ['oci://example.org/x']\n",
            "include: { a: b }\n",
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    fn of(files: &[&str]) -> Result<Vec<(String, bool)>, String> {
        let mut all = Networks::default();
        for file in files {
            all.add(file, Path::new("/no/such/folder"))?;
        }
        let each = all.done().into_iter();
        Ok(each.map(|one| (one.key, one.named_by_service)).collect())
    }

    #[test]
    fn whom_a_service_waits_for_is_read() {
        let mut all = Networks::default();
        let file = "services:\n  proxy: { depends_on: { app: { condition: service_healthy }, x: { condition: service_started } } }\n  app: { depends_on: [db] }\n";
        all.add(file, Path::new("")).expect("read");
        let app = BTreeSet::from(["app".to_owned()]);
        assert_eq!(all.waits, BTreeMap::from([("proxy".to_owned(), app)]));
    }

    #[test]
    fn a_network_is_named_by_lists_mappings_merges_and_other_files() {
        let one = "x-base: &base { networks: { edge: { aliases: [a] } } }\nservices:\n  a: { <<: *base, image: x }\n  b: { networks: [inner, 'Büro 1'] }\nnetworks: { edge: , inner: { internal: true }, spare: {}, 'Büro 1': }\n";
        let found = of(&[one]).expect("read");
        let idle: Vec<&str> = found
            .iter()
            .filter(|(_, named)| !named)
            .map(|(key, _)| key.as_str())
            .collect();
        assert_eq!((found.len(), idle), (4, vec!["spare"]));
        let two = "services: { c: { networks: [spare] } }\n";
        assert!(
            of(&[one, two])
                .expect("read")
                .iter()
                .all(|(_, named)| *named)
        );
    }

    #[test]
    fn a_service_without_networks_is_on_the_default_one() {
        let found = of(&["services: { a: { image: x } }\nnetworks: { default: { name: shop } }\n"]);
        assert_eq!(found, Ok(vec![("default".to_owned(), true)]));
        let found = of(&["services: { a: { network_mode: host } }\nnetworks: { default: }\n"]);
        assert_eq!(found, Ok(vec![("default".to_owned(), false)]));
    }

    #[test]
    fn what_a_service_takes_over_from_another_file_counts() {
        let folder = tempfile::tempdir().expect("folder");
        let base = "services:\n  base: { extends: { service: root }, networks: [inner] }\n  root: { networks: [root] }\n  far: { extends: { file: more/far.yaml, service: far } }\n";
        std::fs::write(folder.path().join("base.yaml"), base).expect("written");
        std::fs::create_dir(folder.path().join("more")).expect("made");
        let far = "services: { far: { network_mode: none, depends_on: { db: { condition: service_healthy } } } }\n";
        std::fs::write(folder.path().join("more/far.yaml"), far).expect("written");
        let file = "services:\n  a: { extends: { file: base.yaml, service: base } }\n  b: { extends: { file: base.yaml, service: far } }\nnetworks: { default: , inner: , root: , spare: }\n";
        let mut all = Networks::default();
        all.add(file, folder.path()).expect("read");
        let named = all.done().into_iter().filter(|one| one.named_by_service);
        let named: Vec<String> = named.map(|one| one.key).collect();
        assert_eq!(named, ["inner", "root"]);
        assert!(all.waits.contains_key("b"));
        let round = "services: { a: { extends: { file: round.yaml, service: a } } }\n";
        std::fs::write(folder.path().join("round.yaml"), round).expect("written");
        assert!(all.add(round, folder.path()).is_err());
    }

    #[test]
    fn names_and_externals_are_kept_unless_a_variable_stands_there() {
        let mut all = Networks::default();
        all.add("networks:\n  a: { external: true, name: shared }\n  b: { name: 'x-${Y}' }\n  c: { external: { name: old } }\n", Path::new(""))
            .expect("read");
        let found: Vec<(Option<String>, bool)> = all
            .done()
            .into_iter()
            .map(|one| (one.name, one.external))
            .collect();
        assert_eq!(
            found,
            [
                (Some("shared".into()), true),
                (None, false),
                (Some("old".into()), true)
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_said_and_bombs_do_not_go_off() {
        assert!(of(&["include: [other.yaml]\n"]).is_err());
        assert!(of(&["services: { a: { extends: { file: x.yaml, service: b } } }\n"]).is_err());
        assert!(of(&["a: [\n"]).is_err());
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let before = vec![format!("*a{}", level - 1); 9].join(", ");
            let line = format!("a{level}: &a{level} [{before}]\n");
            bomb.push_str(&line);
        }
        assert!(of(&[&bomb]).is_err());
        assert!(read(Path::new("/dev/zero")).is_err());
        assert!(
            read(Path::new("/no/such/compose.yaml"))
                .is_err_and(|why| why.contains("not on this machine"))
        );
    }
}
