//! The folders that are watched, and which of their files a student edits by hand.

use std::path::{Path, PathBuf};

use labcheck_probe::is_aside;

/// Folders and files at most.
pub(super) const MOST: usize = 5000;
/// What changes by itself, and what a student does not edit by hand.
const NEVER: [&str; 3] = [
    "vendor", // What vi writes to see whether it can.
    "4913", ".cache",
];

/// Whether a student edits such a file by hand.
pub(super) fn matters(roots: &[PathBuf], path: &Path) -> bool {
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

/// A folder and the folders below it, those left out that change by themselves.
pub(super) fn folders(root: &Path) -> Vec<PathBuf> {
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
}
