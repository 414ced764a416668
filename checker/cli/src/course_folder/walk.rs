//! What lies in a lab's folder. Follows no link, opens no file, and passes over what tools made and make again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use labcheck_core::error::Error;

/// Folders that tools fill and fill again: cargo's, npm's, git's.
const MADE_AGAIN: [&str; 3] = ["target", "node_modules", ".git"];

/// Something in the folder.
#[derive(Debug)]
pub struct Found {
    /// Its path below the folder, with `/` between the parts, for people and for comparing.
    pub path: String,
    /// Its path for the file system.
    pub at: PathBuf,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file of so many bytes.
    File(u64),
    /// A link, and where it says that it leads.
    Link(PathBuf),
    /// A socket, a pipe or a device, which is never opened.
    Other,
}

/// Everything in a folder, sorted by path.
///
/// # Errors
/// [`Error::read`] for a folder that cannot be listed.
pub(crate) fn walk(folder: &Path) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    let mut left = vec![(folder.to_path_buf(), String::new())];
    while let Some((at, above)) = left.pop() {
        let wrong = |err: io::Error| not_read(&at, &err);
        for entry in fs::read_dir(&at).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{above}{name}");
            let kind = entry.file_type().map_err(wrong)?;
            if kind.is_dir() {
                if !MADE_AGAIN.contains(&name.as_str()) {
                    left.push((entry.path(), format!("{path}/")));
                }
                continue;
            }
            if MADE_AGAIN.contains(&name.as_str()) || is_uikit(&path) {
                continue;
            }
            let at = entry.path();
            let kind = if kind.is_symlink() {
                Kind::Link(fs::read_link(&at).map_err(|err| not_read(&at, &err))?)
            } else if kind.is_file() {
                Kind::File(entry.metadata().map_err(|err| not_read(&at, &err))?.len())
            } else {
                Kind::Other
            };
            found.push(Found { path, at, kind });
        }
    }
    found.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(found)
}

/// `UIkit`'s files, which npm fetches.
fn is_uikit(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or_default();
    parts.next() == Some("static") && crate::setup::UIKIT_FILES.contains(&file)
}

/// A file or folder that cannot be read.
pub(crate) fn not_read(path: &Path, err: &io::Error) -> Error {
    Error::read(path.display().to_string(), &err)
}

/// A file or folder that cannot be written.
pub(crate) fn not_written(path: &Path, err: &io::Error) -> Error {
    Error::write(path.display().to_string(), &err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_make_is_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in [
            "app/target/debug/x",
            "app/node_modules/uikit/x",
            "app/static/uikit.min.css",
            "app/static/own.css",
            ".git/config",
            "compose.yaml",
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("inside")).expect("a folder");
            fs::write(path, "12345").expect("a file");
        }
        let found = walk(folder.path()).expect("listed");
        let paths: Vec<&str> = found.iter().map(|found| found.path.as_str()).collect();
        assert_eq!(paths, ["app/static/own.css", "compose.yaml"]);
        assert_eq!(found[0].kind, Kind::File(5));
        assert!(walk(&folder.path().join("nowhere")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed_and_sockets_not_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink("/", folder.path().join("all")).expect("a link");
        let socket = folder.path().join("s.sock");
        let listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        let found = walk(folder.path()).expect("listed");
        let kinds: Vec<&Kind> = found.iter().map(|found| &found.kind).collect();
        assert_eq!(kinds, [&Kind::Link("/".into()), &Kind::Other]);
        drop(listener);
    }
}
