//! The only place that opens files which a student's own files name: compose files, Dockerfiles, `.dockerignore`, files
//! that are included or mounted.
//!
//! Such a name may lead anywhere on the machine, and what lies there may never end. So a file is opened below one folder,
//! after its links are resolved, by file descriptors that cannot leave that folder; it has to be a regular file of a
//! bounded size, and opening it does not wait. It may import the engine's `compose`.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use cap_fs_ext::OpenOptionsSyncExt as _;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use thiserror::Error;

use labcheck_engine::compose::files::is_site_override;

/// Bytes of a file that is read, at most.
pub(crate) const MOST_BYTES: u64 = 1024 * 1024;

/// Why a file is not read. Nothing of what lies there is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Unread {
    /// There is no such file.
    #[error("it is not on this machine")]
    Missing,
    /// It, or where its links lead, is not below the project's folder.
    #[error("it lies outside of the project's folder")]
    Outside,
    /// A folder, a device, a pipe, a socket.
    #[error("it is no file")]
    NoFile,
    /// Rights are missing, or the disk does not answer.
    #[error("it cannot be opened")]
    Closed,
    /// More than [`MOST_BYTES`].
    #[error("it is too large")]
    TooLarge,
    /// Not UTF-8.
    #[error("it is no text")]
    NoText,
}

/// The files of one project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ProjectFiles {
    /// The project's folder, as it was named.
    folder: PathBuf,
    /// The same without links.
    real: PathBuf,
    /// The folder below which files are opened; `None` where that would be the whole machine.
    root: Option<PathBuf>,
}

impl ProjectFiles {
    /// Files below a project's folder, or below the git repository that it is in, as that is checked out as a whole.
    pub(crate) fn of(folder: &Path) -> Self {
        let real = folder
            .canonicalize()
            .unwrap_or_else(|_| folder.to_path_buf());
        let home = std::env::home_dir().and_then(|home| home.canonicalize().ok());
        // A home that is kept in git holds more than the project.
        let whole =
            repository(&real).filter(|root| !home.is_some_and(|home| home.starts_with(root)));
        let root = whole.unwrap_or(&real);
        let root = (root.is_absolute() && root.parent().is_some()).then(|| root.to_path_buf());
        Self {
            folder: folder.to_path_buf(),
            real,
            root,
        }
    }

    /// The text of a file.
    ///
    /// # Errors
    /// Why it is not read.
    pub(crate) fn read(&self, path: &Path) -> Result<String, Unread> {
        // What `labcheck start` adds lies in a folder of its own.
        if let Some(own) = path.parent().filter(|_| is_site_override(path)) {
            return open(own, Path::new(path.file_name().ok_or(Unread::Missing)?));
        }
        let root = self.root.as_deref().ok_or(Unread::Outside)?;
        let from_folder = path.strip_prefix(&self.folder);
        let path = from_folder.map_or_else(|_| path.to_path_buf(), |rest| self.real.join(rest));
        let inside = path.strip_prefix(root).map_err(|_| Unread::Outside)?;
        open(root, inside)
    }

    /// Where a file or a folder lies, without links.
    ///
    /// # Errors
    /// It is not there, or not below the project's folder.
    pub(crate) fn canonical(&self, path: &Path) -> Result<PathBuf, Unread> {
        let root = self.root.as_deref().ok_or(Unread::Outside)?;
        let real = self.real.join(path).canonicalize();
        let real = real.map_err(|err| Unread::from(&err))?;
        real.starts_with(root)
            .then_some(real)
            .ok_or(Unread::Outside)
    }
}

impl From<&io::Error> for Unread {
    fn from(err: &io::Error) -> Self {
        match err.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            _ => Self::Closed,
        }
    }
}

/// The git repository that a folder is in.
pub(crate) fn repository(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|above| above.join(".git").exists())
}

