//! The program that a process runs (`/proc/PID/exe`, `proc_pid_exe(5)`).

use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::bounded::why;
use super::open::{follow_path, mount_of};
use super::root::{FinalLink, Root};
use crate::wire::limits::MAX_TEXT;
use crate::wire::{Bytes, Field, Program};

/// The program of a process or thread, by its folder in `/proc`.
///
/// # Errors
/// It is gone or one of the kernel's own, or the kernel refuses it.
pub(super) fn of(folder: &Path, root: &Field<Root>) -> Field<Program> {
    let link = folder.join("exe");
    let path = std::fs::read_link(&link).map_err(|err| why(&err))?;
    let mut path = path.into_os_string().into_vec();
    path.truncate(MAX_TEXT);
    let file = follow_path(&link).map_err(|err| why(&err))?;
    let data = file.metadata().map_err(|err| why(&err))?;
    let in_place = || {
        let root = root.as_ref().map_err(Clone::clone)?;
        // What a path of the kernel's has is no link, so a link there is another file.
        let Ok(pointed) = root.open_path(&path, FinalLink::NoFollow) else {
            return Ok(false);
        };
        let there = pointed.file.metadata().map_err(|err| why(&err))?;
        Ok((there.dev(), there.ino()) == (data.dev(), data.ino()))
    };
    let in_place = in_place();
    Ok(Program {
        path: Bytes(path),
        device: data.dev(),
        inode: data.ino(),
        links: data.nlink(),
        mount: mount_of(&file),
        in_place,
    })
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use super::*;

    /// `sleep`, copied to a place of its own and started there.
    fn started(path: &Path) -> Child {
        std::fs::copy("/bin/sleep", path).expect("sleep is here");
        let mut command = Command::new(path);
        command.arg("60").stdout(Stdio::null());
        command.spawn().expect("it starts")
    }

    fn look(child: &Child) -> Program {
        let root = Root::of(child.id());
        let folder = super::super::bounded::of(child.id());
        of(&folder, &root).expect("it can be read")
    }

    #[test]
    fn a_program_that_was_deleted_or_replaced_is_told() {
        let dir = tempfile::tempdir().expect("a folder");
        // A name that looks as if the file was deleted.
        let path = dir.path().join("inventory (deleted)");
        let mut child = started(&path);
        let before = look(&child);
        assert_eq!(before.path.lossy(), path.to_str().expect("text"));
        assert_eq!((before.in_place, before.links), (Ok(true), 1));
        assert!(before.mount.is_ok());
        std::fs::remove_file(&path).expect("it goes");
        let deleted = look(&child);
        assert_eq!((deleted.in_place, deleted.links), (Ok(false), 0));
        // Another file at the place that the kernel's link names.
        let named = deleted.path.lossy();
        std::fs::write(&named, "x").expect("a file");
        assert_eq!(look(&child).in_place, Ok(false));
        child.kill().expect("it ends");
        child.wait().expect("it ended");
    }
}
