//! Which images came from a file: the engine does not remember, so a small file in the user's data folder does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::assets;

fn file() -> PathBuf {
    assets::data().join("imported-images")
}

/// The ids of imported images; none when nothing was ever imported, or the file cannot be read.
pub(super) fn ids() -> BTreeSet<String> {
    read(&file())
}

/// Remembers ids. Best effort: an import is not undone because its note could not be written.
pub(super) fn remember(ids: &[String]) {
    let path = file();
    let mut all = read(&path);
    all.extend(ids.iter().cloned());
    let ids: Vec<&str> = all.iter().map(String::as_str).collect();
    if let Some(parent) = path.parent() {
        let _ = std::fs::create_dir_all(parent);
    }
    let _ = std::fs::write(path, ids.join("\n"));
}

fn read(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}
