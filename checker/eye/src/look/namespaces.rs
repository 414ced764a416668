//! The numbers of a process's namespaces (`/proc/PID/ns`, `namespaces(7)`).

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::bounded::why;
use super::numbers::decimal;
use crate::wire::{Namespaces, Unread};

/// The machine's own pid namespace has this number in every kernel (`PROC_PID_INIT_INO`).
pub(crate) const INITIAL_PID: u64 = 0xEFFF_FFFC;

/// The namespaces of a process, by its folder in `/proc`.
pub(crate) fn of(folder: &Path) -> Namespaces {
    let one = |name: &str| {
        let text = std::fs::read_link(folder.join("ns").join(name)).map_err(|err| why(&err))?;
        parse(text.as_os_str().as_bytes(), name).ok_or(Unread::Malformed)
    };
    Namespaces {
        net: one("net"),
        pid: one("pid"),
        mnt: one("mnt"),
        user: one("user"),
    }
}

/// `net:[4026531840]`
fn parse(text: &[u8], name: &str) -> Option<u64> {
    let rest = text.strip_prefix(name.as_bytes())?;
    decimal(rest.strip_prefix(b":[")?.strip_suffix(b"]")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_has_a_number() {
        assert_eq!(parse(b"net:[4026531840]", "net"), Some(4_026_531_840));
        for bad in [&b"net:[]"[..], b"pid:[1]", b"net:[1", b"net:[-1]", b"/x"] {
            assert_eq!(parse(bad, "net"), None);
        }
        let own = of(Path::new("/proc/self"));
        assert!(own.net.is_ok() && own.pid.is_ok() && own.mnt.is_ok() && own.user.is_ok());
        assert_eq!(of(Path::new("/proc/none")).net, Err(Unread::Missing));
    }
}
