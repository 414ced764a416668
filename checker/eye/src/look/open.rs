//! Opening without being led astray: what is opened is first only pointed at (`O_PATH`), which reads nothing and wakes no
//! device, and is then opened by that very handle.
//!
//! The standard library has no call that opens below a folder; `/proc/self/fd/N/NAME` is the same, as the kernel goes on
//! from the handle itself and not from a path.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::bounded::{limited, lines};
use super::numbers::{decimal, words};
use crate::wire::{Field, Unread};

/// Only points at the file (`O_PATH`), the same number on every architecture that is served.
const PATH: i32 = 0o10_000_000;
/// Does not wait (`O_NONBLOCK`).
const NONBLOCK: i32 = 0o4000;
/// Does not become the terminal of the process (`O_NOCTTY`).
const NOCTTY: i32 = 0o400;
/// Does not follow a link at the end (`O_NOFOLLOW`); ARM numbers it differently.
#[cfg(not(any(target_arch = "aarch64", target_arch = "arm")))]
const NOFOLLOW: i32 = 0o400_000;
#[cfg(any(target_arch = "aarch64", target_arch = "arm"))]
const NOFOLLOW: i32 = 0o100_000;

/// Bytes of what the kernel says about an open file.
const MAX_FDINFO: usize = 64 * 1024;

/// Points at a file; a link at the end of the path is itself what is pointed at.
pub(super) fn open_path(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags(PATH | NOFOLLOW)
        .open(path)
}

/// Points at what a path of the kernel's leads to, such as `/proc/PID/exe`, which is a link that only the kernel can make.
pub(super) fn follow_path(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(PATH).open(path)
}

/// Opens for reading what a handle points at. The caller has made sure that it is a regular file or a folder.
pub(super) fn reopen(pointed: &File) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags(NONBLOCK | NOCTTY)
        .open(fd_path(pointed))
}

/// A path that leads to what a handle points at.
pub(super) fn fd_path(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// A path that leads to a name in the folder that a handle points at.
pub(super) fn child_path(folder: &File, name: &[u8]) -> PathBuf {
    fd_path(folder).join(std::ffi::OsStr::from_bytes(name))
}

/// The number of the mount that a file lies on.
///
/// # Errors
/// The kernel does not say it.
pub(super) fn mount_of(file: &File) -> Field<u64> {
    let path = format!("/proc/self/fdinfo/{}", file.as_raw_fd());
    let info = File::open(path).and_then(|file| limited(file, MAX_FDINFO));
    let (text, _) = info.map_err(|err| super::bounded::why(&err))?;
    value(&text, b"mnt_id:").ok_or(Unread::Unsupported)
}

/// A number behind a word in what the kernel says about an open file.
pub(super) fn value(text: &[u8], name: &[u8]) -> Option<u64> {
    lines(text).find_map(|line| {
        let mut words = words(line);
        (words.next()? == name).then(|| decimal(words.next()?))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers are right on this architecture when they do what they are for.
    #[test]
    fn what_is_pointed_at_is_neither_followed_nor_opened() {
        let dir = tempfile::tempdir().expect("a folder");
        let link = dir.path().join("link");
        std::os::unix::fs::symlink("/etc", &link).expect("a link");
        let pointed = open_path(&link).expect("it is there");
        assert!(pointed.metadata().expect("known").is_symlink());
        // A handle that only points can read nothing.
        assert!(limited(open_path(Path::new("/etc/passwd")).expect("there"), 1).is_err());
        assert!(
            limited(
                reopen(&open_path(Path::new("/etc/passwd")).expect("there")).expect("it"),
                1
            )
            .is_ok()
        );
        assert!(mount_of(&pointed).is_ok());
    }

    #[test]
    fn a_value_is_found_by_its_whole_name() {
        let text = b"pos:\t0\nxmnt_id:\t1\nmnt_id:\t97\nino:\tx\n";
        assert_eq!(value(text, b"mnt_id:"), Some(97));
        assert_eq!(value(text, b"ino:"), None);
        assert_eq!(value(text, b"flags:"), None);
    }
}
