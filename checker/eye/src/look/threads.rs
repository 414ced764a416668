//! Threads of a process that run in another name than its first (`/proc/PID/task`, `proc_pid_task(5)`).

use std::path::{Path, PathBuf};

use super::bounded::why;
use super::numbers::decimal;
use super::status;
use crate::wire::limits::MAX_THREADS;
use crate::wire::{Credentials, Field, Unread};

/// Whether all threads of a process have its first one's credentials.
///
/// # Errors
/// They could not all be looked at.
pub(super) fn alike(folder: &Path, first: &Field<Credentials>) -> Field<bool> {
    let first = first.as_ref().map_err(Clone::clone)?;
    let (all, complete) = threads(folder)?;
    for thread in all {
        match status::credentials(&thread) {
            Ok(own) if own != *first => return Ok(false),
            // It ended meanwhile.
            Ok(_) | Err(Unread::Missing | Unread::Gone) => {}
            Err(why) => return Err(why),
        }
    }
    if complete {
        Ok(true)
    } else {
        Err(Unread::Long)
    }
}

/// A thread of a process whose first thread has ended: the process goes on, but its own folder says nothing any more.
pub(super) fn another(folder: &Path, first: u32) -> Option<PathBuf> {
    let (all, _) = threads(folder).ok()?;
    let own = first.to_string();
    all.into_iter().find(|thread| {
        let name = thread.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name != own) && std::fs::read_link(thread.join("exe")).is_ok()
    })
}

/// The folders of a process's threads, and whether they are all.
fn threads(folder: &Path) -> Field<(Vec<PathBuf>, bool)> {
    let listed = std::fs::read_dir(folder.join("task")).map_err(|err| why(&err))?;
    let mut all = Vec::new();
    for entry in listed {
        if all.len() == MAX_THREADS {
            return Ok((all, false));
        }
        let entry = entry.map_err(|err| why(&err))?;
        if decimal::<u32>(entry.file_name().as_encoded_bytes()).is_some() {
            all.push(entry.path());
        }
    }
    Ok((all, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_compared_with_the_first() {
        let own = Path::new("/proc/self");
        let first = status::credentials(own);
        assert_eq!(alike(own, &first), Ok(true));
        let other = first.map(|first| Credentials {
            uids: [1; 4],
            ..first
        });
        assert_eq!(alike(own, &other), Ok(false));
        assert!(
            another(own, std::process::id()).is_some(),
            "tests have threads"
        );
        assert_eq!(alike(Path::new("/proc/none"), &other), Err(Unread::Missing));
    }
}
