//! Changes to the lab's folder: the system's file events, or looking again and again where those do not arrive.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use labcheck_core::text::{self, say};
use labcheck_probe::is_aside;

/// Between two looks at the folder where there are no events.
const PACE: Duration = Duration::from_secs(2);
/// Folders and files at most.
const MOST: usize = 5000;
/// What changes by itself, and what a student does not edit by hand.
const NEVER: [&str; 3] = [
    "vendor", // What vi writes to see whether it can.
    "4913", ".cache",
];
/// File systems of other machines, which do not tell of changes that are made there (`/proc/self/mountinfo`).
const FAR: [&str; 14] = [
    "9p", "drvfs", "nfs", "nfs4", "cifs", "smb3", "smbfs", "vboxsf", "prl_fs", "virtiofs", "fuse",
    "vmhgfs", "afs", "ncpfs",
];

/// How changes become known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum How {
    /// By the system's events.
    Events,
    /// By looking every two seconds, and why.
    Polling(String),
    /// Not at all: there is no folder.
    Not,
}

/// Folders that are watched; dropping it ends the watching.
pub(crate) struct Files {
    changes: UnboundedReceiver<PathBuf>,
    tell: UnboundedSender<PathBuf>,
    watcher: Option<RecommendedWatcher>,
    watched: Vec<PathBuf>,
    /// How changes become known.
    pub how: How,
}

impl Files {
    /// Begins to watch a lab's folder.
    pub(crate) fn watch(folder: Option<&Path>, poll: bool) -> Self {
        let (tell, changes) = unbounded_channel();
        let mut files = Self {
            changes,
            tell,
            watcher: None,
            watched: Vec::new(),
            how: How::Not,
        };
        let asked = poll.then(|| say!("as `--poll` asks").to_owned());
        files.how = match (asked, folder.and_then(far)) {
            (Some(why), _) | (None, Some(why)) => How::Polling(why),
            (None, None) => How::Events,
        };
        if files.how == How::Events {
            let tell = files.tell.clone();
            match notify::recommended_watcher(move |event| told(&tell, event)) {
                Ok(watcher) => files.watcher = Some(watcher),
                Err(err) => files.how = How::Polling(why(&err)),
            }
        }
        match folder {
            Some(folder) => files.also(folder),
            None => files.how = How::Not,
        }
        files
    }

    /// Watches one more folder or file; what is watched already, or lies in what is, is not watched twice.
    pub(crate) fn also(&mut self, path: &Path) {
        if !path.exists() || self.watched.iter().any(|own| path.starts_with(own)) {
            return;
        }
        self.watched.push(path.to_owned());
        if self.how == How::Not {
            self.how = How::Events;
        }
        if let Some(watcher) = &mut self.watcher {
            for folder in folders(path) {
                if let Err(err) = watcher.watch(&folder, RecursiveMode::NonRecursive) {
                    self.how = How::Polling(why(&err));
                    self.watcher = None;
                    // What was under way by events goes on by looking.
                    for own in &self.watched {
                        poll(own.clone(), self.tell.clone());
                    }
                    return;
                }
            }
        } else {
            poll(path.to_owned(), self.tell.clone());
        }
    }

    /// The next change. Waits as long as there is none, and never ends.
    pub(crate) async fn next(&mut self) -> PathBuf {
        loop {
            let Some(path) = self.changes.recv().await else {
                return std::future::pending().await;
            };
            if !matters(&self.watched, &path) {
                continue;
            }
            // A new folder has files of its own.
            if path.is_dir()
                && let Some(watcher) = &mut self.watcher
            {
                for folder in folders(&path) {
                    let _ = watcher.watch(&folder, RecursiveMode::NonRecursive);
                }
            }
            return path;
        }
    }
}

