//! The format that the grader and the program speak over the program's standard input and output.
//!
//! Both sides send frames (see [`frame`]): the grader asks with a number, the program answers with the same number, in
//! whatever order it is done. A frame of a forwarded stream carries bytes. Every length is checked before anything is
//! allocated, no type contains itself, and what cannot be read is an error, never a panic.

#[macro_use]
mod codec;
mod answer;
mod connect;
mod files;
pub mod frame;
pub mod limits;
mod mounts;
mod primitives;
mod process;
mod request;
mod sockets;
mod unread;

pub use answer::{Answer, Hello};
pub use codec::{Input, Malformed, Wire, decode, encode};
pub use connect::{
    Attempt, Connect, Connected, Held, Host, HostName, Opened, Outcome, ReadEnd, Target, Watched,
};
pub use files::{
    Content, Entries, Entry, FileKind, Find, Found, FoundFile, List, Read, ReadFile, Stat,
    StatFiles, Stats, UnreadFolder,
};
pub use mounts::{Mount, MountTable, Mounts};
pub use primitives::{Bytes, Listed};
pub use process::{
    Credentials, Mapped, Namespaces, Process, ProcessTable, Processes, Program, want,
};
pub use request::{Ask, Question, Request};
pub use sockets::{ListeningAt, SocketTables, Sockets, TcpRow, UnixRow, WaitForListener, state};
pub use unread::{Field, Unread};

pub use forward::{Endpoint, Forward, Forwarded, UnixPath};
mod forward;

#[cfg(test)]
mod tests;
