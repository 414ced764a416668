//! What the Dockerfile says, and whether the running image is the one that its name and its files stand for now.

use std::path::Path;
use std::time::Duration;
use std::time::UNIX_EPOCH;

use tokio::sync::OnceCell;

use crate::compose::build_section::Build;
use crate::compose::dockerfile::{self, Said};
use crate::compose::dockerignore::{Ignored, Pattern};
use crate::deadline::bounded;
use labcheck_core::facts::{Base, Current, Dockerfile, Seen};
use labcheck_core::redact::known::Secrets;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Inspected;
use labcheck_engine::raw::Worked;

const MOST_FILES: usize = 5000;
/// Longest walk through what an image is built from.
const WALK: Duration = Duration::from_secs(5);
const MOST_NAMED: usize = 4;

/// The Dockerfile as a fact.
pub(crate) fn dockerfile(build: &Result<Build, String>, secrets: &Secrets) -> Seen<Dockerfile> {
    let build = match build {
        Ok(build) => build,
        Err(why) => return Seen::Unseen(why.clone()),
    };
    let said = dockerfile::read(&build.text, &build.contexts);
    let bases = said.bases.into_iter().take(50).map(|base| Base {
        line: base.line,
        image: secrets.show(&base.image, 160),
    });
    Seen::Seen(Dockerfile {
        path: secrets.show(&build.label, 160),
        bases: bases.collect(),
        exposes: said
            .exposes
            .iter()
            .take(50)
            .map(|port| secrets.show(port, 20))
            .collect(),
    })
}

/// An engine, and when its builder worked: asked for once, where a check wants to know, as that takes the engine a while.
pub(crate) struct Builder<'a> {
    engine: &'a Engine,
    worked: OnceCell<Result<Vec<Worked>, String>>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(engine: &'a Engine) -> Self {
        Self {
            engine,
            worked: OnceCell::new(),
        }
    }

    async fn worked(&self) -> &Result<Vec<Worked>, String> {
        self.worked
            .get_or_init(|| self.engine.builder_worked())
            .await
    }
}

/// Whether image, name and files are in step.
pub(crate) async fn look(
    builder: &Builder<'_>,
    inspected: &Inspected,
    build: &Result<Build, String>,
    secrets: &Secrets,
) -> Current {
    Current {
        superseded: superseded(builder.engine, inspected).await,
        newer: newer(builder, inspected, build, secrets).await,
    }
}

async fn superseded(engine: &Engine, inspected: &Inspected) -> Seen<bool> {
    let container = &inspected.container;
    if container.image.starts_with("sha256:") {
        return Seen::Seen(false);
    }
    match engine.image_named(&container.image).await {
        Ok(Some(id)) => Seen::Seen(id != container.image_id),
        Ok(None) => Seen::Unseen(format!("no image is called `{}` any more", container.image)),
        Err(why) => Seen::Unseen(why),
    }
}

async fn newer(
    builder: &Builder<'_>,
    inspected: &Inspected,
    build: &Result<Build, String>,
    secrets: &Secrets,
) -> Seen<Vec<String>> {
    let build = match build {
        Ok(build) => build,
        Err(why) => return Seen::Unseen(why.clone()),
    };
    let engine = builder.engine;
    // Two machines' clocks are not compared.
    if engine.host.is_some() {
        return Seen::Unseen("the engine is on another machine".into());
    }
    let id = &inspected.container.image_id;
    let times = match engine.image_times(id).await {
        Ok(times) => times,
        Err(why) => return Seen::Unseen(why),
    };
    let found = changed_since(build, times.created, secrets).await;
    let Seen::Seen(changed) = &found else {
        return found;
    };
    let Some(first) = changed.first() else {
        return found;
    };
    // A build that finds everything done before makes no other image, but names the one there is, as any `docker tag` does.
    let Some(named) = times.named else {
        return Seen::Unseen(format!(
            "{first} was changed after the image was made, and the engine does not say when that was last built"
        ));
    };
    let since = changed_since(build, named.max(times.created), secrets).await;
    if !matches!(&since, Seen::Seen(changed) if changed.is_empty()) {
        return since;
    }
    match builder.worked().await {
        Ok(worked) if worked.iter().any(|work| ended_with(work.at, named)) => since,
        Ok(_) => Seen::Unseen(format!(
            "{first} was changed after the image was made; later the image was named anew, and nothing tells of a build then"
        )),
        Err(why) => Seen::Unseen(format!(
            "{first} was changed after the image was made; later the image was named anew, and whether by a build is not known: {why}"
        )),
    }
}

