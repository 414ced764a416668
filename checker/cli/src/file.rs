//! Files of the user's: where they belong, and writing them so that they are never half there.

use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

/// The user's data folder for labcheck (`$XDG_DATA_HOME/labcheck` and its likes elsewhere).
pub(crate) fn data() -> PathBuf {
    etcetera::choose_base_strategy()
        .map_or_else(|_| std::env::temp_dir(), |strategy| strategy.data_dir())
        .join("labcheck")
}

/// Writes a file part its place and moves it there: a full disk leaves what was there before.
///
/// # Errors
/// What the system says of the folder or the file.
pub(crate) fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not the name of a file"))?;
    let part = folder.join(format!(
        ".{}.{}.part",
        name.to_string_lossy(),
        std::process::id()
    ));
    let written = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        // The first error is the one that counts.
        let _ = std::fs::remove_file(&part);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("facts.json");
        write_whole(&path, "{}").expect("written");
        assert!(write_whole(&folder.path().join("missing/facts.json"), "{}").is_err());
        assert_eq!(std::fs::read_dir(&folder).expect("there").count(), 1);
        assert_eq!(std::fs::read_to_string(path).expect("there"), "{}");
    }
}
