//! What the projects' compose files want from beyond their folder: whether a clean checkout is enough to start them.
//!
//! Files are read, nothing is run. A path with a variable in it is taken to be right, and so are places that every
//! machine has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize as _;
use serde_yaml::Value;

use super::build_section::tidy;
use super::networks::{MOST, included, read};
use crate::deadline::bounded;
use crate::stack::context::StackContext;
use labcheck_core::check::Want;
use labcheck_core::facts::{Origin, Outside, Seen};
use labcheck_core::text;
use labcheck_engine::compose::files::{is_site_override, of_label};

/// Longest reading of a project's files.
const READING: Duration = Duration::from_secs(2);
/// Places that do not come with a checkout and are there all the same.
const EVERYWHERE: [&str; 8] = [
    "/etc/localtime",
    "/etc/timezone",
    "/usr/share/zoneinfo",
    "/etc/ssl/certs",
    "/var/run",
    "/run",
    "/dev",
    "/sys",
];

/// Where the stack's projects come from; `None` when no check asks for it.
pub(crate) async fn look(context: &StackContext<'_>) -> Option<Vec<Origin>> {
    if !context.plan.wants.contains(&Want::Origin) {
        return None;
    }
    let mut sets: BTreeMap<&str, BTreeSet<Vec<PathBuf>>> = BTreeMap::new();
    let mut folders: BTreeMap<&str, &str> = BTreeMap::new();
    for inspected in &context.stack.containers {
        let Some(project) = inspected.container.project.as_deref() else {
            continue;
        };
        let set = sets.entry(project).or_default();
        if let Some(label) = &inspected.config_files {
            // What `labcheck start` adds is no file of the student's: started by hand later, it is not there.
            let files = of_label(label, inspected.folder.as_deref()).into_iter();
            set.insert(files.filter(|file| !is_site_override(file)).collect());
        }
        if let Some(folder) = inspected.folder.as_deref() {
            folders.entry(project).or_insert(folder);
        }
    }
    let mut all = Vec::new();
    for (project, sets) in sets {
        let all_of: BTreeSet<PathBuf> = sets.iter().flatten().cloned().collect();
        let folder = folders.get(project).map(PathBuf::from);
        let tracked = folder
            .as_deref()
            .is_some_and(|folder| repository(folder).is_some());
        let outside = match folder {
            Some(folder) if !all_of.is_empty() => {
                // A later file may take back what an earlier one says.
                let largest = sets.iter().max_by_key(|set| set.len());
                let grew =
                    |largest: &&Vec<PathBuf>| sets.iter().all(|set| largest.starts_with(set));
                let files = largest.filter(grew).cloned();
                let files = files.unwrap_or_else(|| all_of.into_iter().collect());
                let found = bounded(READING, move || beyond(&folder, &files)).await;
                match found {
                    Some(Ok(found)) => Seen::Seen(found),
                    Some(Err(why)) => Seen::Unseen(why),
                    None => Seen::Unseen("reading its compose files took too long".into()),
                }
            }
            _ => {
                Seen::Unseen("its containers do not name the files that they were made from".into())
            }
        };
        let wants = outside.get().is_some_and(|outside| !outside.is_empty());
        all.push(Origin {
            no_repository: wants && !tracked,
            project: project.to_owned(),
            files: sets
                .iter()
                .map(|set| set.iter().map(|path| named(path)).collect())
                .collect(),
            outside: Some(outside),
        });
    }
    Some(all)
}

fn named(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    text::cut(&text::clean(&name), 80)
}

/// The git repository that a folder is in.
fn repository(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|above| above.join(".git").exists())
}

