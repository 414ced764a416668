//! In whose name a process runs (`/proc/PID/status`, `proc_pid_status(5)`).

use std::path::Path;

use super::bounded::{lines, whole};
use super::numbers::{decimal, hex, words};
use crate::wire::limits::MAX_PROC_TEXT;
use crate::wire::{Credentials, Field, Unread};

/// Groups of one process that are told.
const MAX_GROUPS: usize = 256;

/// In whose name a process or thread runs, by its folder in `/proc`.
///
/// # Errors
/// It is gone, or the kernel says it in another form.
pub(super) fn credentials(folder: &Path) -> Field<Credentials> {
    let text = whole(&folder.join("status"), MAX_PROC_TEXT)?;
    parse(&text).ok_or(Unread::Malformed)
}

/// In whose name this program runs.
///
/// # Errors
/// The kernel says it in another form.
pub(crate) fn own() -> Field<Credentials> {
    credentials(Path::new("/proc/thread-self"))
}

fn parse(text: &[u8]) -> Option<Credentials> {
    // The first line of a name counts: what a process calls itself has its line breaks escaped by the kernel.
    let value = |name: &[u8]| {
        let line = lines(text).find(|line| line.starts_with(name))?;
        line.get(name.len()..)?.strip_prefix(b":")
    };
    let four = |name: &[u8]| -> Option<[u32; 4]> {
        let all: Option<Vec<u32>> = words(value(name)?).map(decimal).collect();
        all?.try_into().ok()
    };
    let one = |name: &[u8]| words(value(name)?).next();
    let set = |name: &[u8]| hex(one(name)?);
    let groups = words(value(b"Groups")?).take(MAX_GROUPS).map(decimal);
    Some(Credentials {
        uids: four(b"Uid")?,
        gids: four(b"Gid")?,
        groups: groups.collect::<Option<Vec<u32>>>()?,
        inheritable: set(b"CapInh")?,
        permitted: set(b"CapPrm")?,
        effective: set(b"CapEff")?,
        bounding: set(b"CapBnd")?,
        ambient: set(b"CapAmb")?,
        no_new_privs: one(b"NoNewPrivs")? == b"1",
        seccomp: decimal(one(b"Seccomp")?)?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "Name:\tx\\nUid:\t0\nUmask:\t0022\nState:\tS (sleeping)\nUid:\t999\t998\t997\t996\n\
        Gid:\t1\t2\t3\t4\nGroups:\t10 20 \nCapInh:\t0000000000000000\nCapPrm:\t0000000000080000\n\
        CapEff:\t0000000000080000\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\n\
        Seccomp:\t2\nSeccomp_filters:\t1\n";

    #[test]
    fn a_process_says_in_whose_name_it_runs() {
        let found = parse(TEXT.as_bytes()).expect("it is one");
        assert_eq!(found.uids, [999, 998, 997, 996]);
        assert_eq!((found.gids, found.groups), ([1, 2, 3, 4], vec![10, 20]));
        assert_eq!((found.effective, found.bounding), (1 << 19, 0xa804_25fb));
        assert!(found.no_new_privs && found.seccomp == 2);
        let none = TEXT.replace("Groups:\t10 20 \n", "Groups:\t\n");
        assert_eq!(
            parse(none.as_bytes()).map(|found| found.groups),
            Some(vec![])
        );
        assert!(own().is_ok());
    }

    #[test]
    fn what_is_missing_makes_it_unknown() {
        for line in TEXT.lines().filter(|line| {
            !matches!(
                line.split(':').next(),
                Some("Name" | "Umask" | "State" | "Seccomp_filters")
            )
        }) {
            assert_eq!(parse(TEXT.replace(line, "").as_bytes()), None, "{line}");
        }
        assert_eq!(parse(TEXT.replace("\t996", "").as_bytes()), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&text);
        }
    }
}
