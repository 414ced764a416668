//! Processes (`/proc/PID`, `proc(5)`).

use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::time::Instant;

use super::bounded::{beginning, of, why};
use super::held;
use super::maps;
use super::namespaces;
use super::numbers::{decimal, words};
use super::program;
use super::root::Root;
use super::status;
use super::threads;
use crate::wire::limits::{ENOUGH, MAX_PROC_TEXT, MAX_PROCESSES, MAX_TEXT};
use crate::wire::{Bytes, Field, Listed, Process, ProcessTable, Processes, Unread, encode, want};

/// The processes in sight.
pub(super) fn answer(asked: &Processes, until: Instant) -> ProcessTable {
    let own = std::process::id();
    let mut processes = Listed::default();
    let (mut pids, complete) = match &asked.pids {
        Some(pids) => (pids.clone(), true),
        None => all(),
    };
    processes.complete = complete;
    pids.sort_unstable();
    pids.dedup();
    let sockets = held::mount_of_sockets();
    let mut bytes = 0;
    for pid in pids {
        if processes.rows.len() == MAX_PROCESSES || bytes > ENOUGH || Instant::now() > until {
            processes.complete = false;
            break;
        }
        match one(pid, asked.want, &sockets) {
            Ok(process) => {
                bytes += encode(&process).len();
                processes.rows.push(process);
            }
            // It ended meanwhile.
            Err(Unread::Missing | Unread::Gone) => {}
            Err(_) => processes.complete = false,
        }
    }
    ProcessTable { own, processes }
}

/// The ids of all processes in sight, and whether they are all.
fn all() -> (Vec<u32>, bool) {
    let Ok(listed) = std::fs::read_dir("/proc") else {
        return (Vec::new(), false);
    };
    let mut pids = Vec::new();
    for entry in listed {
        let Ok(entry) = entry else {
            return (pids, false);
        };
        pids.extend(decimal::<u32>(entry.file_name().as_encoded_bytes()));
    }
    (pids, true)
}

/// One process. What is read of it is only of one where its time of start is the same before and after.
fn one(pid: u32, wanted: u16, sockets: &Field<u64>) -> Field<Process> {
    let folder = of(pid);
    let stat = stat(&folder)?;
    let is = |what: u16| wanted & what != 0;
    // Of a process whose first thread has ended, another thread tells what its first cannot.
    let ended = stat.state == b'Z' && stat.threads > 1;
    let other = ended.then(|| threads::another(&folder, pid)).flatten();
    let living = other.as_deref().unwrap_or(&folder);
    let root = Root::through(&living.join("root"));
    let credentials = status::credentials(living);
    let process = Process {
        pid,
        parent: stat.parent,
        state: stat.state,
        threads: stat.threads,
        started: stat.started,
        comm: stat.comm.clone(),
        cmdline: asked(is(want::CMDLINE), || {
            let (bytes, _) = beginning(&living.join("cmdline"), MAX_TEXT)?;
            Ok(Bytes(bytes))
        }),
        threads_alike: asked(is(want::THREADS), || threads::alike(&folder, &credentials)),
        credentials: asked(is(want::CREDENTIALS), || credentials.clone()),
        program: asked(is(want::PROGRAM), || program::of(living, &root)),
        mapped: asked(is(want::MAPPED), || maps::mapped(living, &root)),
        namespaces: asked(is(want::NAMESPACES), || Ok(namespaces::of(living))),
        cgroup: asked(is(want::CGROUP), || {
            let (bytes, _) = beginning(&folder.join("cgroup"), 4 * MAX_TEXT)?;
            Ok(Bytes(bytes))
        }),
        sockets: asked(is(want::SOCKETS), || held::sockets(living, sockets)),
        root: asked(is(want::ROOT), || {
            let path = std::fs::read_link(living.join("root")).map_err(|err| why(&err))?;
            Ok(Bytes(path.into_os_string().into_vec()))
        }),
    };
    if self::stat(&folder)?.started == stat.started {
        Ok(process)
    } else {
        Err(Unread::Gone)
    }
}

/// What is only read where it is wanted.
fn asked<T>(wanted: bool, read: impl FnOnce() -> Field<T>) -> Field<T> {
    if wanted {
        read()
    } else {
        Err(Unread::NotAsked)
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Stat {
    comm: Bytes,
    state: u8,
    parent: u32,
    threads: u32,
    started: u64,
}

fn stat(folder: &Path) -> Field<Stat> {
    let (text, _) = beginning(&folder.join("stat"), MAX_PROC_TEXT)?;
    parse(&text).ok_or(Unread::Malformed)
}

/// `1 (name) S 0 1 …`: a name may have brackets and spaces, so the last bracket ends it.
fn parse(text: &[u8]) -> Option<Stat> {
    let start = text.iter().position(|byte| *byte == b'(')?;
    let end = text.iter().rposition(|byte| *byte == b')')?;
    let comm = text.get(start + 1..end)?;
    let rest = text.get(end + 1..)?.trim_ascii_end();
    let words: Vec<&[u8]> = words(rest).collect();
    // The third column is the first of these.
    let column = |number: usize| words.get(number - 3).copied();
    Some(Stat {
        comm: comm.get(..MAX_TEXT).unwrap_or(comm).into(),
        state: *column(3)?.first()?,
        parent: decimal(column(4)?)?,
        threads: decimal(column(20)?)?,
        started: decimal(column(22)?)?,
    })
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
