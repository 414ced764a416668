//! What is answered.

use super::connect::Connected;
use super::files::{Entries, Found, Read, StatFiles};
use super::forward::Forwarded;
use super::mounts::MountTable;
use super::primitives::Bytes;
use super::process::{Namespaces, ProcessTable};
use super::sockets::{ListeningAt, SocketTables};

record! {
    /// What the program says first, without being asked.
    pub struct Hello {
        /// Its process id in its pid namespace.
        pub pid: u32,
        /// The user it runs as.
        pub uid: u32,
        /// Its capabilities in use.
        pub capabilities: u64,
        /// Its namespaces.
        pub namespaces: Namespaces,
        /// The kernel's release, such as `6.12.1`.
        pub kernel: Bytes,
    }
}

variants! {
    /// What is answered.
    pub enum Answer {
        /// To [`super::Connect`].
        1 => Connected(answer: Connected),
        /// To [`super::Sockets`].
        2 => SocketTables(answer: SocketTables),
        /// To [`super::Processes`].
        3 => ProcessTable(answer: ProcessTable),
        /// To [`super::Mounts`].
        4 => MountTable(answer: MountTable),
        /// To [`super::Stats`].
        5 => StatFiles(answer: StatFiles),
        /// To [`super::List`].
        6 => Entries(answer: Entries),
        /// To [`super::ReadFile`].
        7 => Read(answer: Read),
        /// To [`super::Find`].
        8 => Found(answer: Found),
        /// To [`super::Forward`].
        9 => Forwarded(answer: Forwarded),
        /// To [`super::WaitForListener`].
        10 => ListeningAt(answer: ListeningAt),
        /// The time of the request was over.
        100 => Late,
        /// The request is above a limit, or too many are under way.
        101 => Refused(why: String),
        /// The answer is longer than [`super::limits::MAX_ANSWER`].
        102 => TooLong,
    }
}
