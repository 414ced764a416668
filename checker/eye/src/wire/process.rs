//! What the kernel says about processes.

use super::primitives::{Bytes, Listed};
use super::unread::Field;

/// What is wanted of each process, added up.
pub mod want {
    /// The command line.
    pub const CMDLINE: u16 = 1;
    /// Users, groups, capabilities, `NoNewPrivs`, `Seccomp`.
    pub const CREDENTIALS: u16 = 1 << 1;
    /// Whether all threads have the credentials of the first.
    pub const THREADS: u16 = 1 << 2;
    /// The program that runs.
    pub const PROGRAM: u16 = 1 << 3;
    /// Files that are mapped with the right to run.
    pub const MAPPED: u16 = 1 << 4;
    /// The namespaces.
    pub const NAMESPACES: u16 = 1 << 5;
    /// The control groups.
    pub const CGROUP: u16 = 1 << 6;
    /// The sockets that it holds open.
    pub const SOCKETS: u16 = 1 << 7;
    /// Its root folder.
    pub const ROOT: u16 = 1 << 8;
    /// Everything.
    pub const ALL: u16 = (1 << 9) - 1;
}

record! {
    /// The processes that the program's pid namespace shows.
    pub struct Processes {
        /// Only these; all of them where there is no list.
        pub pids: Option<Vec<u32>>,
        /// What is wanted of each, see [`want`].
        pub want: u16,
    }

    /// The processes.
    pub struct ProcessTable {
        /// The program's own process id: it is on the list, too.
        pub own: u32,
        /// In the order of their ids. One that ended meanwhile is left out.
        pub processes: Listed<Process>,
    }

    /// One process.
    pub struct Process {
        /// Its id.
        pub pid: u32,
        /// Its parent's id; 0 where that is outside of the namespace.
        pub parent: u32,
        /// The letter of its state, such as `S`; `Z` is one whose first thread has ended.
        pub state: u8,
        /// How many threads it has.
        pub threads: u32,
        /// When it was started, in ticks since the machine was: tells a process from a later one with its id.
        pub started: u64,
        /// The name that it gives itself.
        pub comm: Bytes,
        /// Its command line as it has it itself, with NUL between words, cut to [`super::limits::MAX_TEXT`].
        pub cmdline: Field<Bytes>,
        /// In whose name it runs.
        pub credentials: Field<Credentials>,
        /// Whether all threads have the credentials of the first.
        pub threads_alike: Field<bool>,
        /// The program that runs.
        pub program: Field<Program>,
        /// Files that are mapped with the right to run, each once.
        pub mapped: Field<Listed<Mapped>>,
        /// Its namespaces.
        pub namespaces: Field<Namespaces>,
        /// Its control groups, as the kernel writes them.
        pub cgroup: Field<Bytes>,
        /// The inodes of the sockets that it holds open.
        pub sockets: Field<Listed<u64>>,
        /// Its root folder, as its own mount namespace names it.
        pub root: Field<Bytes>,
    }

    /// In whose name a process runs.
    pub struct Credentials {
        /// Real, effective, saved and file system user.
        pub uids: [u32; 4],
        /// Real, effective, saved and file system group.
        pub gids: [u32; 4],
        /// Other groups.
        pub groups: Vec<u32>,
        /// Capabilities that a program started by it may inherit.
        pub inheritable: u64,
        /// Capabilities that it may use.
        pub permitted: u64,
        /// Capabilities that are in use.
        pub effective: u64,
        /// Capabilities that it can have at most.
        pub bounding: u64,
        /// Capabilities that programs started by it keep.
        pub ambient: u64,
        /// Whether programs started by it cannot get more rights.
        pub no_new_privs: bool,
        /// 0 without, 1 with the strict, 2 with a filter's seccomp mode.
        pub seccomp: u8,
    }

    /// The program of a process.
    pub struct Program {
        /// Its path as the kernel has it, below the process's root; what was deleted ends with ` (deleted)`.
        pub path: Bytes,
        /// The device that the file system says.
        pub device: u64,
        /// The inode.
        pub inode: u64,
        /// Names that the file has; 0 when it was deleted.
        pub links: u64,
        /// The mount that it was started from, by its number in the table of mounts.
        pub mount: Field<u64>,
        /// Whether the path leads to this very file, so that it was neither deleted nor replaced.
        pub in_place: Field<bool>,
    }

    /// A file that is mapped with the right to run.
    pub struct Mapped {
        /// Its path, as the kernel writes it.
        pub path: Bytes,
        /// Major number of the device.
        pub major: u32,
        /// Minor number of the device.
        pub minor: u32,
        /// The inode; 0 where it is no file.
        pub inode: u64,
        /// The mount on which a file of this path and inode lies, by its number in the table of mounts.
        pub mount: Field<u64>,
    }

    /// The numbers of a process's namespaces.
    pub struct Namespaces {
        /// Of the network.
        pub net: Field<u64>,
        /// Of processes.
        pub pid: Field<u64>,
        /// Of mounts.
        pub mnt: Field<u64>,
        /// Of users.
        pub user: Field<u64>,
    }
}
