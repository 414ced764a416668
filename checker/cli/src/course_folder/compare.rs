//! A student's files against other ones, as a unified diff. Texts in, text out: only what differs is shown.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use super::walk::{Found, Kind, not_read};
use crate::course::tree::Tree;
use labcheck_core::error::Error;
use labcheck_core::text::{self, say};

/// A file larger than this is not shown line by line.
const LARGEST: u64 = 1024 * 1024;
/// After this long a diff need not be the shortest one any more.
const PATIENCE: Duration = Duration::from_millis(500);

/// A student's file as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Side {
    /// A text.
    Text(String),
    /// Something that is no text, and its size in bytes.
    Bytes(u64),
    /// Too large to be read.
    Large(u64),
    /// A link to somewhere.
    Link(String),
    /// A socket, a pipe or a device.
    Other,
}

/// How one file differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// Its path below the lab's folder.
    pub path: String,
    /// What it is on the other side; `None` where it is not.
    from: Option<Side>,
    /// What it is in the student's folder; `None` where it is not.
    to: Option<Side>,
}

/// What differs, by path.
///
/// # Errors
/// [`Error::read`] for a file of the student's that cannot be read.
pub(crate) fn changes(from: &Tree, to: &[Found]) -> Result<Vec<Change>, Error> {
    let mut all: BTreeMap<&str, Change> = BTreeMap::new();
    let there: BTreeMap<&str, &Found> = to.iter().map(|found| (&*found.path, found)).collect();
    for (path, file) in &from.files {
        let to = match there.get(path.as_str()) {
            Some(found) if is_same(found, &file.bytes)? => continue,
            Some(found) => Some(read(found)?),
            None => None,
        };
        let change = Change {
            path: path.clone(),
            from: Some(side(&file.bytes)),
            to,
        };
        all.insert(path, change);
    }
    for found in to {
        if !from.files.contains_key(&found.path) {
            let change = Change {
                path: found.path.clone(),
                from: None,
                to: Some(read(found)?),
            };
            all.insert(&found.path, change);
        }
    }
    Ok(all.into_values().collect())
}

fn is_same(found: &Found, bytes: &[u8]) -> Result<bool, Error> {
    if found.kind != Kind::File(bytes.len() as u64) {
        return Ok(false);
    }
    let there = std::fs::read(&found.at).map_err(|err| not_read(&found.at, &err))?;
    Ok(there == bytes)
}

fn read(found: &Found) -> Result<Side, Error> {
    Ok(match &found.kind {
        Kind::Link(target) => Side::Link(target.display().to_string()),
        Kind::Other => Side::Other,
        Kind::File(size) if *size > LARGEST => Side::Large(*size),
        Kind::File(_) => {
            let wrong = |err: std::io::Error| not_read(&found.at, &err);
            let mut bytes = Vec::new();
            // It may have grown since it was listed.
            let file = std::fs::File::open(&found.at).map_err(wrong)?;
            file.take(LARGEST + 1)
                .read_to_end(&mut bytes)
                .map_err(wrong)?;
            side(&bytes)
        }
    })
}

fn side(bytes: &[u8]) -> Side {
    match std::str::from_utf8(bytes) {
        _ if bytes.len() as u64 > LARGEST => Side::Large(bytes.len() as u64),
        Ok(text) if !text.contains('\0') => Side::Text(text.to_owned()),
        _ => Side::Bytes(bytes.len() as u64),
    }
}

/// The whole as a text that `patch` understands, and a last line that counts.
pub(crate) fn drawn(changes: &[Change], from: &str, to: &str, colour: bool) -> String {
    let mut out = String::new();
    for change in changes {
        draw(&mut out, change, from, to, colour);
    }
    let count = |is: fn(&Change) -> bool| changes.iter().filter(|change| is(change)).count() as u64;
    let new = count(|change| change.from.is_none());
    let gone = count(|change| change.to.is_none());
    let differ = changes.len() as u64 - new - gone;
    if changes.is_empty() {
        out.push_str(&say!("{to} is the {}, unchanged", role(from), to));
        out.push('\n');
    } else {
        out.push_str(&say!(
            "{to} beside the {}: {} changed, {new} new, {gone} gone",
            role(from),
            text::count(differ, say!("file"), say!("files")),
            to,
            new,
            gone
        ));
        out.push('\n');
    }
    out
}

