//! Changes to the lab's folder: the system's file events, or polling where those do not arrive.

use std::path::{Path, PathBuf};

use super::file_system::far;
use super::folders::{folders, matters};
use super::polling::poll;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use labcheck_core::text::{self, say};

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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

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
