//! Polling: looking at a folder again and again, where file events do not arrive.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::mpsc::UnboundedSender;

use super::folders::{MOST, folders};

/// Between two looks at the folder where there are no events.
const PACE: Duration = Duration::from_secs(2);

/// Looks again and again, on a thread of its own, as long as the receiver is there.
pub(super) fn poll(root: PathBuf, tell: UnboundedSender<PathBuf>) {
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
