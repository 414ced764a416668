//! Files by their names, in folders and what is below them.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::time::Instant;

use super::bounded::why;
use super::files::entries;
use super::open::{child_path, open_path};
use super::root::{FinalLink, Root};
use super::stat;
use crate::wire::limits::{ENOUGH, MAX_DEPTH, MAX_ENTRIES, MAX_FOLDERS, MAX_PATHS};
use crate::wire::{
    Bytes, Field, FileKind, Find, Found, FoundFile, Listed, Unread, UnreadFolder, encode,
};

/// Files by their names.
pub(super) fn answer(asked: &Find, until: Instant) -> Found {
    let mut search = Search {
        names: &asked.names,
        most: usize::try_from(asked.most)
            .unwrap_or(MAX_ENTRIES)
            .min(MAX_ENTRIES),
        until,
        seen: BTreeSet::new(),
        bytes: 0,
        found: Found {
            files: Listed::default(),
            unread: Vec::new(),
        },
    };
    for path in asked.folders.iter().take(MAX_PATHS) {
        let root = Root::of(asked.pid);
        let folder = root.and_then(|root| {
            let folder = root.open_path(&path.0, FinalLink::Follow)?;
            Ok((root, folder.file))
        });
        match folder {
            Ok((root, folder)) => {
                search.folder(&root, &folder, &path.0, asked.depth.min(MAX_DEPTH));
            }
            Err(why) => search.unread(&path.0, why),
        }
    }
    search.found
}

struct Search<'a> {
    names: &'a [Bytes],
    most: usize,
    until: Instant,
    /// Folders by device and inode: the same one by another way is not gone through again.
    seen: BTreeSet<(u64, u64)>,
    /// Bytes of what was found.
    bytes: usize,
    found: Found,
}

impl Search<'_> {
    fn folder(&mut self, root: &Root, folder: &File, path: &[u8], depth: u8) {
        if let Err(why) = self.entries(root, folder, path, depth) {
            self.unread(path, why);
        }
    }

    fn entries(&mut self, root: &Root, folder: &File, path: &[u8], depth: u8) -> Field<()> {
        let data = folder.metadata().map_err(|err| why(&err))?;
        if !self.seen.insert((data.dev(), data.ino())) {
            return Ok(());
        }
        if self.full() {
            self.found.files.complete = false;
            return Ok(());
        }
        let listed = entries(folder, MAX_ENTRIES)?;
        self.found.files.complete &= listed.complete;
        for entry in listed.rows {
            let mut at = path.strip_suffix(b"/").unwrap_or(path).to_vec();
            at.push(b'/');
            at.extend_from_slice(&entry.name.0);
            if self
                .names
                .iter()
                .any(|name| matches(&name.0, &entry.name.0))
            {
                self.file(root, &at);
            }
            if entry.kind == FileKind::Folder && depth > 0 {
                match open_path(&child_path(folder, &entry.name.0)) {
                    Ok(next) if next.metadata().is_ok_and(|data| data.is_dir()) => {
                        self.folder(root, &next, &at, depth - 1);
                    }
                    Ok(_) => self.unread(&at, Unread::NotAFolder),
                    Err(err) => self.unread(&at, why(&err)),
                }
            }
        }
        Ok(())
    }

    /// Whether a limit is reached.
    fn full(&self) -> bool {
        self.seen.len() > MAX_FOLDERS || self.bytes > ENOUGH || Instant::now() > self.until
    }

    fn file(&mut self, root: &Root, path: &[u8]) {
        if self.found.files.rows.len() == self.most || self.bytes > ENOUGH {
            self.found.files.complete = false;
            return;
        }
        let stat = root.open_path(path, FinalLink::Follow);
        let row = FoundFile {
            path: path.into(),
            stat: stat.and_then(|pointed| stat::of(&pointed)),
        };
        self.bytes += encode(&row).len();
        self.found.files.rows.push(row);
    }

    fn unread(&mut self, path: &[u8], why: Unread) {
        if self.found.unread.len() == MAX_PATHS || self.bytes > ENOUGH {
            self.found.files.complete = false;
            return;
        }
        let row = UnreadFolder {
            path: path.into(),
            why,
        };
        self.bytes += encode(&row).len();
        self.found.unread.push(row);
    }
}

