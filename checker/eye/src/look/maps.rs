//! Files that are mapped with the right to run (`/proc/PID/maps`, `proc_pid_maps(5)`).

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::bounded::{beginning, lines};
use super::numbers::{decimal, hex, words};
use super::open::mount_of;
use super::root::{FinalLink, Root};
use crate::wire::limits::{MAX_MAPPED, MAX_MAPPED_PATHS, MAX_PROC_TEXT, MAX_TEXT};
use crate::wire::{Bytes, Field, Listed, Mapped, Unread};

/// The mapped files of a process or thread, by its folder in `/proc`.
///
/// # Errors
/// It is gone, or the kernel refuses it or says it in another form.
pub(super) fn mapped(folder: &Path, root: &Field<Root>) -> Field<Listed<Mapped>> {
    let (text, complete) = beginning(&folder.join("maps"), MAX_PROC_TEXT)?;
    // The last line may be cut.
    let whole = if complete {
        text.as_slice()
    } else {
        let end = text.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
        text.get(..end).unwrap_or_default()
    };
    let mut listed = parse(whole)?;
    listed.complete &= complete;
    for row in &mut listed.rows {
        row.mount = mount(row, root);
    }
    Ok(listed)
}

/// The mount on which the mapped file lies, where its path still leads to it.
fn mount(row: &Mapped, root: &Field<Root>) -> Field<u64> {
    if row.inode == 0 {
        return Err(Unread::NotAFile);
    }
    let root = root.as_ref().map_err(Clone::clone)?;
    let pointed = root.open_path(&row.path.0, FinalLink::NoFollow)?;
    let data = pointed.file.metadata();
    if data.is_ok_and(|data| data.ino() == row.inode) {
        mount_of(&pointed.file)
    } else {
        Err(Unread::Missing)
    }
}

/// Reads the mappings; each file once.
///
/// # Errors
/// A line is not one.
fn parse(text: &[u8]) -> Field<Listed<Mapped>> {
    let mut files = BTreeMap::new();
    let mut complete = true;
    let mut bytes = 0;
    for line in lines(text) {
        let Some(row) = row(line)? else {
            continue;
        };
        bytes += row.path.0.len();
        if files.len() == MAX_MAPPED || bytes > MAX_MAPPED_PATHS {
            complete = false;
            break;
        }
        files.insert((row.path.clone(), row.inode, row.major, row.minor), row);
    }
    let rows = files.into_values().collect();
    Ok(Listed { rows, complete })
}

/// `559af537b000-559af5a4b000 r-xp 00000000 00:27 969336      /usr/sbin/mariadbd`; none where nothing may run, or where
/// it is the kernel's own.
///
/// # Errors
/// The line is none.
fn row(line: &[u8]) -> Field<Option<Mapped>> {
    let (rights, row) = parts(line).ok_or(Unread::Malformed)?;
    let kernels = matches!(row.path.0.as_slice(), b"[vdso]" | b"[vsyscall]");
    let runs = rights.get(2) == Some(&b'x');
    Ok((runs && !kernels).then_some(row))
}

/// The rights and the file of a line.
fn parts(line: &[u8]) -> Option<(&[u8], Mapped)> {
    let mut head = words(line);
    let (range, rights, _offset) = (head.next()?, head.next()?, head.next()?);
    let (device, inode) = (head.next()?, head.next()?);
    let dash = range.iter().position(|byte| *byte == b'-')?;
    hex(range.get(..dash)?)?;
    let colon = device.iter().position(|byte| *byte == b':')?;
    let number = |word: Option<&[u8]>| u32::try_from(hex(word?)?).ok();
    let path = path(line).unwrap_or_default();
    let row = Mapped {
        path: broken_lines(path.get(..MAX_TEXT).unwrap_or(path)),
        major: number(device.get(..colon))?,
        minor: number(device.get(colon + 1..))?,
        inode: decimal(inode)?,
        mount: Err(Unread::NotAsked),
    };
    Some((rights, row))
}

/// What stands behind the fifth word. It may have spaces, at its end too.
fn path(line: &[u8]) -> Option<&[u8]> {
    let mut rest = line;
    for _ in 0..5 {
        let start = rest.iter().position(|byte| *byte != b' ')?;
        rest = rest.get(start..)?;
        let end = rest.iter().position(|byte| *byte == b' ')?;
        rest = rest.get(end..)?;
    }
    let start = rest.iter().position(|byte| *byte != b' ')?;
    rest.get(start..)
}

/// Line breaks are the only thing that the kernel escapes here.
fn broken_lines(path: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(br"\012") {
            out.push(b'\n');
            rest = after;
        } else {
            out.push(*first);
            rest = after;
        }
    }
    Bytes(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "\
559af537b000-559af5a4b000 r--p 00000000 00:27 969336                     /usr/sbin/mariadbd
559af5a4b000-559af6412000 r-xp 006d0000 fe:01 969336                     /usr/sbin/mariadbd
559af6412000-559af6aeb000 r-xp 01097000 fe:01 969336                     /usr/sbin/mariadbd
7f0000000000-7f0000001000 rwxp 00000000 00:00 0
7f0000002000-7f0000003000 r-xp 00000000 00:01 12                         /memfd:a b (deleted)
7f0000004000-7f0000005000 r-xp 00000000 00:01 13                         /data/x\\012y \n\
7ffd2b9fe000-7ffd2ba00000 r-xp 00000000 00:00 0                          [vdso]
";

    #[test]
    fn each_file_that_may_run_is_told_once() {
        let found = parse(TEXT.as_bytes()).expect("it is read");
        let paths: Vec<String> = found.rows.iter().map(|row| row.path.lossy()).collect();
        assert_eq!(
            paths,
            [
                "",
                "/data/x\ny ",
                "/memfd:a b (deleted)",
                "/usr/sbin/mariadbd"
            ]
        );
        let program = found.rows.last().expect("four rows");
        assert_eq!(
            (program.major, program.minor, program.inode),
            (0xfe, 1, 969_336)
        );
    }

    #[test]
    fn this_program_lies_on_a_mount() {
        let root = Root::of(std::process::id());
        let found = mapped(Path::new("/proc/self"), &root).expect("it can be read");
        let own = std::env::current_exe().expect("it has a path");
        let mut rows = found.rows.iter();
        let row = rows.find(|row| row.path.lossy() == own.to_str().expect("text"));
        assert!(row.expect("it is mapped").mount.is_ok(), "{row:?}");
    }

    #[test]
    fn too_many_files_are_cut_and_a_line_that_is_none_is_not_known() {
        let lines: Vec<String> = (0..=MAX_MAPPED)
            .map(|at| format!("1-2 r-xp 0 00:01 {at} /f{at}\n"))
            .collect();
        let found = parse(lines.concat().as_bytes()).expect("it is read");
        assert_eq!((found.rows.len(), found.complete), (MAX_MAPPED, false));
        let path = "x".repeat(4000);
        let lines: Vec<String> = (0..100)
            .map(|at| format!("1-2 r-xp 0 00:01 {at} /{path}\n"))
            .collect();
        let found = parse(lines.concat().as_bytes()).expect("it is read");
        assert!(!found.complete && found.rows.len() < 40);
        assert_eq!(parse(b"12 r-xp 0 00:01 1 /x\n"), Err(Unread::Malformed));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&text);
        }

        #[test]
        fn what_looks_like_lines_does_not_break_it(text in "([0-9a-f]{1,20}|-|:| |r-xp|\n|/|\\\\012){0,60}") {
            let _ = parse(text.as_bytes());
        }
    }
}
