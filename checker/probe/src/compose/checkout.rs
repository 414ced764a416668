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
use super::host_paths::{HostPath, Use, taken_back, wanted};
use super::networks::{MOST, included};
use crate::deadline::bounded;
use crate::project_files::{ProjectFiles, repository};
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

/// Everything that the files of a project want from outside of its checkout.
fn beyond(folder: &Path, files: &[PathBuf]) -> Result<Vec<Outside>, String> {
    // The whole repository is checked out, not the project's folder alone.
    let root = repository(folder).unwrap_or(folder);
    let own = ProjectFiles::of(folder);
    let mut all: Vec<(PathBuf, HostPath)> = Vec::new();
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
        let text = own
            .read(&path)
            .map_err(|why| format!("`{}`: {why}", named(&path)))?;
        for document in serde_yaml::Deserializer::from_str(&text) {
            let wrong = |_| format!("`{}`: it is no YAML", named(&path));
            let mut whole = Value::deserialize(document).map_err(wrong)?;
            whole.apply_merge().map_err(wrong)?;
            let gone = taken_back(&whole);
            all.retain(|(_, one)| !gone.contains(&(one.service.clone(), one.used)));
            all.extend(wanted(&whole).into_iter().map(|one| (base.clone(), one)));
            let own = path.parent().unwrap_or(&base);
            next.extend(included(&whole, own)?);
        }
    }
    let clean = |text: &str| text::cut(&text::clean(text), 120);
    let beyond = all
        .iter()
        .filter(|(base, one)| is_beyond(root, base, &one.path));
    let found: BTreeSet<Outside> = beyond
        .map(|(_, one)| Outside {
            service: clean(&one.service),
            build: one.used == Use::Build,
            path: clean(&one.path),
        })
        .collect();
    Ok(found.into_iter().collect())
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
