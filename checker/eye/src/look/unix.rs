//! The table of Unix sockets (`/proc/PID/net/unix`, `proc_pid_net(5)`).
//!
//! The kernel writes the path of a socket as it is: a path with a line break can look like a row of its own. So a row
//! proves that a program wants it to be seen, not more; its inode counts where a process holds it.

use super::bounded::lines;
use super::numbers::{decimal, hex};
use crate::wire::limits::{ENOUGH, MAX_TEXT};
use crate::wire::{Field, Listed, UnixRow};

/// Bytes of all rows at most: three tables share an answer.
const MAX_BYTES: usize = ENOUGH / 3;
/// Bytes that a row takes without its path.
const ROW: usize = 24;
/// The kernel's mark of a socket that waits for connections (`__SO_ACCEPTCON`).
const LISTENS: u64 = 0x1_0000;

/// Reads a table. A line that is no row may be the rest of a path, so it makes the table incomplete.
///
/// # Errors
/// None: lines of another form are passed over.
#[expect(clippy::unnecessary_wraps, reason = "read as the other tables are")]
pub(super) fn parse(text: &[u8]) -> Field<Listed<UnixRow>> {
    let mut listed = Listed::default();
    let mut bytes = 0;
    for line in lines(text).skip(1) {
        let Some(row) = row(line) else {
            listed.complete = false;
            continue;
        };
        bytes += ROW + row.path.as_ref().map_or(0, |path| path.0.len());
        if bytes > MAX_BYTES {
            listed.complete = false;
            break;
        }
        listed.rows.push(row);
    }
    Ok(listed)
}

/// `0000000039519a43: 00000002 00000000 00010000 0001 01 191032 /run/mysqld/mysqld.sock`
fn row(line: &[u8]) -> Option<UnixRow> {
    let mut rest = line;
    let mut word = || {
        let start = rest.iter().position(|byte| *byte != b' ')?;
        rest = rest.get(start..)?;
        let end = rest.iter().position(|byte| *byte == b' ');
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(word)
    };
    hex(word()?.strip_suffix(b":")?)?;
    let (_references, _protocol) = (word()?, word()?);
    let flags = hex(word()?)?;
    let kind = u16::try_from(hex(word()?)?).ok()?;
    let state = u8::try_from(hex(word()?)?).ok()?;
    let inode = decimal(word()?)?;
    let path = rest.strip_prefix(b" ").filter(|path| !path.is_empty());
    Some(UnixRow {
        inode,
        listens: flags & LISTENS != 0,
        kind,
        state,
        path: path.map(|path| path.get(..MAX_TEXT).unwrap_or(path).into()),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::Bytes;

    const HEAD: &str = "Num       RefCount Protocol Flags    Type St Inode Path\n";

    #[test]
    fn rows_are_read() {
        let text = format!(
            "{HEAD}0000000039519a43: 00000002 00000000 00010000 0001 01 191032 /run/a b.sock\n\
             0000000000000000: 00000003 00000000 00000000 0001 03    17\n\
             0000000000000000: 00000003 00000000 00010000 0005 01 18 @name\n"
        );
        let table = parse(text.as_bytes()).expect("it is a table");
        let [first, second, third] = table.rows.as_slice() else {
            panic!("three rows: {table:?}")
        };
        assert!(table.complete && first.listens && !second.listens);
        assert_eq!((first.inode, first.kind), (191_032, 1));
        assert_eq!(first.path, Some(Bytes::from("/run/a b.sock")));
        assert_eq!((second.inode, second.state, &second.path), (17, 3, &None));
        assert_eq!((third.kind, &third.path), (5, &Some(Bytes::from("@name"))));
    }

    #[test]
    fn a_path_with_a_line_break_makes_the_table_incomplete() {
        let text = format!("{HEAD}0: 2 0 00010000 0001 01 7 /a\nb\n0: 2 0 0 0001 01 8\n");
        let table = parse(text.as_bytes()).expect("it is a table");
        assert_eq!((table.rows.len(), table.complete), (2, false));
    }

    #[test]
    fn a_long_table_is_cut() {
        let row = format!("0: 2 0 00010000 0001 01 7 /{}\n", "x".repeat(100));
        let table = parse(format!("{HEAD}{}", row.repeat(6000)).as_bytes());
        let table = table.expect("it is a table");
        assert!(!table.complete && table.rows.len() > 1000 && table.rows.len() < 6000);
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&text);
        }

        #[test]
        fn what_looks_like_rows_does_not_break_it(text in "([0-9a-f]{1,20}|:| |\n|/){0,80}") {
            let _ = parse(text.as_bytes());
        }
    }
}