/// The text of a file below a folder.
fn open(root: &Path, inside: &Path) -> Result<String, Unread> {
    let root = Dir::open_ambient_dir(root, ambient_authority());
    let root = root.map_err(|err| Unread::from(&err))?;
    // A path that leaves the folder is refused in words that depend on the system, with no error number of that.
    let refused = |err: io::Error| match err.raw_os_error() {
        None if err.kind() == io::ErrorKind::PermissionDenied => Unread::Outside,
        _ => Unread::from(&err),
    };
    // A device may do something as soon as it is opened, so that it is asked before what it is, and again afterwards.
    let about = root.metadata(inside).map_err(refused)?;
    if !about.is_file() {
        return Err(Unread::NoFile);
    }
    let mut how = OpenOptions::new();
    how.read(true).nonblock(true);
    let file = root.open_with(inside, &how).map_err(refused)?;
    let about = file.metadata().map_err(|err| Unread::from(&err))?;
    if !about.is_file() {
        return Err(Unread::NoFile);
    }
    if about.len() > MOST_BYTES {
        return Err(Unread::TooLarge);
    }
    let mut bytes = Vec::new();
    let mut bounded = file.take(MOST_BYTES + 1);
    bounded
        .read_to_end(&mut bytes)
        .map_err(|_| Unread::Closed)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Unread::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| Unread::NoText)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> (tempfile::TempDir, ProjectFiles) {
        let above = tempfile::tempdir().expect("a folder");
        let folder = above.path().join("project");
        std::fs::create_dir_all(folder.join("sub")).expect("a folder");
        std::fs::write(folder.join("sub/in.txt"), "in").expect("a file");
        std::fs::write(above.path().join("out.txt"), "secret").expect("a file");
        let files = ProjectFiles::of(&folder);
        (above, files)
    }

    #[test]
    fn only_what_lies_below_the_folder_is_read() {
        let (above, files) = project();
        let folder = above.path().join("project");
        let read = |path: &str| files.read(&folder.join(path));
        assert_eq!(read("sub/in.txt"), Ok("in".into()));
        assert_eq!(read("sub/../sub/in.txt"), Ok("in".into()));
        for out in [
            "../out.txt",
            "sub/../../out.txt",
            "/etc/passwd",
            "/proc/kmsg",
            "/dev/zero",
        ] {
            assert_eq!(read(out), Err(Unread::Outside), "{out}");
        }
        assert_eq!(read("sub/no.txt"), Err(Unread::Missing));
        assert_eq!(read("sub"), Err(Unread::NoFile));
        assert_eq!(
            files.canonical(&folder.join("sub/..")),
            files.canonical(&folder)
        );
        for out in ["..", "/etc", "../no/such"] {
            assert!(files.canonical(&folder.join(out)).is_err(), "{out}");
        }
        assert_eq!(
            ProjectFiles::of(Path::new("/")).read(Path::new("/etc/passwd")),
            Err(Unread::Outside)
        );
    }

    #[test]
    fn a_repository_is_checked_out_as_a_whole() {
        let (above, files) = project();
        let out = above.path().join("project/../out.txt");
        assert_eq!(files.read(&out), Err(Unread::Outside));
        std::fs::create_dir(above.path().join(".git")).expect("a folder");
        let files = ProjectFiles::of(&above.path().join("project"));
        assert_eq!(files.read(&out), Ok("secret".into()));
    }

    #[test]
    fn what_is_large_or_no_text_is_not_read() {
        let (above, files) = project();
        let at = above.path().join("project/large.txt");
        std::fs::write(&at, vec![b'a'; 2 * 1024 * 1024]).expect("a file");
        assert_eq!(files.read(&at), Err(Unread::TooLarge));
        std::fs::write(&at, vec![b'a'; 1024 * 1024]).expect("a file");
        assert_eq!(files.read(&at).map(|text| text.len()), Ok(1024 * 1024));
        std::fs::write(&at, [0xff, 0xfe]).expect("a file");
        assert_eq!(files.read(&at), Err(Unread::NoText));
    }

    #[cfg(unix)]
    #[test]
    fn links_out_devices_pipes_and_sockets_are_refused_at_once() {
        use std::os::unix::fs::symlink;
        let (above, files) = project();
        let folder = above.path().join("project");
        let link = |name: &str, to: &str| symlink(to, folder.join(name)).expect("a link");
        link("out", "../out.txt");
        link("far", "/etc");
        link("zero", "/dev/zero");
        link("near", "sub/in.txt");
        let read = |path: &str| files.read(&folder.join(path));
        assert_eq!(read("near"), Ok("in".into()));
        for out in ["out", "far/passwd", "zero"] {
            assert_eq!(read(out), Err(Unread::Outside), "{out}");
        }
        assert_eq!(files.canonical(&folder.join("far")), Err(Unread::Outside));
        let pipe = folder.join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.is_ok_and(|made| made.success()));
        let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket"));
        let began = std::time::Instant::now();
        for odd in ["pipe", "socket"] {
            assert_eq!(read(odd), Err(Unread::NoFile), "{odd}");
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(1));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_no_file() {
        let zero = open(Path::new("/dev"), Path::new("zero"));
        assert_eq!(zero, Err(Unread::NoFile));
    }
}
