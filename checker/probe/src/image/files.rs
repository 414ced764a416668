//! Files that lie in an image, whatever is mounted over them: compilers, and what should have been left out.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use crate::stack::context::StackContext;
use crate::stack::main_process::below;
use labcheck_core::facts::Seen;
use labcheck_engine::model::inspected::Inspected;
use labcheck_engine::sidecars::NeverStarted;

/// Compilers, and programs that build or fetch what is compiled. An interpreter is none, nor is what installs its
/// packages.
const TOOLS: [&str; 15] = [
    "cargo", "rustc", "gcc", "cc", "g++", "clang", "make", "cmake", "go", "javac", "mvn", "gradle",
    "sbt", "ghc", "swiftc",
];
/// Tools that are folders of their own.
const FOLDERS: [&str; 2] = ["/usr/share/dotnet/sdk", "/usr/lib/dotnet/sdk"];
/// What the official PHP image keeps, and says so in its environment, so that extensions can be compiled.
const OF_PHP: [&str; 5] = ["gcc", "cc", "g++", "make", "clang"];

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Where the installers of Rust and Go put theirs, the first also for root.
const INSTALLERS: &str = concat!(
    "/usr/local/cargo/bin:/usr/local/go/bin:/root",
    "/.cargo/bin"
);
const MOST_FOLDERS: usize = 16;

/// An image's files: seen through the container where no mount is in the way, through one that is never started otherwise.
pub(crate) struct View<'a> {
    context: StackContext<'a>,
    id: String,
    still: Option<NeverStarted>,
    /// Why the image itself could not be looked at.
    trouble: Option<String>,
}

impl<'a> View<'a> {
    pub(crate) async fn open(
        context: &StackContext<'a>,
        inspected: &Inspected,
        runs: &[String],
        names: &[&str],
    ) -> Self {
        let mut view = Self {
            context: *context,
            id: inspected.container.id.clone(),
            still: None,
            trouble: None,
        };
        let mut paths = folders(&path(context, inspected));
        paths.extend(search_folders(inspected, runs).iter().flat_map(|folder| {
            names
                .iter()
                .map(move |name| format!("{}/{name}", folder.trim_end_matches('/')))
        }));
        let hidden = |path: &String| {
            let mut mounts = inspected.container.mounts.iter();
            mounts.any(|mount| below(path, &mount.destination))
        };
        if paths.iter().any(hidden) {
            match context.sidecars.still(&inspected.container.image_id).await {
                Ok(still) => {
                    view.id.clone_from(&still.0);
                    view.still = Some(still);
                }
                Err(why) => view.trouble = Some(format!("its image could not be opened: {why}")),
            }
        }
        view
    }

    pub(crate) async fn close(self, context: &StackContext<'_>) {
        if let Some(still) = self.still {
            context.sidecars.remove(still).await;
        }
    }

    async fn there(&self, path: &str) -> Result<bool, String> {
        if let Some(why) = &self.trouble {
            return Err(why.clone());
        }
        Ok(self.context.engine.stat(&self.id, path).await?.is_some())
    }

    /// Those of some paths at which something lies, in their order.
    async fn lying(&self, paths: Vec<String>) -> Result<Vec<String>, String> {
        let there = join_all(paths.iter().map(|path| self.there(path))).await;
        let mut found = Vec::new();
        for (path, there) in paths.into_iter().zip(there) {
            if there? {
                found.push(path);
            }
        }
        Ok(found)
    }
}

/// The search path of the image.
fn path(context: &StackContext<'_>, inspected: &Inspected) -> String {
    let raw = context
        .stack_secrets
        .image_env(&inspected.container.image_id);
    let own = raw.iter().find_map(|row| row.strip_prefix("PATH="));
    own.or_else(|| inspected.var("PATH"))
        .unwrap_or(PATH)
        .to_owned()
}

