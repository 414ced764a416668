//! What is mounted into a container: whether it lies over the program, and whether it brings source or templates.

use std::time::Duration;

use futures_util::future::join_all;

use super::looked::Looked;
use super::parts::Parts;
use super::program::below;
use super::tar::Names;
use crate::facts::{Mount, MountKind, Over, Seen};

/// Folders into which settings, secrets, sockets and logs are mounted, and no source.
const SETTINGS: [&str; 11] = [
    "/etc",
    "/run",
    "/var/run",
    "/var/log",
    "/var/lib",
    "/proc",
    "/sys",
    "/dev",
    "/tmp",
    "/usr/local/etc",
    "/usr/share/zoneinfo",
];

/// Endings of source files and of templates, in any language.
const SOURCE: [&str; 34] = [
    "rs", "py", "php", "go", "java", "kt", "rb", "cs", "c", "cpp", "cc", "pl", "ex", "exs", "lua",
    "scala", "swift", "ts", "tsx", "class", "jar", "war", "html", "htm", "j2", "jinja", "jinja2",
    "tera", "hbs", "ejs", "twig", "phtml", "erb", "tmpl",
];
/// Endings that are source where a browser's files are not meant.
const SCRIPTS: [&str; 3] = ["js", "mjs", "cjs"];

const MOST_BYTES: usize = 16 * 1024 * 1024;
const DEADLINE: Duration = Duration::from_secs(2);
const MOST_NAMED: usize = 4;

/// Every mount that is worth a look.
pub(super) async fn look(parts: &Parts<'_>, looked: &Looked, runs: &[String]) -> Vec<Over> {
    let mounts = looked.container.mounts.iter();
    let mounts = mounts.filter(|mount| {
        matches!(
            mount.kind,
            MountKind::Bind | MountKind::Volume | MountKind::AnonymousVolume
        )
    });
    let found = join_all(mounts.map(|mount| one(parts, looked, runs, mount))).await;
    found.into_iter().flatten().collect()
}

async fn one(parts: &Parts<'_>, looked: &Looked, runs: &[String], mount: &Mount) -> Option<Over> {
    let at = mount.destination.as_str();
    let program = runs.iter().find(|path| below(path, at)).cloned();
    let workdir = looked.workdir != "/" && below(&looked.workdir, at);
    let settings = SETTINGS.iter().any(|top| below(at, top));
    let bind = mount.kind == MountKind::Bind;
    // A volume beside the program holds data.
    if program.is_none() && !workdir && (settings || !bind) {
        return None;
    }
    let node = runs.iter().any(|path| is_script(path)) || {
        let words = looked.container.command.iter();
        let mut names = words.filter_map(|word| word.rsplit('/').next());
        names.any(|name| matches!(name, "node" | "npm" | "yarn" | "pnpm" | "bun" | "deno"))
    };
    let holds = if program.is_some() {
        None
    } else {
        Some(source(parts, looked, at, node).await)
    };
    Some(Over {
        destination: at.to_owned(),
        source: mount.source.clone(),
        kind: mount.kind,
        program,
        workdir,
        holds,
    })
}

fn is_script(path: &str) -> bool {
    ending(path).is_some_and(|ending| SCRIPTS.contains(&ending.as_str()))
}

fn ending(path: &str) -> Option<String> {
    let ending = std::path::Path::new(path).extension()?;
    Some(ending.to_string_lossy().to_ascii_lowercase())
}

/// A few source files and templates below a path.
async fn source(parts: &Parts<'_>, looked: &Looked, at: &str, node: bool) -> Seen<Vec<String>> {
    let mut names = Names::default();
    let mut found: Vec<String> = Vec::new();
    let counts = |name: &str| {
        ending(name).is_some_and(|ending| {
            SOURCE.contains(&ending.as_str()) || (node && SCRIPTS.contains(&ending.as_str()))
        })
    };
    let read = parts
        .engine
        .archive(&looked.container.id, at, MOST_BYTES, DEADLINE, |bytes| {
            let own = names.read(bytes).into_iter().filter(|name| counts(name));
            let room = MOST_NAMED.saturating_sub(found.len());
            found.extend(own.take(room).map(|name| parts.secrets.show(&name, 120)));
            found.len() < MOST_NAMED
        });
    match read.await {
        Ok(whole) if whole || !found.is_empty() => Seen::Seen(found),
        Ok(_) => Seen::Unseen(format!("`{at}` holds too much to be looked through")),
        Err(why) => Seen::Unseen(format!("`{at}` could not be looked into: {why}")),
    }
}
