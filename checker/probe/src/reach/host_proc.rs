//! Which sockets processes of this machine listen on, read from `/proc` by the grader itself (`proc(5)`).
//!
//! No program of the stack is started for it. It serves where the engine runs on this machine and the grader may read the
//! process; a process counts only where the kernel has it in the control group of the container that it is said to belong
//! to. What cannot be read is not known, never absent.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use crate::stack::listening::{LISTEN, address};
use labcheck_core::facts::{Listener, Process, Seen};

/// Processes that are looked at at most.
const MOST: usize = 400;
/// Open files of one process that are looked at at most.
const MOST_OPEN: usize = 4096;
/// Bytes of a table of sockets that are read at most.
const MOST_TABLE: u64 = 4 * 1024 * 1024;
/// Bytes of a process's control groups that are read at most.
const MOST_GROUPS: u64 = 16 * 1024;

/// What was seen of this machine's sockets and of processes.
#[derive(Debug, Default)]
pub(crate) struct HostSockets {
    /// Sockets in state LISTEN, by inode.
    listening: BTreeMap<u64, Listener>,
    /// Sockets that a process holds open, by process id; `None` where the kernel refused to say.
    held: BTreeMap<u64, Option<BTreeSet<u64>>>,
}

impl HostSockets {
    /// Reads the sockets of processes, each given with the id of its container.
    ///
    /// # Errors
    /// That there are too many processes.
    pub(crate) async fn read(processes: Vec<(String, u64)>) -> Result<Self, String> {
        if processes.len() > MOST {
            return Err(format!("there are more than {MOST} processes"));
        }
        let work = move || Self::below(Path::new("/proc"), &processes);
        let read = tokio::task::spawn_blocking(work).await;
        read.map_err(|_| "the look ended early".into())
    }

    fn below(proc: &Path, processes: &[(String, u64)]) -> Self {
        let mut all = Self::default();
        for (container, pid) in processes {
            let process = proc.join(pid.to_string());
            // An engine elsewhere (another machine, a virtual one) numbers its processes on its own.
            if !text(process.join("cgroup"), MOST_GROUPS).contains(container) {
                continue;
            }
            match open_sockets(&process) {
                Ok(held) => all.held.insert(*pid, Some(held)),
                Err(ErrorKind::NotFound) => continue,
                Err(_) => all.held.insert(*pid, None),
            };
            for table in ["net/tcp", "net/tcp6"] {
                let table = text(process.join(table), MOST_TABLE);
                all.listening.extend(table.lines().filter_map(row));
            }
        }
        all
    }

    /// What processes listen on. One that is gone by now listens on nothing, but not all of them may be gone.
    pub(crate) fn of(&self, list: &[Process]) -> Seen<Vec<Listener>> {
        let seen = || {
            list.iter()
                .filter_map(|process| self.held.get(&process.pid))
        };
        if seen().next().is_none() {
            return Seen::Unseen("its processes were not found on the machine".into());
        }
        if seen().any(Option::is_none) {
            return Seen::Unseen("which sockets its processes hold open could not be read".into());
        }
        let inodes = seen().flatten().flatten();
        let own: BTreeSet<Listener> = inodes
            .filter_map(|inode| self.listening.get(inode).cloned())
            .collect();
        Seen::Seen(own.into_iter().collect())
    }
}

/// The inodes of the sockets that a process holds open (`/proc/PID/fd`).
fn open_sockets(process: &Path) -> Result<BTreeSet<u64>, ErrorKind> {
    let open = std::fs::read_dir(process.join("fd")).map_err(|err| err.kind())?;
    let inodes = open.take(MOST_OPEN).filter_map(|file| {
        let target = std::fs::read_link(file.ok()?.path()).ok()?;
        let inode = target.to_str()?.strip_prefix("socket:[")?;
        inode.strip_suffix(']')?.parse().ok()
    });
    Ok(inodes.collect())
}

