//! Whether the stack runs what its files say now: compose files, and files that are mounted into its containers.
//!
//! Whether Compose would make a container anew is asked of Compose itself (`up --dry-run`), as only Compose knows; where
//! it cannot say, times decide, and are told as no more than that. Nothing is started.

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use futures_util::future::{join, join_all, join3};

use crate::compose::build_section::Build;
use crate::compose::dockerignore::Ignored;
use crate::deadline::bounded;
use crate::image::freshness;
use crate::image::freshness::Builder;
use labcheck_core::facts::{Seen, Status};
use labcheck_core::redact::known::Secrets;
use labcheck_core::text;
use labcheck_engine::client::Engine;
use labcheck_engine::compose::cli::Project;
use labcheck_engine::compose::files::is_site_override;
use labcheck_engine::model::inspected::Inspected;
use labcheck_engine::model::time;

/// Longest walk through mounted folders.
const WALK: Duration = Duration::from_secs(2);
/// Files looked at in one mounted folder.
const MOST_FILES: usize = 5000;
/// File systems count in milliseconds at best, and a container is made some moments after its file was read.
const SLACK_MS: u64 = 10;
/// Files that a program is made from.
const BUILT: [&str; 12] = [
    "rs", "toml", "go", "java", "kt", "cs", "c", "h", "cpp", "hpp", "zig", "swift",
];
/// Files that most programs read once, when they start.
const READ_ONCE: [&str; 11] = [
    "py", "js", "mjs", "ts", "rb", "pl", "conf", "yaml", "yml", "env", "sql",
];

/// Something of the stack that is older than its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// Compose would make these services anew, or make them at all.
    Compose {
        /// The file that was changed last.
        file: String,
        /// The project.
        project: String,
        /// Services; empty when Compose could not be asked, and only the time tells.
        services: Vec<String>,
    },
    /// Compose cannot read its files any more.
    Unreadable {
        /// The file that was changed last.
        file: String,
        /// Compose's own words.
        why: String,
    },
    /// A file that is mounted was changed after the container was last started.
    Mounted {
        /// The file, from the mounted folder on.
        file: String,
        /// How the container is known.
        service: String,
        /// Whether a program is made from such a file, so that the old one runs for certain.
        built: bool,
    },
    /// A file that an image is built from was changed after the build.
    Image {
        /// The file, from the build's folder on.
        file: String,
        /// How the container is known.
        service: String,
    },
    /// An image was built anew, and the container still runs the one from before.
    Superseded {
        /// How the container is known.
        service: String,
    },
}

/// What of a stack is older than its files, of containers that were looked at just now; empty where the engine is on another
/// machine. Where a check asked for a container's image already, its
/// verdict says so.
pub(crate) async fn of(
    engine: &Engine,
    projects: &[String],
    inspected: &[Inspected],
    asked: impl Fn(&str) -> bool,
) -> Vec<Drift> {
    if engine.host.is_some() {
        return Vec::new();
    }
    let composed = join_all(
        projects
            .iter()
            .map(|project| compose(engine, project, inspected)),
    );
    let mounted = join_all(inspected.iter().map(mounted));
    let images = inspected.iter().filter(|one| !asked(&one.container.name));
    let builder = Builder::new(engine);
    let images = join_all(images.map(|one| image(&builder, one)));
    let (composed, mounted, images) = join3(composed, mounted, images).await;
    let all = composed.into_iter().chain(mounted).chain(images);
    all.flatten().collect()
}

/// Whether a project's compose files ask for something else by now.
async fn compose(engine: &Engine, name: &str, all: &[Inspected]) -> Option<Drift> {
    let own = all
        .iter()
        .filter(|inspected| inspected.container.project.as_deref() == Some(name));
    let oldest = own
        .filter_map(|inspected| Some(time::now().saturating_sub(inspected.created_ms_ago?)))
        .min()?;
    let project = Project::named(name, all, &engine.cli).ok()?;
    // Files with variables lie beside them.
    let folder = project.folder().to_owned();
    let beside = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let variables = beside.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name == ".env" || name.ends_with(".env")
    });
    let (newest, file) = project
        .files()
        .iter()
        .filter(|file| !is_site_override(file))
        .cloned()
        .chain(variables)
        .filter_map(|path| Some((changed(&path)?, path)))
        .max()?;
    if newest <= oldest + SLACK_MS {
        return None;
    }
    let file = text::cut(
        &text::clean(&file.file_name().unwrap_or_default().to_string_lossy()),
        80,
    );
    let own = |service: &str| {
        let mut all = all.iter();
        all.any(|inspected| {
            inspected.container.project.as_deref() == Some(name)
                && inspected.container.service.as_deref() == Some(service)
        })
    };
    if let Err(why) = project.readable().await {
        return Some(Drift::Unreadable { file, why });
    }
    let project_name = name.to_owned();
    match would_make(&project, all).await {
        Ok(names) if names.is_empty() => None,
        Ok(names) => {
            let mut services: Vec<String> = names
                .iter()
                .filter_map(|container| service_of(container, name, all, own))
                .collect();
            services.sort();
            services.dedup();
            Some(Drift::Compose {
                file,
                project: project_name,
                services,
            })
        }
        Err(_) => Some(Drift::Compose {
            file,
            project: project_name,
            services: Vec::new(),
        }),
    }
}

