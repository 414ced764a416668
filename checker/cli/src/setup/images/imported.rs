//! Which images came from a file: the engine does not remember, so a small file in the user's data folder does.

use std::collections::BTreeSet;
use std::path::PathBuf;

/// The note of imported images: one id a line.
#[derive(Debug, Clone)]
pub(crate) struct Imported(PathBuf);

impl Imported {
    /// The user's own note.
    pub(crate) fn of_user() -> Self {
        Self::at(crate::file::data().join("imported-images"))
    }

    /// A note at a place of its own.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// The ids; none when nothing was ever imported, or the note cannot be read.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Remembers ids. Best effort: an import is not undone because its note could not be written.
    pub(crate) fn remember(&self, ids: Vec<String>) {
        let mut all = self.ids();
        all.extend(ids);
        let all: Vec<String> = all.into_iter().collect();
        if let Some(parent) = self.0.parent() {
            let _ = std::fs::create_dir_all(parent);
        }
        let _ = std::fs::write(&self.0, all.join("\n"));
    }
}