/// The folders of a search path, and those in which tools lie by default: the search path is a setting of the image that is
/// looked at, and a tool that is not on it is there all the same.
fn folders(path: &str) -> Vec<String> {
    let own = path.split(':').filter(|folder| folder.starts_with('/'));
    let usual = PATH.split(':').chain(INSTALLERS.split(':'));
    let mut once = BTreeSet::new();
    own.take(MOST_FOLDERS)
        .chain(usual)
        .map(|folder| folder.trim_end_matches('/').to_owned())
        .filter(|folder| once.insert(folder.clone()))
        .collect()
}

/// Compilers and the like in the folders of the image's search path and in the usual ones: one path for each.
pub(crate) async fn toolchain(
    view: &View<'_>,
    context: &StackContext<'_>,
    inspected: &Inspected,
) -> Seen<Vec<String>> {
    let php = {
        let raw = context
            .stack_secrets
            .image_env(&inspected.container.image_id);
        raw.iter().any(|row| row.starts_with("PHPIZE_DEPS="))
    };
    let found = async {
        let folders = view.lying(folders(&path(context, inspected))).await?;
        let tools = TOOLS
            .into_iter()
            .filter(|tool| !(php && OF_PHP.contains(tool)));
        let paths =
            tools.flat_map(|tool| folders.iter().map(move |folder| format!("{folder}/{tool}")));
        let mut found = view
            .lying(paths.chain(FOLDERS.map(str::to_owned)).collect())
            .await?;
        let mut once = BTreeSet::new();
        found.retain(|path| once.insert(path.rsplit('/').next().unwrap_or(path).to_owned()));
        Ok::<_, String>(found)
    };
    seen(found.await)
}

/// Where superfluous things end up: the working folder, the top, and the folder of the program.
fn search_folders(inspected: &Inspected, runs: &[String]) -> BTreeSet<String> {
    const SYSTEM: [&str; 7] = ["/bin", "/sbin", "/usr", "/lib", "/etc", "/run", "/opt/java"];
    let mut folders = BTreeSet::from(["/".to_owned(), inspected.workdir.clone()]);
    let of_program = runs
        .iter()
        .filter(|path| !SYSTEM.iter().any(|top| below(path, top)))
        .filter_map(|path| path.rsplit_once('/'))
        .map(|(folder, _)| folder);
    folders.extend(
        of_program
            .filter(|folder| !folder.is_empty())
            .map(str::to_owned)
            .take(4),
    );
    folders
}

/// For each name, where it lies.
pub(crate) async fn lying(
    view: &View<'_>,
    inspected: &Inspected,
    runs: &[String],
    names: &[&str],
) -> BTreeMap<String, Seen<Vec<String>>> {
    let folders = search_folders(inspected, runs);
    let each = names.iter().map(|name| {
        let paths = folders
            .iter()
            .map(|folder| format!("{}/{name}", folder.trim_end_matches('/')));
        // A program may be copied with the folder it was built into; then what else lies there counts.
        let paths = paths.map(|path| {
            if runs.iter().any(|run| below(run, &path)) {
                format!("{path}/release/deps")
            } else {
                path
            }
        });
        let paths: Vec<String> = paths.collect();
        async move { ((*name).to_owned(), seen(view.lying(paths).await)) }
    });
    join_all(each).await.into_iter().collect()
}

fn seen<T>(found: Result<T, String>) -> Seen<T> {
    match found {
        Ok(found) => Seen::Seen(found),
        Err(why) => Seen::Unseen(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_looked_for_off_the_search_path_too() {
        let found = folders("/opt/own/:relative:/usr/bin");
        assert_eq!(found[..2], ["/opt/own", "/usr/bin"]);
        for usual in ["/usr/local/bin", "/bin", "/usr/local/cargo/bin"] {
            assert_eq!(found.iter().filter(|one| *one == usual).count(), 1);
        }
        let many: Vec<String> = (0..100).map(|at| format!("/{at}")).collect();
        assert!(folders(&many.join(":")).contains(&"/usr/bin".to_owned()));
    }
}