/// A row of `/proc/PID/net/tcp` in state LISTEN: its inode, and where it listens.
fn row(line: &str) -> Option<(u64, Listener)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (local, state, inode) = (words.get(1)?, words.get(3)?, words.get(9)?);
    if *state != LISTEN {
        return None;
    }
    let (host, port) = local.split_once(':')?;
    let address = address(host)?;
    let port = u16::from_str_radix(port, 16).ok()?;
    Some((inode.parse().ok()?, Listener { address, port }))
}

/// A text of the kernel's as far as it may be long; empty where it cannot be read.
fn text(path: PathBuf, most: u64) -> String {
    let mut bytes = Vec::new();
    let _ = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
        0: 00000000:3A82 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 71 1 0 100\n\
        1: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 72 1 0 100\n\
        2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 73 1 0 100\n\
        3: 00000000:0017 00000000:0000 01 00000000:00000000 00:00000000 00000000     0        0 74 1 0 100\nx\n";

    fn process(pid: u64) -> Process {
        Process {
            pid,
            ..Process::default()
        }
    }

    fn at(address: &str, port: u16) -> Listener {
        Listener {
            address: address.into(),
            port,
        }
    }

    #[cfg(unix)]
    fn make(proc: &Path, pid: u64, container: &str, sockets: &[u64]) {
        let process = proc.join(pid.to_string());
        std::fs::create_dir_all(process.join("fd")).expect("a folder");
        std::fs::create_dir_all(process.join("net")).expect("a folder");
        std::fs::write(process.join("cgroup"), format!("0::/docker/{container}\n")).expect("it");
        std::fs::write(process.join("net/tcp"), TABLE).expect("it");
        for (fd, inode) in sockets.iter().enumerate() {
            let link = process.join("fd").join(fd.to_string());
            std::os::unix::fs::symlink(format!("socket:[{inode}]"), link).expect("a link");
        }
    }

    #[cfg(unix)]
    #[test]
    fn sockets_are_told_apart_by_who_holds_them() {
        let proc = tempfile::tempdir().expect("a folder");
        make(proc.path(), 10, "aa", &[71, 74, 99]);
        make(proc.path(), 11, "aa", &[72]);
        make(proc.path(), 12, "bb", &[73]);
        std::fs::create_dir_all(proc.path().join("13")).expect("a folder");
        let named = [10, 11, 12, 13, 14].map(|pid| ("aa".to_owned(), pid));
        let machine = HostSockets::below(proc.path(), &named);
        let of = |pids: &[u64]| {
            let list: Vec<Process> = pids.iter().map(|pid| process(*pid)).collect();
            machine.of(&list)
        };
        let found = vec![at("0.0.0.0", 14978), at("127.0.0.1", 5000)];
        assert_eq!(of(&[10, 11, 14]), Seen::Seen(found));
        assert!(of(&[12]).why().is_some(), "of another container");
        assert!(of(&[13]).why().is_some(), "in no control group");
        assert!(of(&[14]).why().is_some(), "not there");
        assert!(of(&[]).why().is_some(), "no process");
    }

    #[test]
    fn what_the_kernel_refuses_to_say_is_not_known() {
        let held = BTreeMap::from([(1, Some(BTreeSet::new())), (2, None)]);
        let machine = HostSockets {
            held,
            ..HostSockets::default()
        };
        assert_eq!(machine.of(&[process(1)]), Seen::Seen(vec![]));
        assert!(machine.of(&[process(1), process(2)]).why().is_some());
    }

    /// This process, with whatever control group it is in.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_look_finds_a_socket_by_its_process() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let own = u64::from(std::process::id());
        let named = vec![("/".to_owned(), own)];
        let machine = HostSockets::read(named).await.expect("one process");
        let found = machine.of(&[process(own)]);
        let own = found.get().expect("readable");
        assert!(own.contains(&at("127.0.0.1", port)), "{own:?}");
        drop(listener);
    }

    #[tokio::test]
    async fn too_many_processes_are_not_looked_at() {
        let many = vec![("aa".to_owned(), 1); MOST + 1];
        assert!(HostSockets::read(many).await.is_err());
    }
}
