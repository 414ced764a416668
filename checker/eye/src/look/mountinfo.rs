//! The table of mounts (`/proc/PID/mountinfo`, `proc_pid_mountinfo(5)`).

use super::bounded::{lines, of, whole};
use super::numbers::{decimal, unescape, words};
use crate::wire::limits::{ENOUGH, MAX_TABLE_TEXT};
use crate::wire::{Bytes, Field, Listed, Mount, MountTable, Mounts, Unread};

/// The mounts of a process.
pub(super) fn answer(asked: &Mounts) -> MountTable {
    let mounts = table(asked.pid);
    MountTable { mounts }
}

/// The mounts of a process.
///
/// # Errors
/// The process is gone, or the table cannot be read or has a row that is not known.
pub(super) fn table(pid: u32) -> Field<Listed<Mount>> {
    match whole(&of(pid).join("mountinfo"), MAX_TABLE_TEXT) {
        Ok(text) => parse(&text),
        Err(Unread::Missing | Unread::Error(EINVAL)) => Err(Unread::Gone),
        Err(why) => Err(why),
    }
}

/// Bytes that a row takes besides its text: numbers and lengths.
const ROW: usize = 64;
/// What the kernel says of a process that has no mounts any more.
const EINVAL: i32 = 22;

/// Reads the table.
///
/// # Errors
/// A row is not one: then nothing on it can be relied on.
fn parse(text: &[u8]) -> Field<Listed<Mount>> {
    let mut listed = Listed::default();
    let mut bytes = 0;
    for line in lines(text) {
        bytes += line.len() + ROW;
        if bytes > ENOUGH {
            listed.complete = false;
            break;
        }
        listed.rows.push(row(line).ok_or(Unread::Malformed)?);
    }
    Ok(listed)
}

/// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`
fn row(line: &[u8]) -> Option<Mount> {
    let mut words = words(line);
    let mut text = || words.next().map(|word| Bytes(unescape(word)));
    let (id, parent, device) = (text()?, text()?, text()?);
    let (root, point, options) = (text()?, text()?, text()?);
    let mut spreads = Vec::new();
    loop {
        let word = text()?;
        if word.0 == b"-" {
            break;
        }
        spreads.push(word.0);
    }
    let (kind, source) = (text()?, text()?);
    // Some file systems say nothing here.
    let super_options = text().unwrap_or_default();
    let colon = device.0.iter().position(|byte| *byte == b':')?;
    Some(Mount {
        id: decimal(&id.0)?,
        parent: decimal(&parent.0)?,
        major: decimal(device.0.get(..colon)?)?,
        minor: decimal(device.0.get(colon + 1..)?)?,
        root,
        point,
        options,
        spreads: Bytes(spreads.join(&b' ')),
        kind,
        source,
        super_options,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rows_are_read() {
        let text = br"36 35 98:0 /mnt1 /m\040nt\0122 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue
37 36 0:5 / /proc rw - proc proc rw
";
        let table = parse(text).expect("it is a table");
        assert!(table.complete);
        let [first, second] = table.rows.as_slice() else {
            panic!("two rows: {table:?}")
        };
        assert_eq!(
            (first.id, first.parent, first.major, first.minor),
            (36, 35, 98, 0)
        );
        assert_eq!(first.point, Bytes::from("/m nt\n2"));
        assert_eq!(first.spreads, Bytes::from("master:1 shared:7"));
        assert_eq!(first.super_options, Bytes::from("rw,errors=continue"));
        assert_eq!(
            (&second.kind, &second.spreads),
            (&Bytes::from("proc"), &Bytes::default())
        );
    }

    #[test]
    fn a_row_that_is_none_makes_the_table_unknown() {
        for bad in [
            "x",
            "36 35 98 / / rw - proc proc rw",
            "36 35 9:0 / / rw proc proc rw",
        ] {
            assert_eq!(parse(bad.as_bytes()), Err(Unread::Malformed), "{bad}");
        }
        assert_eq!(table(u32::MAX), Err(Unread::Gone));
    }

    #[test]
    fn a_long_table_is_cut_to_what_an_answer_holds() {
        let row = "36 35 98:0 / / rw - x y rw\n";
        let table = parse(row.repeat(50_000).as_bytes()).expect("it is a table");
        assert!(!table.complete && !table.rows.is_empty());
        let answer = MountTable { mounts: Ok(table) };
        assert!(crate::wire::encode(&answer).len() < crate::wire::limits::MAX_ANSWER);
    }

    #[test]
    fn this_machine_has_a_root() {
        let table = table(std::process::id()).expect("it can be read");
        assert!(table.rows.iter().any(|mount| mount.point.0 == b"/"));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&text);
        }

        #[test]
        fn what_looks_like_rows_does_not_break_it(text in "([0-9]{1,22}|[0-9]:[0-9]|/|-| |\n|rw|\\\\[0-9]{1,3}){0,60}") {
            let _ = parse(text.as_bytes());
        }
    }
}
