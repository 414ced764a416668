//! Paths below a root folder of another program's: no link, no `..` and no race leads out of it.
//!
//! Each part of a path is pointed at below the handle of the folder before it, never followed by the kernel; a link is
//! read, and its text is walked in the same way, from the same root. What is moved meanwhile changes where the walk
//! arrives within the root, not that it stays there.

use std::fs::File;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use super::bounded::{of, why};
use super::open::{child_path, follow_path, open_path};
use crate::wire::limits::MAX_TEXT;
use crate::wire::{Field, Unread};

/// Links that are followed for one path, as many as the kernel follows.
const MAX_LINKS: usize = 40;
/// Parts that are gone through for one path, those of links with it.
const MAX_PARTS: usize = 1024;
/// Folders that the handle of each is kept of, for `..`.
const MAX_KEPT: usize = 128;

/// A root folder.
#[derive(Debug)]
pub(super) struct Root {
    folder: File,
}

/// Whether a link at the end of a path is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FinalLink {
    /// Where it leads to is meant.
    Follow,
    /// The link itself is meant.
    NoFollow,
}

impl Root {
    /// The root folder of a process.
    ///
    /// # Errors
    /// The process is gone, or the kernel refuses it.
    pub(super) fn of(pid: u32) -> Field<Self> {
        match Self::through(&of(pid).join("root")) {
            Err(Unread::Missing) => Err(Unread::Gone),
            root => root,
        }
    }

    /// The folder that a path of this program's own leads to.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(super) fn through(path: &Path) -> Field<Self> {
        let folder = follow_path(path).map_err(|err| why(&err))?;
        Ok(Self { folder })
    }

    /// Points at what lies at a path.
    ///
    /// # Errors
    /// There is nothing, or the way there is not taken.
    pub(super) fn open_path(&self, path: &[u8], last: FinalLink) -> Field<PathHandle> {
        let mut todo = Parts::default();
        todo.push(path)?;
        let mut above: Vec<File> = Vec::new();
        let mut links = 0;
        let mut parts = 0;
        while let Some(part) = todo.next() {
            parts += 1;
            if parts > MAX_PARTS || above.len() > MAX_KEPT {
                return Err(Unread::Path);
            }
            if part == b".." {
                above.pop();
                continue;
            }
            let here = above.last().unwrap_or(&self.folder);
            let path = child_path(here, &part);
            let next = open_path(&path).map_err(|err| why(&err))?;
            let kind = next.metadata().map_err(|err| why(&err))?.file_type();
            let end = todo.is_empty();
            if kind.is_symlink() {
                let text = std::fs::read_link(&path).map_err(|err| why(&err))?;
                let text = text.into_os_string().into_vec();
                if end && last == FinalLink::NoFollow && !todo.folder {
                    let leads = Some(text);
                    return Ok(PathHandle { file: next, leads });
                }
                links += 1;
                if links > MAX_LINKS {
                    return Err(Unread::Links);
                }
                if text.starts_with(b"/") {
                    above.clear();
                }
                todo.push(&text)?;
            } else if kind.is_dir() {
                above.push(next);
            } else if end && !todo.folder {
                return Ok(PathHandle::at(next));
            } else {
                return Err(Unread::NotAFolder);
            }
        }
        let folder = match above.pop() {
            Some(folder) => Ok(folder),
            None => self.folder.try_clone(),
        };
        folder.map(PathHandle::at).map_err(|err| why(&err))
    }
}

/// What lies at a path.
#[derive(Debug)]
pub(super) struct PathHandle {
    /// A handle that only points at it.
    pub file: File,
    /// What it says, where it is a link.
    pub leads: Option<Vec<u8>>,
}

impl PathHandle {
    fn at(file: File) -> Self {
        Self { file, leads: None }
    }
}

/// Parts of a path that are still to be walked, the next one last.
#[derive(Debug, Default)]
struct Parts {
    left: Vec<Vec<u8>>,
    /// The path ends with a slash or a dot, so that only a folder can be meant.
    folder: bool,
}

impl Parts {
    /// Puts the parts of a path before what is left.
    fn push(&mut self, path: &[u8]) -> Field<()> {
        if path.is_empty() || path.len() > MAX_TEXT || path.contains(&0) {
            return Err(Unread::Path);
        }
        if self.left.is_empty() {
            self.folder |= path.ends_with(b"/") || path.ends_with(b"/.") || path == b".";
        }
        let parts = path.split(|byte| *byte == b'/').rev();
        let parts = parts.filter(|part| !matches!(*part, b"" | b"."));
        self.left.extend(parts.map(<[u8]>::to_vec));
        if self.left.len() > MAX_PARTS {
            return Err(Unread::Path);
        }
        Ok(())
    }

    fn next(&mut self) -> Option<Vec<u8>> {
        self.left.pop()
    }

    fn is_empty(&self) -> bool {
        self.left.is_empty()
    }
}

#[cfg(test)]
#[path = "root_tests.rs"]
mod tests;
