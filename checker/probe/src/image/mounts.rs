//! What is mounted into a container: whether it lies over the program, and whether it brings source or templates.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;

use crate::stack::context::StackContext;
use crate::stack::main_process::below;
use labcheck_core::facts::{Mount, MountKind, MountOver, Seen};
use labcheck_engine::files::Limit;
use labcheck_engine::model::inspected::Inspected;
use labcheck_engine::tar::Names;

/// Folders into which settings are mounted. These may be written in a language of their own.
const SETTINGS: [&str; 2] = ["/etc", "/usr/local/etc"];
/// Folders of a container that hold nothing of a program.
const SYSTEM: [&str; 4] = ["/proc", "/sys", "/dev", "/usr/share/zoneinfo"];
/// Folders of a machine that hold sockets, devices, logs and settings of its own, and no work of a student's.
const OF_MACHINE: [&str; 10] = [
    "/etc",
    "/run",
    "/var/run",
    "/var/log",
    "/var/lib",
    "/proc",
    "/sys",
    "/dev",
    "/usr/share",
    "/lib/modules",
];

/// Folders of a machine that hold far more than a lab: no mount of one is harmless.
const WHOLE: [&str; 5] = ["/", "/home", "/root", "/tmp", "/var"];

/// Endings of source files and of templates, in any language.
const SOURCE: [&str; 42] = [
    "rs", "py", "php", "go", "java", "kt", "rb", "cs", "c", "cpp", "cc", "pl", "ex", "exs", "lua",
    "scala", "swift", "ts", "tsx", "class", "jar", "war", "html", "htm", "j2", "jinja", "jinja2",
    "tera", "hbs", "ejs", "twig", "phtml", "erb", "tmpl", "tpl", "pug", "mustache", "jsp", "vue",
    "njk", "sh", "sql",
];
/// Endings of languages in which settings are written as well.
const OF_SETTINGS: [&str; 14] = [
    "py", "php", "rb", "pl", "lua", "ex", "exs", "ts", "j2", "tmpl", "erb", "tpl", "sh", "sql",
];
/// Endings that are source where a browser's files are not meant.
const SCRIPTS: [&str; 3] = ["js", "mjs", "cjs"];

const LIMIT: Limit = Limit {
    bytes: 16 * 1024 * 1024,
    time: Duration::from_secs(2),
};
const MOST_NAMED: usize = 4;

/// Every mount that is worth a look.
pub(crate) async fn look(
    context: &StackContext<'_>,
    inspected: &Inspected,
    runs: &[String],
) -> Vec<MountOver> {
    let mounts = inspected.container.mounts.iter();
    let mounts = mounts.filter(|mount| {
        matches!(
            mount.kind,
            MountKind::Bind | MountKind::Volume | MountKind::AnonymousVolume
        )
    });
    let found = join_all(mounts.map(|mount| one(context, inspected, runs, mount))).await;
    found.into_iter().flatten().collect()
}

async fn one(
    context: &StackContext<'_>,
    inspected: &Inspected,
    runs: &[String],
    mount: &Mount,
) -> Option<MountOver> {
    let at = mount.destination.as_str();
    let program = runs.iter().find(|path| below(path, at)).cloned();
    let workdir = inspected.workdir != "/" && below(&inspected.workdir, at);
    let folder = folder(inspected, &context.stack.shown, mount);
    let counted = counted(at, folder);
    if program.is_none() && !workdir && counted == Counted::Nothing {
        return None;
    }
    let holds = if program.is_some() {
        None
    } else if counted == Counted::Machine {
        // The lab's folder may lie in it, and so may everything else that is on the machine: no name of it is told.
        Some(Seen::Unseen(format!(
            "`{at}` shows a folder of this machine that holds far more than the lab, and is not looked through"
        )))
    } else {
        let endings = match counted {
            Counted::NoSettings => Endings::NoSettings,
            _ if runs_javascript(inspected, runs) => Endings::SourceWithJavaScript,
            _ => Endings::Source,
        };
        let counts = |name: &str| is_source(name, endings);
        Some(source(context, inspected, at, counts).await)
    };
    Some(MountOver {
        destination: at.to_owned(),
        source: mount.source.clone(),
        kind: mount.kind,
        program,
        workdir,
        holds,
    })
}

/// The file or folder of the engine's host that a mount shows: a bind mount, or a volume that is made of one.
fn folder<'a>(
    inspected: &'a Inspected,
    volume_folders: &'a BTreeMap<String, String>,
    mount: &Mount,
) -> Option<&'a str> {
    match mount.kind {
        MountKind::Bind => Some(inspected.bound_at(&mount.destination).unwrap_or_default()),
        MountKind::Volume | MountKind::AnonymousVolume => {
            volume_folders.get(&mount.source).map(String::as_str)
        }
        MountKind::Tmpfs | MountKind::Other => None,
    }
}

/// What counts as source in a mount that holds neither the program nor its working folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    /// It is not looked into.
    Nothing,
    /// It may be anything: the mount shows the whole machine, or a folder in which any program leaves files.
    Machine,
    /// What can be no settings.
    NoSettings,
    /// Every ending of source.
    All,
}

