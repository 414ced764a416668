//! Which files run in a container, and on which mounts they lie, as the kernel says inside it (`/proc/PID/exe`, `/proc/PID/maps`,
//! `/proc/PID/mountinfo`).
//!
//! A command line is what a program says of itself: it can name another file. The kernel's word cannot be chosen by the student.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::try_join;
use labcheck_eye::container::Namespace;
use labcheck_eye::wire::{Bytes, Mount, Mounts, Process, Processes, Unread, want};

use crate::stack::context::StackContext;
use labcheck_core::facts::{RunningFile, Status};
use labcheck_core::text::{clean, cut};
use labcheck_engine::model::inspected::Inspected;

/// Longest wait for an answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// The first process of a container that has processes of its own.
const FIRST: u32 = 1;
/// Longest path that is told.
const MOST_PATH: usize = 200;
/// Most files that are told.
const MOST_FILES: usize = 20;

/// The mounts of a container, and what runs from them.
#[derive(Debug, Default)]
pub(crate) struct RunningFiles {
    /// The table of its first process, in the kernel's order.
    pub(crate) mounts: Vec<Mount>,
    /// Programs by the number of their mount; libraries are left out.
    pub(crate) programs: BTreeSet<u64>,
    /// What does not run from the root file system, or no longer lies where it was started from.
    pub(crate) elsewhere: Vec<RunningFile>,
}

/// Asks for both tables.
///
/// # Errors
/// Why it could not be looked at.
pub(crate) async fn look(
    context: &StackContext<'_>,
    inspected: &Inspected,
) -> Result<RunningFiles, String> {
    let container = &inspected.container;
    if container.state.status != Status::Running {
        return Err(format!("`{}` is not running", container.known_as()));
    }
    if !container.pid_mode.is_empty() {
        // The first process that is seen there is another container's.
        return Err("it shares the processes of another container".into());
    }
    let eye = context
        .sidecars
        .eye(&container.id, &[Namespace::Pid])
        .await?;
    let mounts = eye.ask(Mounts { pid: FIRST }, DEADLINE);
    let wanted = Processes {
        pids: None,
        want: want::PROGRAM | want::MAPPED | want::NAMESPACES,
    };
    let (mounts, processes) = try_join(mounts, eye.ask(wanted, DEADLINE))
        .await
        .map_err(|err| err.to_string())?;
    let mounts = mounts.mounts.map_err(|why| why.to_string())?;
    let processes = processes.processes;
    if !mounts.complete || !processes.complete {
        return Err("there is more of it than is read".into());
    }
    read(mounts.rows, &processes.rows)
}

fn read(mounts: Vec<Mount>, processes: &[Process]) -> Result<RunningFiles, String> {
    let namespace = |process: &Process| {
        let all = process.namespaces.as_ref().ok()?;
        all.mnt.as_ref().ok().copied()
    };
    let first = processes.iter().find(|process| process.pid == FIRST);
    let first = first
        .and_then(namespace)
        .ok_or("its first process has ended")?;
    // What is mounted later lies over what was there.
    let root = mounts.iter().rfind(|mount| mount.point.0 == b"/");
    let root = root.ok_or("the kernel shows no mount of `/`")?.id;
    let mut found = Found::default();
    for process in processes {
        // A container that shares these processes has files of its own, and so has the grader's program.
        if namespace(process) == Some(first) && !is_of_runtime(process, &mounts) {
            found.add(process)?;
        }
    }
    let point = |id: u64| {
        let mount = mounts.iter().find(|mount| mount.id == id);
        mount.map(|mount| told(&mount.point.lossy()))
    };
    let elsewhere = found.files.iter().filter_map(|((path, mount), file)| {
        let from_root = *mount == Some(root);
        (!from_root || !file.in_place).then(|| RunningFile {
            path: told(path),
            mount: mount.filter(|id| *id != root).and_then(point),
            in_place: file.in_place,
            library: file.library,
        })
    });
    let elsewhere = elsewhere.take(MOST_FILES).collect();
    let programs = found.files.iter().filter(|(_, file)| !file.library);
    Ok(RunningFiles {
        programs: programs.filter_map(|((_, mount), _)| *mount).collect(),
        elsewhere,
        mounts,
    })
}

