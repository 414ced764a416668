//! Files that are mounted into a container and were changed after it was started.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::future::join_all;

use super::kind::Drift;
use super::times::{SLACK_MS, changed, was_up};
use crate::compose::dockerignore::Ignored;
use crate::deadline::bounded;
use crate::project_files::ProjectFiles;
use labcheck_core::text;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Inspected;
use labcheck_engine::model::time;

/// Longest walk through mounted folders.
const WALK: Duration = Duration::from_secs(2);
/// Files looked at in one mounted folder.
const MOST_FILES: usize = 5000;
/// Files that a program is made from.
const BUILT: [&str; 12] = [
    "rs", "toml", "go", "java", "kt", "cs", "c", "h", "cpp", "hpp", "zig", "swift",
];
/// Files that most programs read once, when they start.
const READ_ONCE: [&str; 11] = [
    "py", "js", "mjs", "ts", "rb", "pl", "conf", "yaml", "yml", "env", "sql",
];

/// What is mounted into a project's containers and was changed after they were started ([`Drift::Mounted`]), one file a
/// container; nothing where the engine is on another machine or does not answer.
pub async fn changed_mounts(engine: &Engine, project: &str) -> Vec<Drift> {
    let listed = engine.list().await.unwrap_or_default();
    if engine.host.is_some() {
        return Vec::new();
    }
    let own = listed
        .iter()
        .filter(|row| row.project.as_deref() == Some(project) && !row.oneoff);
    let each = own.map(|row| async {
        let inspected = engine.inspect(&row.id).await.ok()??;
        look(&inspected).await
    });
    join_all(each).await.into_iter().flatten().collect()
}

/// The newest file that is mounted into a container and was changed after it was started.
pub(crate) async fn look(inspected: &Inspected) -> Option<Drift> {
    if !was_up(inspected) {
        return None;
    }
    let started = time::millis(&inspected.started_at)?;
    let sources: Vec<PathBuf> = inspected
        .binds
        .iter()
        .map(|bind| PathBuf::from(&bind.host))
        .collect();
    let folder = inspected.folder.clone();
    let found = bounded(WALK, move || {
        // A compose file may mount any folder of this machine, and files of others are not told by name. What was mounted
        // without one was named by the person at the keyboard.
        let own = folder.map(|folder| ProjectFiles::of(Path::new(&folder)));
        let own = |source: &Path| own.as_ref().is_none_or(|own| own.canonical(source).is_ok());
        let sources = sources.iter().filter(|source| own(source));
        let each = sources.filter_map(|source| newest(source));
        each.max()
    })
    .await??;
    let (at, file) = found;
    (at > started + SLACK_MS).then(|| Drift::Mounted {
        built: BUILT.contains(&ending(&file).as_str()),
        file: text::cut(&text::clean(&file), 120),
        service: inspected.container.known_as().to_owned(),
    })
}

/// The file of a mounted folder that was changed last, of those that a program is made from or reads once.
fn newest(source: &Path) -> Option<(u64, String)> {
    let name = source.file_name()?.to_string_lossy().into_owned();
    let meta = std::fs::metadata(source).ok()?;
    if meta.is_file() {
        return Some((changed(source)?, name));
    }
    // The engine's socket and the like.
    if !meta.is_dir() {
        return None;
    }
    let ignored = Ignored::default();
    let mut folders = vec![String::new()];
    let mut seen = 0;
    let mut found = None;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(source.join(&folder)).ok()?.flatten() {
            seen += 1;
            if seen > MOST_FILES {
                return found;
            }
            let own = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() {
                own
            } else {
                format!("{folder}/{own}")
            };
            if ignored.leaves_out(&path) {
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() && counts(&path) => {
                    let at = changed(&entry.path());
                    found = found.max(at.map(|at| (at, format!("{name}/{path}"))));
                }
                _ => {}
            }
        }
    }
    found
}

fn counts(path: &str) -> bool {
    // What a browser asks for is read anew each time.
    let mut folders = path.split('/');
    if folders.any(|folder| matches!(folder, "static" | "public" | "assets")) {
        return false;
    }
    let ending = ending(path);
    if ending == "html" {
        return path.split('/').any(|folder| folder == "templates");
    }
    BUILT.contains(&ending.as_str()) || READ_ONCE.contains(&ending.as_str())
}

fn ending(path: &str) -> String {
    let ending = Path::new(path).extension().unwrap_or_default();
    ending.to_string_lossy().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_is_made_from_counts_and_what_it_makes_does_not() {
        let dir = tempfile::tempdir().expect("a folder");
        let app = dir.path().join("app");
        for path in [
            "src/main.rs",
            "target/debug/x.rs",
            "static/a.css",
            "static/uikit.min.js",
            "README.md",
        ] {
            let path = app.join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, "x").expect("a file");
        }
        let (_, file) = newest(&app).expect("a file");
        assert_eq!(file, "app/src/main.rs");
        let single = dir.path().join("password.txt");
        std::fs::write(&single, "made-up").expect("a file");
        assert!(newest(&single).is_some_and(|(_, file)| file == "password.txt"));
        assert_eq!(newest(Path::new("/dev/null")), None);
    }
}
