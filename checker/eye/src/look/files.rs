//! The content of folders and of regular files.

use std::fs::File;

use super::bounded::{limited, why};
use super::mountinfo;
use super::open::{fd_path, mount_of, reopen};
use super::root::{FinalLink, Root};
use super::stat;
use crate::wire::limits::{MAX_ENTRIES, MAX_FILE, MAX_NAMES};
use crate::wire::{Bytes, Content, Entries, Entry, Field, List, Listed, Read, ReadFile, Unread};

/// File systems whose files are not read: the kernel's own, where reading may wait, tell secrets or do something, and
/// those that a program answers for.
const NOT_READ: [&str; 17] = [
    "proc",
    "sysfs",
    "cgroup",
    "cgroup2",
    "debugfs",
    "tracefs",
    "securityfs",
    "configfs",
    "bpf",
    "pstore",
    "efivarfs",
    "autofs",
    "mqueue",
    "binfmt_misc",
    "devpts",
    "nsfs",
    "fuse",
];

/// What a folder holds.
pub(super) fn list(asked: &List) -> Entries {
    let most = usize::try_from(asked.most).unwrap_or(MAX_ENTRIES);
    let entries = || {
        let root = Root::of(asked.pid)?;
        let folder = root.open_path(&asked.folder.0, FinalLink::Follow)?;
        let mut entries = entries(&folder.file, most.min(MAX_ENTRIES))?;
        entries.rows.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    };
    Entries { entries: entries() }
}

/// The entries of a folder, in no order.
///
/// # Errors
/// It is no folder, or cannot be read.
pub(super) fn entries(folder: &File, most: usize) -> Field<Listed<Entry>> {
    use std::os::unix::ffi::OsStringExt;

    let data = folder.metadata().map_err(|err| why(&err))?;
    if !data.is_dir() {
        return Err(Unread::NotAFolder);
    }
    let mut listed = Listed::default();
    let mut bytes = 0;
    for entry in std::fs::read_dir(fd_path(folder)).map_err(|err| why(&err))? {
        let entry = entry.map_err(|err| why(&err))?;
        bytes += entry.file_name().len();
        if listed.rows.len() == most || bytes > MAX_NAMES {
            listed.complete = false;
            break;
        }
        let kind = entry.file_type().map_err(|err| why(&err))?;
        listed.rows.push(Entry {
            name: Bytes(entry.file_name().into_vec()),
            kind: stat::kind(kind),
        });
    }
    Ok(listed)
}

/// The content of a file.
pub(super) fn read(asked: &ReadFile) -> Read {
    let most = usize::try_from(asked.most).unwrap_or(MAX_FILE);
    let content = || {
        let root = Root::of(asked.pid)?;
        let file = root.open_path(&asked.path.0, FinalLink::Follow)?.file;
        content(&file, asked.pid, most.min(MAX_FILE))
    };
    Read { content: content() }
}

/// The beginning of what a handle points at, where that is a regular file of a plain file system.
fn content(pointed: &File, pid: u32, most: usize) -> Field<Content> {
    let data = pointed.metadata().map_err(|err| why(&err))?;
    if !data.is_file() {
        return Err(Unread::NotAFile);
    }
    let mount = mount_of(pointed)?;
    let mounts = mountinfo::table(pid)?.rows;
    // A mount that is not on the table is not known to be harmless.
    let on = mounts.iter().find(|row| row.id == mount);
    let kind = on.map(|row| row.kind.lossy()).unwrap_or_default();
    if !plain(&kind) {
        return Err(Unread::FileSystem(kind));
    }
    let file = reopen(pointed).map_err(|err| why(&err))?;
    let (bytes, complete) = limited(file, most).map_err(|err| why(&err))?;
    Ok(Content {
        bytes: Bytes(bytes),
        complete,
    })
}

/// Whether files of a type of file system are read.
fn plain(kind: &str) -> bool {
    !kind.is_empty() && !NOT_READ.contains(&kind) && !kind.starts_with("fuse")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn read_here(path: &str, most: u32) -> Field<Content> {
        let asked = ReadFile {
            pid: std::process::id(),
            path: path.into(),
            most,
        };
        read(&asked).content
    }

    #[test]
    fn files_are_read_as_far_as_they_may_be_long() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("file");
        std::fs::write(&file, "0123456789").expect("a file");
        let path = file.to_str().expect("text");
        let cut = read_here(path, 4).expect("it reads");
        assert_eq!((cut.bytes, cut.complete), (Bytes::from("0123"), false));
        let all = read_here(path, 10).expect("it reads");
        assert_eq!((all.bytes, all.complete), (Bytes::from("0123456789"), true));
        // A file without bytes on the disk that says it is huge.
        let huge = File::options().write(true).open(&file).expect("it opens");
        huge.set_len(1 << 40).expect("it is made longer");
        let cut = read_here(path, u32::MAX).expect("it reads");
        assert_eq!((cut.bytes.0.len(), cut.complete), (MAX_FILE, false));
    }

    #[test]
    fn devices_pipes_and_the_kernels_own_files_are_not_read() {
        assert_eq!(read_here("/dev/zero", 1), Err(Unread::NotAFile));
        let kernels = Err(Unread::FileSystem("proc".into()));
        assert_eq!(read_here("/proc/1/environ", 1), kernels);
        assert_eq!(read_here("/proc/kmsg", 1), kernels);
        assert_eq!(read_here("/", 1), Err(Unread::NotAFile));
        let dir = tempfile::tempdir().expect("a folder");
        let pipe = dir.path().join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo is here").success());
        assert_eq!(
            read_here(pipe.to_str().expect("text"), 1),
            Err(Unread::NotAFile)
        );
        assert!(!plain("fuse.sshfs") && !plain("") && plain("overlay") && plain("ext4"));
    }

    #[test]
    fn folders_are_listed_as_far_as_they_may_be_long() {
        let dir = tempfile::tempdir().expect("a folder");
        for name in ["b", "a", "c"] {
            std::fs::write(dir.path().join(name), "").expect("a file");
        }
        let listed = |folder: &str, most| {
            let asked = List {
                pid: std::process::id(),
                folder: folder.into(),
                most,
            };
            list(&asked).entries
        };
        let path = dir.path().to_str().expect("text");
        let all = listed(path, 3).expect("it reads");
        let names: Vec<String> = all.rows.iter().map(|entry| entry.name.lossy()).collect();
        assert_eq!((names.concat().as_str(), all.complete), ("abc", true));
        let cut = listed(path, 2).expect("it reads");
        assert_eq!((cut.rows.len(), cut.complete), (2, false));
        assert_eq!(listed("/etc/passwd", 1), Err(Unread::NotAFolder));
        assert_eq!(listed("/none", 1), Err(Unread::Missing));
    }
}