/// Whether a name fits a pattern in which `*` stands for any bytes.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let mut parts = pattern.split(|byte| *byte == b'*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            match find(rest, part) {
                Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
    }
    match last {
        Some(part) => rest.ends_with(part),
        None => rest.is_empty(),
    }
}

/// Where a part first stands in a name.
fn find(name: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    name.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn here(folder: &std::path::Path, names: &[&str], depth: u8, most: u32) -> Found {
        let asked = Find {
            pid: std::process::id(),
            folders: vec![folder.to_str().expect("text").into()],
            names: names.iter().map(|name| Bytes::from(*name)).collect(),
            depth,
            most,
        };
        answer(&asked, Instant::now() + Duration::from_secs(10))
    }

    #[test]
    fn files_are_found_by_name_and_links_say_where_they_lead() {
        let dir = tempfile::tempdir().expect("a folder");
        let at = dir.path();
        std::fs::create_dir_all(at.join("a/b")).expect("a folder");
        std::fs::write(at.join("a/b/gcc-14"), "x").expect("a file");
        symlink("b/gcc-14", at.join("a/gcc")).expect("a link");
        symlink("/none", at.join("gcc")).expect("a link");
        // A search does not go into links, so it does not go in circles.
        symlink(at, at.join("a/round")).expect("a link");
        let found = here(at, &["gcc", "gcc-*"], 9, 10);
        assert!(found.files.complete && found.unread.is_empty(), "{found:?}");
        let mut rows: Vec<_> = found.files.rows.iter().collect();
        rows.sort_by_key(|row| row.path.0.len());
        let size = |row: &FoundFile| {
            row.stat
                .as_ref()
                .map(|stat| stat.size)
                .map_err(Clone::clone)
        };
        let sizes: Vec<_> = rows.iter().map(|row| size(row)).collect();
        assert_eq!(sizes, [Err(Unread::Missing), Ok(1), Ok(1)]);
        assert_eq!(here(at, &["gcc-14"], 1, 10).files.rows, []);
        let cut = here(at, &["gcc*"], 9, 1).files;
        assert_eq!((cut.rows.len(), cut.complete), (1, false));
    }

    #[test]
    fn what_is_not_gone_through_is_told() {
        let dir = tempfile::tempdir().expect("a folder");
        let found = here(&dir.path().join("none"), &["x"], 1, 1);
        assert_eq!(
            found.unread.first().map(|row| &row.why),
            Some(&Unread::Missing)
        );
        let asked = Find {
            pid: std::process::id(),
            folders: vec!["/usr".into()],
            names: vec!["*".into()],
            depth: 9,
            most: 10_000,
        };
        assert!(
            !answer(&asked, Instant::now()).files.complete,
            "the time was over"
        );
    }

    #[test]
    fn patterns_fit_whole_names() {
        for (pattern, name) in [
            ("gcc", "gcc"),
            ("gcc-*", "gcc-14"),
            ("*-gcc", "x86_64-linux-gnu-gcc"),
            ("*", ""),
            ("a*b*c", "axxbxc"),
            ("*cc*", "gcc-14"),
            ("**", "x"),
        ] {
            assert!(
                matches(pattern.as_bytes(), name.as_bytes()),
                "{pattern} {name}"
            );
        }
        for (pattern, name) in [
            ("gcc", "gcc-14"),
            ("gcc-*", "gcc"),
            ("a*a", "a"),
            ("", "x"),
            ("*x", "y"),
            ("a*b*c", "axc"),
        ] {
            assert!(
                !matches(pattern.as_bytes(), name.as_bytes()),
                "{pattern} {name}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_pattern_breaks_it(pattern in "[ab*]{0,12}", name in "[ab]{0,12}") {
            let _ = matches(pattern.as_bytes(), name.as_bytes());
        }

        #[test]
        fn a_star_stands_for_anything(before in "[ab]{0,5}", inside in "[ab]{0,5}", after in "[ab]{0,5}") {
            let pattern = format!("{before}*{after}");
            let name = format!("{before}{inside}{after}");
            prop_assert!(matches(pattern.as_bytes(), name.as_bytes()));
        }
    }
}
