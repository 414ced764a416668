//! Keeping a copy of a student's files, taking files away, and writing others. Follows no link.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::walk::{Found, Kind, not_written};
use crate::course::tree::Tree;
use labcheck_core::error::Error;
use labcheck_core::text::say;

/// A folder beside another, named after it and the time, which is not there yet.
pub fn kept_name(folder: &Path, now: &str) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let stamp: String = now.chars().filter(|c| *c != ':').collect();
    let first = folder.with_file_name(format!("{name}-kept-{stamp}"));
    let more = (2..).map(|number| folder.with_file_name(format!("{name}-kept-{stamp}-{number}")));
    let mut names = std::iter::once(first.clone()).chain(more);
    names.find(|path| !path.exists()).unwrap_or(first)
}

/// Copies everything to a folder that it makes; links stay links. Nothing is left there when it cannot be finished.
///
/// # Errors
/// [`Error::write`].
pub fn keep(found: &[Found], folder: &Path) -> Result<(), Error> {
    let wrong = |err: io::Error| not_written(folder, &err);
    fs::create_dir(folder).map_err(wrong)?;
    for one in found {
        if let Err(err) = copy(one, &folder.join(&one.path)) {
            // What counts is the first error; the original is untouched.
            let _ = fs::remove_dir_all(folder);
            return Err(not_written(&folder.join(&one.path), &err));
        }
    }
    Ok(())
}

fn copy(from: &Found, to: &Path) -> io::Result<()> {
    if let Some(above) = to.parent() {
        fs::create_dir_all(above)?;
    }
    match &from.kind {
        Kind::File(_) => {
            let copied = fs::copy(&from.at, to)?;
            let there = fs::metadata(&from.at)?.len();
            if copied != there {
                return Err(io::Error::other(say!("it changed while it was copied")));
            }
            Ok(())
        }
        Kind::Link(target) => link(target, to),
        // It holds nothing that could be kept, and stays where it is.
        Kind::Other => Ok(()),
    }
}

#[cfg(unix)]
fn link(target: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

/// Making links may not be allowed there, so the copy says where it led.
#[cfg(not(unix))]
fn link(target: &Path, at: &Path) -> io::Result<()> {
    fs::write(at, target.to_string_lossy().as_bytes())
}

/// Takes files and links away, and folders that became empty.
///
/// # Errors
/// [`Error::write`].
pub fn remove(found: &[Found], folder: &Path) -> Result<(), Error> {
    for one in found.iter().filter(|one| one.kind != Kind::Other) {
        fs::remove_file(&one.at).map_err(|err| not_written(&one.at, &err))?;
        let above = one.at.ancestors().skip(1);
        for above in above.take_while(|above| *above != folder) {
            // One that is not empty stays by itself.
            if fs::remove_dir(above).is_err() {
                break;
            }
        }
    }
    Ok(())
}

/// Writes files below a folder.
///
/// # Errors
/// [`Error::write`].
pub fn write(tree: &Tree, folder: &Path) -> Result<(), Error> {
    for (path, file) in &tree.files {
        let target = folder.join(path);
        file.put(&target)
            .map_err(|err| not_written(&target, &err))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_has_a_name_of_its_own() {
        let above = tempfile::tempdir().expect("a folder");
        let lab = above.path().join("v4");
        let first = kept_name(&lab, "2026-11-22T02:40:11Z");
        assert_eq!(first, above.path().join("v4-kept-2026-11-22T024011Z"));
        fs::create_dir(&first).expect("made");
        let second = kept_name(&lab, "2026-11-22T02:40:11Z");
        assert_eq!(second, above.path().join("v4-kept-2026-11-22T024011Z-2"));
    }
}