/// Whether a process is the engine's runtime on the way to become a command of `docker exec` or of a health check: for some
/// milliseconds it is in the container already, and still runs the runtime's own file, which no mount of the container shows.
/// Only what was started from outside has no parent in there.
fn is_of_runtime(process: &Process, mounts: &[Mount]) -> bool {
    let own_file = process.program.as_ref().is_ok_and(|program| {
        let known = |id: &u64| mounts.iter().any(|mount| mount.id == *id);
        program.links > 0 && program.in_place == Ok(true) && program.mount.as_ref().is_ok_and(known)
    });
    process.pid != FIRST && process.parent == 0 && !own_file
}

/// What the processes that run one file say of it, together.
#[derive(Debug)]
struct File {
    /// In place for all of them.
    in_place: bool,
    /// None of them runs it as its program.
    library: bool,
}

#[derive(Debug, Default)]
struct Found {
    /// By path and mount: under one path, processes can see different files.
    files: BTreeMap<(String, Option<u64>), File>,
}

impl Found {
    fn add(&mut self, process: &Process) -> Result<(), String> {
        match &process.program {
            Ok(program) => {
                let in_place = whole(&program.in_place)?.unwrap_or(true) && program.links > 0;
                let file = self.file(&program.path, whole(&program.mount)?);
                file.in_place &= in_place;
                file.library = false;
            }
            // It ended meanwhile, or never had a program.
            Err(Unread::Gone | Unread::Missing) => return Ok(()),
            Err(why) => return Err(why.to_string()),
        }
        let Some(mapped) = whole(&process.mapped)? else {
            return Ok(());
        };
        // What the kernel maps itself is no file. A file whose mount is not told lies where the program cannot be followed.
        for file in mapped.rows.iter().filter(|file| file.inode != 0) {
            let Ok(mount) = file.mount else { continue };
            self.file(&file.path, Some(mount));
        }
        Ok(())
    }

    fn file(&mut self, path: &Bytes, mount: Option<u64>) -> &mut File {
        self.files.entry((path.lossy(), mount)).or_insert(File {
            in_place: true,
            library: true,
        })
    }
}

/// What was read; none where the process ended meanwhile or there is no such thing.
fn whole<T: Clone>(field: &Result<T, Unread>) -> Result<Option<T>, String> {
    match field {
        Ok(value) => Ok(Some(value.clone())),
        Err(Unread::Gone | Unread::Missing) => Ok(None),
        Err(why) => Err(why.to_string()),
    }
}

/// A path as it is told.
pub(super) fn told(path: &str) -> String {
    cut(&clean(path), MOST_PATH)
}

#[cfg(test)]
pub(super) mod tests {
    use labcheck_eye::wire::{Listed, Mapped, Namespaces, Program};

    use super::*;

    /// A row of the table of mounts.
    pub(in crate::image) fn mount(id: u64, point: &str) -> Mount {
        Mount {
            id,
            parent: 1,
            major: 0,
            minor: 1,
            root: Bytes::from("/"),
            point: Bytes::from(point),
            options: Bytes::from("rw"),
            spreads: Bytes::default(),
            kind: Bytes::from("ext4"),
            source: Bytes::default(),
            super_options: Bytes::from("rw"),
        }
    }

