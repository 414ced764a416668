//! The sockets that a process holds open.
//!
//! `/proc/PID/fd` may only be listed by its owner or with a capability that would let the program read every file of the
//! machine. `/proc/PID/fdinfo` asks for the right that is there already (Linux 5.14 and later); it says the inode and the
//! mount of each open file, and all sockets are on one mount of the kernel's own, which a socket of this program's tells.

use std::path::Path;

use super::bounded::{beginning, why};
use super::numbers::decimal;
use super::open::{mount_of, value};
use crate::wire::limits::{MAX_OPEN, MAX_PROC_TEXT};
use crate::wire::{Field, Listed, Unread};

/// The mount that all sockets are on.
///
/// # Errors
/// The kernel does not say it.
pub(super) fn mount_of_sockets() -> Field<u64> {
    use std::os::fd::OwnedFd;

    let socket = std::os::unix::net::UnixDatagram::unbound().map_err(|err| why(&err))?;
    mount_of(&OwnedFd::from(socket).into())
}

/// The inodes of the sockets that a process holds open, by its folder in `/proc`.
///
/// # Errors
/// It is gone, or the kernel refuses or does not say it.
pub(super) fn sockets(folder: &Path, mount: &Field<u64>) -> Field<Listed<u64>> {
    let mount = mount.clone()?;
    let info = folder.join("fdinfo");
    let mut listed = Listed::default();
    let open = std::fs::read_dir(&info).map_err(|err| why(&err))?;
    for (at, entry) in open.enumerate() {
        if at == MAX_OPEN {
            listed.complete = false;
            break;
        }
        let name = entry.map_err(|err| why(&err))?.file_name();
        if decimal::<u32>(name.as_encoded_bytes()).is_none() {
            continue;
        }
        // Some kinds of files say very much, but all say this first.
        let text = match beginning(&info.join(name), MAX_PROC_TEXT) {
            Ok((text, _)) => text,
            // It was closed meanwhile.
            Err(Unread::Missing) => continue,
            Err(why) => return Err(why),
        };
        if value(&text, b"mnt_id:").ok_or(Unread::Unsupported)? == mount {
            listed
                .rows
                .push(value(&text, b"ino:").ok_or(Unread::Unsupported)?);
        }
    }
    listed.rows.sort_unstable();
    listed.rows.dedup();
    Ok(listed)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::look::tcp;

    #[test]
    fn a_listener_is_held_by_this_process() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let row = tcp::listening_on(port).pop().expect("it listens");
        let held = sockets(Path::new("/proc/self"), &mount_of_sockets()).expect("it is read");
        assert!(held.complete && held.rows.contains(&row.inode), "{held:?}");
        drop(listener);
        let held = sockets(Path::new("/proc/self"), &mount_of_sockets()).expect("it is read");
        assert!(!held.rows.contains(&row.inode));
    }
}
