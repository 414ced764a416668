//! Reading texts of the kernel's, as far as they may be long.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::wire::{Field, Unread};

const EPERM: i32 = 1;
const ENOENT: i32 = 2;
const ESRCH: i32 = 3;
const EACCES: i32 = 13;
const ENOTDIR: i32 = 20;
const ELOOP: i32 = 40;

/// An error of the system's as the reason why something could not be read.
pub(super) fn why(err: &io::Error) -> Unread {
    match err.raw_os_error() {
        Some(EPERM | EACCES) => Unread::Refused,
        Some(ENOENT) => Unread::Missing,
        Some(ESRCH) => Unread::Gone,
        Some(ENOTDIR) => Unread::NotAFolder,
        Some(ELOOP) => Unread::Links,
        Some(number) => Unread::Error(number),
        None if err.kind() == io::ErrorKind::InvalidInput => Unread::Path,
        None => Unread::Malformed,
    }
}

/// The folder of a process in `/proc`.
pub(super) fn of(pid: u32) -> PathBuf {
    Path::new("/proc").join(pid.to_string())
}

/// A whole text.
///
/// # Errors
/// It cannot be read, or has more than `most` bytes.
pub(super) fn whole(path: &Path, most: usize) -> Field<Vec<u8>> {
    let (bytes, complete) = beginning(path, most)?;
    if complete {
        Ok(bytes)
    } else {
        Err(Unread::Long)
    }
}

/// The first bytes of a text, and whether they are all.
///
/// # Errors
/// It cannot be read.
pub(super) fn beginning(path: &Path, most: usize) -> Field<(Vec<u8>, bool)> {
    let file = File::open(path).map_err(|err| why(&err))?;
    limited(file, most).map_err(|err| why(&err))
}

/// The first bytes of what is read, and whether they are all. Its size is found by reading, not by asking.
///
/// # Errors
/// It cannot be read.
pub(super) fn limited(input: impl Read, most: usize) -> io::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    let over = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    input.take(over).read_to_end(&mut bytes)?;
    let complete = bytes.len() <= most;
    bytes.truncate(most);
    Ok((bytes, complete))
}

/// The lines of a text, without their ends.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_text_is_cut() {
        let (bytes, complete) = limited(io::repeat(b'x'), 10).expect("it reads");
        assert_eq!((bytes.len(), complete), (10, false));
        let (bytes, complete) = limited(&b"0123456789"[..], 10).expect("it reads");
        assert_eq!((bytes.len(), complete), (10, true));
        assert_eq!(whole(Path::new("/dev/zero"), 10), Err(Unread::Long));
        assert_eq!(whole(Path::new("/proc/none"), 10), Err(Unread::Missing));
    }

    #[test]
    fn lines_end_where_they_end() {
        let all: Vec<&[u8]> = lines(b"a\n\nb\nc").collect();
        assert_eq!(all, [&b"a"[..], b"b", b"c"]);
    }
}