    /// A process of the container that runs a file of a mount.
    fn process(pid: u32, path: &str, mount: u64) -> Process {
        Process {
            pid,
            parent: u32::from(pid > 1),
            state: b'S',
            threads: 1,
            started: 1,
            comm: Bytes::default(),
            cmdline: Err(Unread::NotAsked),
            credentials: Err(Unread::NotAsked),
            threads_alike: Err(Unread::NotAsked),
            program: Ok(Program {
                path: Bytes::from(path),
                device: 1,
                inode: 1,
                links: 1,
                mount: Ok(mount),
                in_place: Ok(true),
            }),
            mapped: Ok(Listed {
                rows: Vec::new(),
                complete: true,
            }),
            namespaces: Ok(Namespaces {
                net: Ok(1),
                pid: Ok(1),
                mnt: Ok(1),
                user: Ok(1),
            }),
            cgroup: Err(Unread::NotAsked),
            sockets: Err(Unread::NotAsked),
            root: Err(Unread::NotAsked),
        }
    }

    fn elsewhere(processes: &[Process]) -> Vec<RunningFile> {
        let mounts = vec![mount(1, "/"), mount(2, "/data")];
        read(mounts, processes).expect("it is read").elsewhere
    }

    /// The runtime's own file: no mount of the container shows it.
    fn of_runtime(mut process: Process) -> Process {
        if let Ok(program) = &mut process.program {
            program.path = Bytes::from("/");
            program.mount = Err(Unread::Missing);
            program.in_place = Ok(false);
        }
        process
    }

    #[test]
    fn what_runs_from_a_mount_is_told_whatever_it_calls_itself() {
        assert_eq!(elsewhere(&[process(1, "/inventory", 1)]), []);
        let found = elsewhere(&[process(1, "/inventory", 1), process(7, "/data/x", 2)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "/data/x");
        assert_eq!(found[0].mount.as_deref(), Some("/data"));
        assert!(found[0].in_place && !found[0].library);
    }

    #[test]
    fn a_library_of_a_mount_is_told_and_what_the_kernel_maps_is_not() {
        let mut one = process(1, "/inventory", 1);
        let mapped = |path: &str, inode, mount| Mapped {
            path: Bytes::from(path),
            major: 0,
            minor: 1,
            inode,
            mount,
        };
        one.mapped = Ok(Listed {
            rows: vec![
                mapped("[vdso]", 0, Err(Unread::Missing)),
                mapped("/lib/libc.so.6", 5, Ok(1)),
                mapped("/data/libx.so", 6, Ok(2)),
            ],
            complete: true,
        });
        let found = elsewhere(&[one]);
        assert_eq!(found.len(), 1);
        assert!(found[0].library && found[0].path == "/data/libx.so");
    }

    #[test]
    fn the_engines_runtime_is_no_program_of_the_container() {
        let mut begun = of_runtime(process(9, "/", 1));
        begun.parent = 0;
        assert_eq!(elsewhere(&[process(1, "/inventory", 1), begun]), []);
        // What the container started itself has a parent there.
        let own = of_runtime(process(9, "/", 1));
        let found = elsewhere(&[process(1, "/inventory", 1), own]);
        assert!(!found[0].in_place && found[0].mount.is_none());
        let first = of_runtime(process(1, "/", 1));
        assert!(!elsewhere(&[first])[0].in_place);
    }

    #[test]
    fn one_good_file_does_not_hide_another_of_its_name() {
        let mut replaced = process(7, "/inventory", 1);
        if let Ok(program) = &mut replaced.program {
            program.in_place = Ok(false);
        }
        let good = || process(9, "/inventory", 1);
        let found = elsewhere(&[process(1, "/inventory", 1), replaced, good()]);
        assert!(found.len() == 1 && !found[0].in_place);
        let over = process(7, "/inventory", 2);
        let found = elsewhere(&[process(1, "/inventory", 1), over, good()]);
        assert_eq!(found[0].mount.as_deref(), Some("/data"));
    }

    #[test]
    fn processes_with_other_files_are_left_out() {
        let mut other = process(9, "/data/x", 2);
        if let Ok(namespaces) = &mut other.namespaces {
            namespaces.mnt = Ok(2);
        }
        assert_eq!(elsewhere(&[process(1, "/inventory", 1), other]), []);
    }
}