/// Everything that the files of a project want from outside of its checkout.
fn beyond(folder: &Path, files: &[PathBuf]) -> Result<Vec<Outside>, String> {
    // The whole repository is checked out, not the project's folder alone.
    let root = repository(folder).unwrap_or(folder);
    let mut all: Vec<(PathBuf, (String, String, bool))> = Vec::new();
    // Paths in an included file are meant from its own folder.
    let mut next: Vec<(PathBuf, PathBuf)> = files
        .iter()
        .rev()
        .map(|file| (file.clone(), folder.to_owned()))
        .collect();
    let mut seen = 0;
    while let Some((path, base)) = next.pop() {
        seen += 1;
        if seen > MOST {
            return Err("it includes too many files".into());
        }
        let text = read(&path).map_err(|why| format!("`{}`: {why}", named(&path)))?;
        for document in serde_yaml::Deserializer::from_str(&text) {
            let wrong = |_| format!("`{}`: it is no YAML", named(&path));
            let mut whole = Value::deserialize(document).map_err(wrong)?;
            whole.apply_merge().map_err(wrong)?;
            let gone = taken_back(&whole);
            all.retain(|(_, (service, _, build))| !gone.contains(&(service.clone(), *build)));
            all.extend(wanted(&whole).into_iter().map(|one| (base.clone(), one)));
            let own = path.parent().unwrap_or(&base);
            next.extend(included(&whole, own)?);
        }
    }
    let shown = |text: &str| text::cut(&text::clean(text), 120);
    let beyond = all
        .iter()
        .filter(|(base, (_, path, _))| is_beyond(root, base, path));
    let found: BTreeSet<Outside> = beyond
        .map(|(_, (service, path, build))| Outside {
            service: shown(service),
            build: *build,
            path: shown(path),
        })
        .collect();
    Ok(found.into_iter().collect())
}

/// What a file says anew for a service, so that earlier files' words are gone: its mounts or, with `true`, what it is built
/// from. By the tags `!reset` and `!override`, and for a build's context by being named again
/// (<https://docs.docker.com/reference/compose-file/merge/>).
fn taken_back(whole: &Value) -> BTreeSet<(String, bool)> {
    let mut gone = BTreeSet::new();
    let Some(Value::Mapping(services)) = whole.get("services").map(plain) else {
        return gone;
    };
    let anew = |value: Option<&Value>| matches!(value, Some(Value::Tagged(tagged)) if tagged.tag == "reset" || tagged.tag == "override");
    for (name, service) in services {
        let Some(name) = name.as_str() else { continue };
        let whole = anew(Some(service));
        let service = plain(service);
        let build = service.get("build");
        let context = build
            .map(plain)
            .is_some_and(|build| build.is_string() || build.get("context").is_some());
        if whole || anew(build) || context {
            gone.insert((name.to_owned(), true));
        }
        if whole || anew(service.get("volumes")) {
            gone.insert((name.to_owned(), false));
        }
    }
    gone
}

/// What services are built from and mount, as it is written: service, path, and whether it is built from it.
fn wanted(whole: &Value) -> Vec<(String, String, bool)> {
    let mut all = Vec::new();
    let Some(Value::Mapping(services)) = whole.get("services").map(plain) else {
        return all;
    };
    for (name, service) in services {
        let Some(name) = name.as_str() else { continue };
        let service = plain(service);
        let build = service.get("build").map(plain);
        let context =
            build.and_then(|build| build.as_str().or_else(|| build.get("context")?.as_str()));
        if let Some(context) = context.filter(|context| !is_elsewhere(context)) {
            all.push((name.to_owned(), context.to_owned(), true));
        }
        let volumes = service
            .get("volumes")
            .map(plain)
            .and_then(Value::as_sequence);
        for volume in volumes.into_iter().flatten() {
            let source = match volume {
                Value::String(short) => short_source(short),
                long if long.get("type").and_then(Value::as_str) == Some("bind") => long
                    .get("source")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
                _ => None,
            };
            all.extend(source.map(|source| (name.to_owned(), source, false)));
        }
    }
    all
}

/// Looks through tags such as `!override`.
fn plain(value: &Value) -> &Value {
    match value {
        Value::Tagged(tagged) => &tagged.value,
        other => other,
    }
}

/// The path of `./data:/var/lib:ro`; `None` for a volume's name and for one that has no source.
fn short_source(short: &str) -> Option<String> {
    // A drive's letter is no source of its own.
    let round_trip = short
        .get(1..3)
        .is_some_and(|rest| rest == ":\\" || rest == ":/")
        && short.starts_with(|c: char| c.is_ascii_alphabetic());
    let from = if round_trip { 2 } else { 0 };
    let end = short[from..].find(':').map(|at| at + from)?;
    let source = &short[..end];
    let path = round_trip || source.starts_with(['/', '.', '~']) || source.contains('$');
    path.then(|| source.to_owned())
}

/// An address of a repository somewhere else, which needs no file of this machine.
fn is_elsewhere(context: &str) -> bool {
    context.contains("://") || context.starts_with("git@") || context.starts_with("github.com/")
}