/// Whether a student edits such a file by hand.
fn matters(roots: &[PathBuf], path: &Path) -> bool {
    let root = roots.iter().find(|root| path.starts_with(root));
    let below = root.and_then(|root| path.strip_prefix(root).ok());
    let below = below.unwrap_or(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let scrap = [".swp", ".swx", ".tmp", "~"];
    let never = below.components().any(|part| {
        let part = part.as_os_str().to_string_lossy();
        is_aside(&part) || NEVER.contains(&part.as_ref())
    });
    !never && !scrap.iter().any(|end| name.ends_with(end))
}

fn told(tell: &UnboundedSender<PathBuf>, event: notify::Result<notify::Event>) {
    let Ok(event) = event else { return };
    // Reading a file is an event too, and the grader reads.
    if matches!(event.kind, EventKind::Access(_)) {
        return;
    }
    for path in event.paths {
        let _ = tell.send(path);
    }
}

fn why(err: &notify::Error) -> String {
    let said = match &err.kind {
        notify::ErrorKind::MaxFilesWatch => {
            say!("the system watches as many files as it may (fs.inotify.max_user_watches)")
                .to_owned()
        }
        _ => err.to_string(),
    };
    say!("as {}", text::cut(&text::clean(&said), 120))
}

/// A folder and the folders below it, those left out that change by themselves.
fn folders(root: &Path) -> Vec<PathBuf> {
    if !root.is_dir() {
        return vec![root.to_owned()];
    }
    let mut all = vec![root.to_owned()];
    let mut at = 0;
    while at < all.len() && all.len() < MOST {
        let entries = std::fs::read_dir(&all[at]).into_iter().flatten().flatten();
        let below = entries
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .map(|entry| entry.path())
            .filter(|path| matters(&[], Path::new(path.file_name().unwrap_or_default())));
        all.extend(below.collect::<Vec<_>>());
        at += 1;
    }
    all
}

/// Looks again and again, on a thread of its own, as long as the receiver is there.
fn poll(root: PathBuf, tell: UnboundedSender<PathBuf>) {
    std::thread::spawn(move || {
        let mut last = states(&root);
        loop {
            let took = Instant::now();
            let now = states(&root);
            let differs = now
                .iter()
                .find(|(path, state)| last.get(*path) != Some(state))
                .or_else(|| last.iter().find(|(path, _)| !now.contains_key(*path)));
            if let Some((path, _)) = differs
                && tell.send(path.clone()).is_err()
            {
                return;
            }
            if tell.is_closed() {
                return;
            }
            last = now;
            // A folder that is slow to look at is looked at less often.
            std::thread::sleep(PACE.max(took.elapsed() * 20));
        }
    });
}

type States = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

fn states(root: &Path) -> States {
    let mut all = States::new();
    let mut add = |path: PathBuf| {
        if let Ok(meta) = std::fs::metadata(&path) {
            all.insert(path, (meta.modified().ok(), meta.len()));
        }
    };
    if root.is_file() {
        add(root.to_owned());
        return all;
    }
    let mut seen = 0;
    for folder in folders(root) {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            seen += 1;
            let file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if file && seen <= MOST {
                add(entry.path());
            }
        }
    }
    all
}

/// Why file events are not to be relied on below a folder.
fn far(folder: &Path) -> Option<String> {
    let table = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let kind = kind_of(&table, folder)?;
    let base = kind.split('.').next().unwrap_or_default();
    FAR.contains(&base).then(|| {
        say!(
            "as file events do not arrive on a `{kind}` file system",
            kind
        )
    })
}

/// The file system's kind of a path, of a table as `proc_pid_mountinfo(5)` describes it: the longest mount point decides.
fn kind_of(table: &str, path: &Path) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for line in table.lines() {
        let (left, right) = line.split_once(" - ")?;
        // Spaces are written as octal numbers.
        let point = left.split(' ').nth(4)?.replace("\\040", " ");
        let kind = right.split(' ').next()?;
        if path.starts_with(&point) && best.as_ref().is_none_or(|(most, _)| point.len() >= *most) {
            best = Some((point.len(), kind.to_owned()));
        }
    }
    best.map(|(_, kind)| text::cut(&text::clean(&kind), 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_by_itself_is_passed_over() {
        let roots = [PathBuf::from("/home/target/lab")];
        let of = |path: &str| matters(&roots, &Path::new("/home/target/lab").join(path));
        for path in ["compose.yaml", "app/src/main.rs", ".env", "db/init/1.sql"] {
            assert!(of(path), "{path}");
        }
        for path in ["app/target/x.rs", ".git/index", "a.swp", "x~", "4913"] {
            assert!(!of(path), "{path}");
        }
    }

    #[test]
    fn far_file_systems_are_known_by_their_kind() {
        let table = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:5 / /mnt/c rw - 9p C:\\134 rw\n\
            3 1 0:6 / /home/ada/my\\040files rw - fuse.sshfs x rw\n";
        let of = |path: &str| kind_of(table, Path::new(path));
        assert_eq!(of("/srv/lab").as_deref(), Some("ext4"));
        assert_eq!(of("/mnt/c/lab").as_deref(), Some("9p"));
        assert_eq!(of("/home/ada/my files/lab").as_deref(), Some("fuse.sshfs"));
        assert_eq!(of("/mnt/cd").as_deref(), Some("ext4"));
    }

    #[tokio::test]
    async fn changes_are_told_by_events_and_by_looking() {
        for poll in [false, true] {
            let dir = tempfile::tempdir().expect("a folder");
            let root = dir.path().canonicalize().expect("it is there");
            std::fs::create_dir(root.join("app")).expect("a folder");
            let mut files = Files::watch(Some(&root), poll);
            assert_eq!(
                matches!(files.how, How::Polling(_)),
                poll,
                "{:?}",
                files.how
            );
            let file = root.join("app/main.rs");
            // Written again until it is seen: a thread may take its time to begin.
            let writing = async {
                for round in 0.. {
                    std::fs::write(&file, "x".repeat(round)).expect("written");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            };
            tokio::select! {
                path = files.next() => assert!(path.starts_with(root.join("app")), "{path:?}"),
                () = writing => {}
            }
        }
    }

    #[tokio::test]
    async fn a_folder_that_is_new_is_watched_too() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().canonicalize().expect("it is there");
        let mut files = Files::watch(Some(&root), false);
        std::fs::create_dir(root.join("db")).expect("a folder");
        assert_eq!(files.next().await, root.join("db"));
        let file = root.join("db/init.sql");
        std::fs::write(&file, "x").expect("written");
        assert_eq!(files.next().await, file);
    }

    #[test]
    fn without_a_folder_nothing_is_watched() {
        assert_eq!(Files::watch(None, false).how, How::Not);
    }
}