fn draw(out: &mut String, change: &Change, from: &str, to: &str, colour: bool) {
    let path = text::clean(&change.path);
    let (old, new) = match (&change.from, &change.to) {
        (Some(Side::Text(old)), Some(Side::Text(new))) => (old.as_str(), new.as_str()),
        (None, Some(Side::Text(new))) => ("", new.as_str()),
        (Some(Side::Text(old)), None) => (old.as_str(), ""),
        (old, new) => {
            out.push_str(&say!(
                "{path}: {} in the {}, {} in {to}",
                phrase(old.as_ref()),
                role(from),
                phrase(new.as_ref()),
                path,
                to
            ));
            out.push_str("\n\n");
            return;
        }
    };
    let ends = (old.contains("\r\n"), new.contains("\r\n"));
    let (old, new) = (old.replace("\r\n", "\n"), new.replace("\r\n", "\n"));
    if ends.0 != ends.1 && !old.is_empty() && !new.is_empty() {
        let of = |crlf| if crlf { "CRLF" } else { "LF" };
        let rest = if old == new {
            say!("nothing else differs")
        } else {
            say!("left aside below")
        };
        out.push_str(&say!(
            "{path}: lines end with {} in the {}, with {} in {to}; {rest}",
            of(ends.0),
            role(from),
            of(ends.1),
            path,
            to,
            rest
        ));
        out.push('\n');
        if old == new {
            out.push('\n');
            return;
        }
    }
    let head = |there: bool, side: &str| {
        if there {
            format!("{side}/{path}")
        } else {
            "/dev/null".to_owned()
        }
    };
    let paint = |line: String, code: &str| {
        if colour {
            format!("\u{1b}[{code}m{line}\u{1b}[0m\n")
        } else {
            format!("{line}\n")
        }
    };
    out.push_str(&paint(
        format!("--- {}", head(change.from.is_some(), from)),
        "1",
    ));
    out.push_str(&paint(
        format!("+++ {}", head(change.to.is_some(), to)),
        "1",
    ));
    let diff = TextDiff::configure()
        .timeout(PATIENCE)
        .diff_lines(&old, &new);
    for hunk in diff.unified_diff().iter_hunks() {
        out.push_str(&paint(hunk.header().to_string(), "36"));
        for line in hunk.iter_changes() {
            let (sign, code) = match line.tag() {
                ChangeTag::Delete => ('-', "31"),
                ChangeTag::Insert => ('+', "32"),
                ChangeTag::Equal => (' ', "0"),
            };
            let text = plain(line.value().trim_end_matches(['\n', '\r']));
            out.push_str(&paint(format!("{sign}{text}"), code));
            if line.missing_newline() {
                out.push_str("\\ No newline at end of file\n");
            }
        }
    }
    out.push('\n');
}

/// What a student's files are compared with, for a sentence; paths keep the word as it is.
fn role(from: &str) -> &str {
    match from {
        "starter" => say!("starter"),
        "solution" => say!("solution"),
        other => other,
    }
}

fn phrase(side: Option<&Side>) -> String {
    match side {
        None => say!("not there").into(),
        Some(Side::Text(_)) => say!("a text").into(),
        Some(Side::Bytes(bytes)) => say!("{bytes} bytes that are no text", bytes),
        Some(Side::Large(bytes)) => say!("{} MiB, too much to show", bytes / (1024 * 1024)),
        Some(Side::Link(target)) => say!("a link to {}", text::cut(&text::clean(target), 200)),
        Some(Side::Other) => say!("neither file nor folder").into(),
    }
}

/// A line as it stands, with what would steer a terminal or turn text around made visible.
fn plain(line: &str) -> String {
    let shown = |c: char| match c {
        '\t' => c,
        c if c.is_control() || text::invisible(c) => '\u{fffd}',
        c => c,
    };
    line.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(from: Option<&[u8]>, to: Option<&[u8]>) -> String {
        let change = Change {
            path: "compose.yaml".into(),
            from: from.map(side),
            to: to.map(side),
        };
        drawn(&[change], "starter", "v4", false)
    }

    #[test]
    fn lines_are_shown_as_every_diff_shows_them() {
        let text = change(Some(b"a\nb\nc\n"), Some(b"a\nB\nc"));
        assert_eq!(
            text,
            "--- starter/compose.yaml\n+++ v4/compose.yaml\n@@ -1,3 +1,3 @@\n a\n-b\n-c\n+B\n+c\n\\ No newline at end of file\n\n\
             v4 beside the starter: 1 file changed, 0 new, 0 gone\n"
        );
        assert!(change(None, Some(b"x\n")).contains("--- /dev/null\n+++ v4/compose.yaml"));
        assert!(change(Some(b"x\n"), None).contains("+++ /dev/null\n"));
        assert_eq!(
            drawn(&[], "starter", "v4", true),
            "v4 is the starter, unchanged\n"
        );
    }

    #[test]
    fn line_ends_are_told_once_and_not_line_by_line() {
        let only = change(Some(b"a\nb\n"), Some(b"a\r\nb\r\n"));
        assert!(
            only.contains("nothing else differs") && !only.contains("@@"),
            "{only}"
        );
        let more = change(Some(b"a\nb\n"), Some(b"a\r\nc\r\n"));
        assert!(more.contains("CRLF") && more.contains("-b\n+c\n"), "{more}");
        assert!(!more.contains("-a"));
    }

    #[test]
    fn what_is_no_text_is_told_in_a_line() {
        let bytes = change(Some(b"a\n"), Some(b"\0\x01"));
        assert!(bytes.contains("2 bytes that are no text"), "{bytes}");
        let large = vec![b'x'; 1024 * 1024 + 1];
        assert!(change(Some(b"a\n"), Some(&large)).contains("1 MiB, too much to show"));
    }

    #[test]
    fn a_terminal_is_not_steered_and_colour_is_never_alone() {
        let text = change(Some(b"a\n"), Some("\u{1b}[2J\u{202e}\n".as_bytes()));
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
        let change = Change {
            path: "x".into(),
            from: Some(side(b"a\n")),
            to: Some(side(b"b\n")),
        };
        let colour = drawn(&[change], "starter", "v4", true);
        assert!(colour.contains("\u{1b}[31m-a") && colour.contains("\u{1b}[32m+b"));
    }
}