/// Whether a path, as it is written, leads out of the checkout or to this machine alone.
fn is_beyond(root: &Path, folder: &Path, wanted: &str) -> bool {
    if wanted.contains('$') {
        return false;
    }
    let windows = wanted.get(1..2) == Some(":");
    if wanted.starts_with('~') || windows {
        return true;
    }
    if wanted.starts_with('/') {
        let path = Path::new(wanted);
        return wanted != "/" && !EVERYWHERE.iter().any(|place| path.starts_with(place));
    }
    !tidy(&folder.join(wanted)).starts_with(tidy(root))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(yaml: &str) -> Vec<(String, String, bool)> {
        let mut whole: Value = serde_yaml::from_str(yaml).expect("YAML");
        whole.apply_merge().expect("merged");
        wanted(&whole)
    }

    #[test]
    fn an_included_file_wants_things_from_its_own_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join(".git")).expect("a repository");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        };
        write("page.html", "x");
        write("parts/app/Dockerfile", "FROM x");
        write(
            "parts/app.yaml",
            "services: { app: { build: ./app, volumes: ['../page.html:/p', '../../far:/f'] } }",
        );
        write("compose.yaml", "include: [parts/app.yaml]");
        let files = [folder.path().join("compose.yaml")];
        let found = beyond(folder.path(), &files).expect("it can be read");
        let paths: Vec<&str> = found.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, ["../../far"]);
    }

    #[test]
    fn a_later_file_takes_back_what_an_earlier_one_wants() {
        let gone = |yaml: &str| -> Vec<(String, bool)> {
            let whole: Value = serde_yaml::from_str(yaml).expect("YAML");
            taken_back(&whole).into_iter().collect()
        };
        let of = |name: &str, build: bool| (name.to_owned(), build);
        let both = gone("services: { app: { build: !reset null, volumes: !override [./a:/a] } }");
        assert_eq!(both, [of("app", false), of("app", true)]);
        assert_eq!(
            gone("services: { app: { build: ./own } }"),
            [of("app", true)]
        );
        assert_eq!(
            gone("services: { app: { build: { context: . } } }"),
            [of("app", true)]
        );
        // Mounts are added to those that are there.
        assert!(gone("services: { app: { volumes: [./a:/a], image: x } }").is_empty());
        let whole = gone("services: { app: !reset null }");
        assert_eq!(whole, [of("app", false), of("app", true)]);
    }

    #[test]
    fn builds_and_mounts_are_found_in_every_way_of_writing_them() {
        let found = of("x-base: &base { volumes: ['./a:/a:ro', data:/b, /c] }
services:
  one: { <<: *base, build: ../app }
  two: { build: { context: ., dockerfile: x }, volumes: [{ type: bind, source: ~/d, target: /d }, { type: volume, source: v, target: /v }] }
  three: { build: https://example.org/x.git, volumes: ['C:\\e:/e', '${F}:/f', '${PWD:-.}/g:/g:ro', '${PWD}:/h'] }
");
        let found: Vec<(&str, &str, bool)> = found
            .iter()
            .map(|(service, path, build)| (service.as_str(), path.as_str(), *build))
            .collect();
        assert_eq!(
            found,
            [
                ("one", "../app", true),
                ("one", "./a", false),
                ("two", ".", true),
                ("two", "~/d", false),
                ("three", "C:\\e", false),
                ("three", "${F}", false),
                ("three", "${PWD", false),
                ("three", "${PWD}", false),
            ]
        );
        assert!(of("services: [odd]").is_empty() && of("services: { a: 1 }").is_empty());
    }

    #[test]
    fn what_comes_with_the_checkout_is_inside() {
        let (root, folder) = (
            Path::new("/srv/course"),
            Path::new("/srv/course/solutions/v6"),
        );
        for path in [
            ".",
            "./a",
            "../../app",
            "../v5/x",
            "/etc/localtime",
            "/var/run/docker.sock",
            "$HOME/x",
            "${PWD}/proxy",
            "$PWD/../../app",
            "${PWD:-.}/data",
        ] {
            assert!(!is_beyond(root, folder, path), "{path}");
        }
        for path in [
            "../../../app",
            "~/x",
            "/home/me/app",
            "C:\\x",
            "/srv/course/solutions/v6/app",
        ] {
            assert!(is_beyond(root, folder, path), "{path}");
        }
        assert!(is_beyond(folder, folder, "../app"));
    }
}
