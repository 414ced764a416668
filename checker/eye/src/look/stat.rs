//! What lies at a path.

use std::fs::FileType;
use std::os::unix::fs::{FileTypeExt, MetadataExt};

use super::bounded::why;
use super::open::mount_of;
use super::root::{FinalLink, PathHandle, Root};
use crate::wire::limits::{MAX_PATHS, MAX_TEXT};
use crate::wire::{Bytes, Field, FileKind, Stat, StatFiles, Stats};

/// What lies at the paths.
pub(super) fn answer(asked: &Stats) -> StatFiles {
    let last = if asked.follow {
        FinalLink::Follow
    } else {
        FinalLink::NoFollow
    };
    let root = Root::of(asked.pid);
    let one = |path: &Bytes| {
        let root = root.as_ref().map_err(Clone::clone)?;
        of(&root.open_path(&path.0, last)?)
    };
    let files = asked.paths.iter().take(MAX_PATHS).map(one).collect();
    StatFiles { files }
}

/// What a handle points at.
///
/// # Errors
/// The kernel does not say it.
pub(super) fn of(pointed: &PathHandle) -> Field<Stat> {
    let data = pointed.file.metadata().map_err(|err| why(&err))?;
    let target = pointed.leads.as_ref().map(|text| {
        let text = text.get(..MAX_TEXT).unwrap_or(text);
        Bytes::from(text)
    });
    Ok(Stat {
        kind: kind(data.file_type()),
        mode: data.mode() & 0o7777,
        uid: data.uid(),
        gid: data.gid(),
        size: data.size(),
        links: data.nlink(),
        device: data.dev(),
        inode: data.ino(),
        modified: u64::try_from(data.mtime()).unwrap_or(0),
        mount: mount_of(&pointed.file),
        target,
    })
}

/// What kind of file it is.
pub(super) fn kind(kind: FileType) -> FileKind {
    if kind.is_file() {
        FileKind::File
    } else if kind.is_dir() {
        FileKind::Folder
    } else if kind.is_symlink() {
        FileKind::Link
    } else if kind.is_socket() {
        FileKind::Socket
    } else if kind.is_fifo() {
        FileKind::Fifo
    } else if kind.is_char_device() {
        FileKind::CharacterDevice
    } else if kind.is_block_device() {
        FileKind::BlockDevice
    } else {
        FileKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Unread;

    #[test]
    fn files_say_what_they_are() {
        let asked = |follow| Stats {
            pid: std::process::id(),
            paths: [
                "/proc/self/exe",
                "/dev/null",
                "/etc/passwd",
                "/none",
                "/proc",
            ]
            .map(Bytes::from)
            .into(),
            follow,
        };
        let all = answer(&asked(false)).files;
        let kinds: Vec<_> = all
            .iter()
            .map(|one| one.as_ref().map(|stat| &stat.kind))
            .collect();
        let expected = [
            Ok(&FileKind::Link),
            Ok(&FileKind::CharacterDevice),
            Ok(&FileKind::File),
            Err(&Unread::Missing),
            Ok(&FileKind::Folder),
        ];
        assert_eq!(kinds, expected);
        let link = all[0].as_ref().expect("it is there");
        let own = std::env::current_exe().expect("it has a path");
        let text = link.target.as_ref().map(Bytes::lossy);
        assert_eq!(text.as_deref(), own.to_str());
        // The link's text is walked below the process's root, and arrives at the program.
        let followed = &answer(&asked(true)).files[0];
        let inode = std::fs::metadata(&own).expect("it is there").ino();
        assert_eq!(followed.as_ref().expect("there").inode, inode);
    }

    #[test]
    fn a_process_that_is_gone_has_no_files() {
        let asked = Stats {
            pid: u32::MAX,
            paths: vec!["/".into()],
            follow: true,
        };
        assert_eq!(answer(&asked).files, [Err(Unread::Gone)]);
    }
}