/// Whether the builder laid its sources aside when the image was named: the last that a build does, one after the other.
fn ended_with(worked: u64, named: u64) -> bool {
    const BEFORE: u64 = 500;
    // A slow machine under load takes seconds.
    const AFTER: u64 = 15_000;
    (named.saturating_sub(BEFORE)..=named + AFTER).contains(&worked)
}

/// Files that the build takes along and that were changed after a moment (milliseconds since 1970).
async fn changed_since(build: &Build, moment: u64, secrets: &Secrets) -> Seen<Vec<String>> {
    let build = build.clone();
    let found = bounded(WALK, move || walk(&build, moment)).await;
    match found {
        Some(found) => found.map(|all| all.iter().map(|path| secrets.show(path, 160)).collect()),
        None => Seen::Unseen("looking at the build's folder took too long".into()),
    }
}

fn walk(build: &Build, moment: u64) -> Seen<Vec<String>> {
    let text = |path: &Path| build.files.read(path).ok();
    let mut found = Vec::new();
    if build
        .file
        .as_deref()
        .is_some_and(|file| changed(file).is_some_and(|at| at > moment))
    {
        found.push(build.label.clone());
    }
    let of_dockerfile = build
        .file
        .as_ref()
        .and_then(|file| text(Path::new(&format!("{}.dockerignore", file.display()))));
    let ignored = of_dockerfile.or_else(|| text(&build.context.join(".dockerignore")));
    let ignored = Ignored::read(&ignored.unwrap_or_default());
    let Said { copies, .. } = dockerfile::read(&build.text, &build.contexts);
    let copies: Vec<_> = copies
        .iter()
        .map(|copy| copy.as_deref().map(Pattern::read))
        .collect();
    let taken = |path: &str| {
        copies
            .iter()
            .any(|copy| copy.as_ref().is_none_or(|pattern| pattern.covers(path)))
    };
    let mut folders = vec![String::new()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(build.context.join(&folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            seen += 1;
            if seen > MOST_FILES {
                return if found.is_empty() {
                    Seen::Unseen("the build's folder holds too many files to look at".into())
                } else {
                    Seen::Seen(found)
                };
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() {
                name
            } else {
                format!("{folder}/{name}")
            };
            if ignored.leaves_out(&path) {
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() && taken(&path) => {
                    let newer = changed(&entry.path()).is_some_and(|at| at > moment);
                    if newer && found.len() < MOST_NAMED {
                        found.push(path);
                    }
                }
                _ => {}
            }
        }
    }
    found.sort();
    found.dedup();
    Seen::Seen(found)
}

fn changed(file: &Path) -> Option<u64> {
    let at = std::fs::metadata(file).ok()?.modified().ok()?;
    let since = at.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project_files::ProjectFiles;

    fn found(since: u64) -> Vec<String> {
        let dir = tempfile::tempdir().expect("a folder");
        for path in [
            "src/main.rs",
            "notes.txt",
            "Über uns/Seite 1.v2.html",
            "target/x.rs",
            "secrets/p.txt",
            "Dockerfile",
            ".dockerignore",
        ] {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, "secrets\n").expect("a file");
        }
        let build = Build {
            context: dir.path().into(),
            text: "FROM a:1\nCOPY src secrets ./\nCOPY [\"Über uns\", \"/pages/\"]\n".into(),
            file: Some(dir.path().join("Dockerfile")),
            label: "Dockerfile".into(),
            contexts: Vec::new(),
            files: ProjectFiles::of(dir.path()),
        };
        match walk(&build, since) {
            Seen::Seen(found) => found,
            Seen::Unseen(why) => panic!("{why}"),
        }
    }

    #[test]
    fn a_build_lays_its_sources_aside_when_it_has_named_the_image() {
        assert!(ended_with(10_024, 10_000));
        assert!(!ended_with(9_000, 10_000));
        assert!(ended_with(24_000, 10_000));
        assert!(!ended_with(26_000, 10_000));
    }

    #[test]
    fn only_what_the_build_copies_counts() {
        assert_eq!(
            found(0),
            ["Dockerfile", "src/main.rs", "Über uns/Seite 1.v2.html"]
        );
        assert_eq!(found(u64::MAX), Vec::<String>::new());
    }
}