fn counted(at: &str, folder: Option<&str>) -> Counted {
    let in_one = |path: &str, tops: &[&str]| tops.iter().any(|top| below(path, top));
    // A volume that does not hold the program holds data.
    let Some(folder) = folder else {
        return Counted::Nothing;
    };
    if WHOLE.contains(&folder) {
        Counted::Machine
    } else if in_one(at, &SYSTEM) || in_one(folder, &OF_MACHINE) {
        Counted::Nothing
    } else if in_one(at, &SETTINGS) {
        Counted::NoSettings
    } else {
        Counted::All
    }
}

/// Which endings are taken for source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endings {
    /// Source and templates. JavaScript is taken for a browser's.
    Source,
    /// JavaScript too: the program is run by Node or the like.
    SourceWithJavaScript,
    /// No language in which settings are written as well.
    NoSettings,
}

/// Whether a file's name has one of these endings.
pub(crate) fn is_source(name: &str, endings: Endings) -> bool {
    ending(name).is_some_and(|ending| {
        let ending = ending.as_str();
        let source = SOURCE.contains(&ending);
        match endings {
            Endings::Source => source,
            Endings::SourceWithJavaScript => source || SCRIPTS.contains(&ending),
            Endings::NoSettings => source && !OF_SETTINGS.contains(&ending),
        }
    })
}

/// Whether the container's program is run by Node or by what takes its place.
fn runs_javascript(inspected: &Inspected, runs: &[String]) -> bool {
    let words = inspected.container.command.iter();
    let mut names = words.filter_map(|word| word.rsplit('/').next());
    runs.iter().any(|path| is_script(path))
        || names.any(|name| matches!(name, "node" | "npm" | "yarn" | "pnpm" | "bun" | "deno"))
}

fn is_script(path: &str) -> bool {
    ending(path).is_some_and(|ending| SCRIPTS.contains(&ending.as_str()))
}

fn ending(path: &str) -> Option<String> {
    let ending = std::path::Path::new(path).extension()?;
    Some(ending.to_string_lossy().to_ascii_lowercase())
}

/// A few source files and templates below a path.
async fn source(
    context: &StackContext<'_>,
    inspected: &Inspected,
    at: &str,
    counts: impl Fn(&str) -> bool,
) -> Seen<Vec<String>> {
    let mut names = Names::default();
    let mut found: Vec<String> = Vec::new();
    let read = context
        .engine
        .archive(&inspected.container.id, at, LIMIT, |bytes| {
            let own = names.read(bytes).into_iter().filter(|name| counts(name));
            let room = MOST_NAMED.saturating_sub(found.len());
            found.extend(own.take(room).map(|name| context.secrets.show(&name, 120)));
            found.len() < MOST_NAMED
        });
    match read.await {
        Ok(whole) if whole || !found.is_empty() => Seen::Seen(found),
        Ok(_) => Seen::Unseen(format!("`{at}` holds too much to be looked through")),
        Err(why) => Seen::Unseen(format!("`{at}` could not be looked into: {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_engine::model::inspected::Bind;

    fn mount(kind: MountKind, source: &str, at: &str) -> Mount {
        Mount {
            kind,
            source: source.into(),
            destination: at.into(),
            ..Mount::default()
        }
    }

    #[test]
    fn a_volume_that_is_made_of_a_folder_shows_it() {
        let volume_folders = BTreeMap::from([("v5_code".to_owned(), "/home/me/v5/app".to_owned())]);
        let inspected = Inspected {
            binds: vec![Bind {
                host: "/home/me/v5/app".into(),
                inside: "/app".into(),
            }],
            ..Inspected::default()
        };
        let of = |kind, source, at| folder(&inspected, &volume_folders, &mount(kind, source, at));
        assert_eq!(
            of(MountKind::Volume, "v5_code", "/templates"),
            Some("/home/me/v5/app")
        );
        assert_eq!(of(MountKind::Volume, "v5_data", "/data"), None);
        assert_eq!(of(MountKind::Bind, "app", "/app"), Some("/home/me/v5/app"));
        assert_eq!(of(MountKind::Tmpfs, "", "/tmp"), None);
    }

    #[test]
    fn what_is_there_counts_and_not_where() {
        let own = Some("/home/me/v5/app");
        for at in [
            "/templates",
            "/var/lib/app",
            "/run/app",
            "/tmp/app",
            "/var/log/app",
        ] {
            assert_eq!(counted(at, own), Counted::All, "{at}");
        }
        assert_eq!(counted("/etc/app", own), Counted::NoSettings);
        assert_eq!(counted("/dev/x", own), Counted::Nothing);
        for of_machine in ["/etc/localtime", "/run/x.sock", "/var/run"] {
            assert_eq!(
                counted("/run/x", Some(of_machine)),
                Counted::Nothing,
                "{of_machine}"
            );
        }
        for whole in ["/", "/tmp"] {
            assert_eq!(counted("/run/x", Some(whole)), Counted::Machine, "{whole}");
        }
        assert_eq!(counted("/var/lib/app", None), Counted::Nothing, "data");
    }

    #[test]
    fn settings_may_be_written_in_a_language_and_a_page_is_none() {
        use Endings::{NoSettings, Source, SourceWithJavaScript};
        assert!(is_source("a/page.html", NoSettings) && is_source("main.rs", NoSettings));
        assert!(!is_source("settings.py", NoSettings) && is_source("settings.py", Source));
        assert!(!is_source("app.js", NoSettings) && is_source("app.js", SourceWithJavaScript));
        assert!(!is_source("app.js", Source) && !is_source("data.csv", Source));
    }
}