/// Names of containers that Compose would make or make anew. One that was made by hand is compared without what
/// `labcheck start` adds, and one that was made by that with it.
async fn would_make(project: &Project, all: &[Inspected]) -> Result<Vec<String>, String> {
    if !project.has_beside() {
        return project.would_make(false).await;
    }
    let (with, without) = join(project.would_make(true), project.would_make(false)).await;
    let by_start = |name: &str| {
        let there = all.iter().find(|one| one.container.name == name)?;
        let files = there.config_files.as_deref().unwrap_or_default();
        Some(
            files
                .split(',')
                .any(|file| is_site_override(Path::new(file))),
        )
    };
    let mut names = with?;
    names.retain(|name| by_start(name) != Some(false));
    let by_hand = without?.into_iter();
    names.extend(by_hand.filter(|name| by_start(name) == Some(false)));
    Ok(names)
}

/// The service of a container that is there, or that Compose would name `project-service-1`.
fn service_of(
    container: &str,
    project: &str,
    all: &[Inspected],
    own: impl Fn(&str) -> bool,
) -> Option<String> {
    let there = all.iter().find(|one| one.container.name == container);
    if let Some(inspected) = there {
        return inspected.container.service.clone();
    }
    let rest = container
        .strip_prefix(project)
        .and_then(|rest| rest.strip_prefix(['-', '_']))
        .unwrap_or(container);
    let service = rest
        .rsplit_once(['-', '_'])
        .map_or(rest, |(service, number)| {
            if number.parse::<u32>().is_ok() {
                service
            } else {
                rest
            }
        });
    // Another replica of a service that is there changes nothing that was edited.
    (!own(service)).then(|| text::cut(&text::clean(service), 80))
}

/// Whether a container's image is older than what it is built from.
async fn image(builder: &Builder<'_>, inspected: &Inspected) -> Option<Drift> {
    if !was_up(inspected) {
        return None;
    }
    let build = Build::of(inspected).ok()?;
    let known = Ok(build.clone());
    let current = freshness::look(builder, inspected, &known, &Secrets::default()).await;
    let service = inspected.container.known_as().to_owned();
    if current.superseded == Seen::Seen(true) {
        return Some(Drift::Superseded { service });
    }
    let file = current.newer.get()?.first()?.clone();
    Some(Drift::Image {
        file: from_lab(inspected, &build, file),
        service,
    })
}

/// One that ended, by a slip that is mended by now, has to be started anew as well.
fn was_up(inspected: &Inspected) -> bool {
    matches!(
        inspected.container.state.status,
        Status::Running | Status::Exited | Status::Restarting
    )
}

/// A file of a build's folder as it is called from the folder of the compose file; the Dockerfile is called so already.
fn from_lab(inspected: &Inspected, build: &Build, file: String) -> String {
    let lab = inspected.folder.as_deref().map(Path::new);
    let below = lab.and_then(|lab| build.context.strip_prefix(lab).ok());
    match below {
        Some(below) if file != build.label && !below.as_os_str().is_empty() => {
            format!("{}/{file}", below.display())
        }
        _ => file,
    }
}

/// The newest file that is mounted into a container and was changed after it was started.
async fn mounted(inspected: &Inspected) -> Option<Drift> {
    if !was_up(inspected) {
        return None;
    }
    let started = time::millis(&inspected.started_at)?;
    let sources: Vec<PathBuf> = inspected
        .binds
        .iter()
        .map(|bind| PathBuf::from(&bind.host))
        .collect();
    let found = bounded(WALK, move || {
        let each = sources.iter().filter_map(|source| newest(source));
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

/// When a file was changed, in milliseconds since 1970.
fn changed(file: &Path) -> Option<u64> {
    let at = std::fs::metadata(file).ok()?.modified().ok()?;
    u64::try_from(at.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

#[cfg(test)]
#[path = "drift_tests.rs"]
mod tests;
