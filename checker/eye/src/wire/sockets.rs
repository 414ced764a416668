//! The kernel's tables of sockets.

use std::net::SocketAddr;

use super::primitives::{Bytes, Listed};
use super::unread::Field;

/// States of a TCP socket, as the kernel numbers them (`include/net/tcp_states.h`).
pub mod state {
    /// Connected.
    pub const ESTABLISHED: u8 = 1;
    /// Closed a moment ago; the kernel still remembers it.
    pub const TIME_WAIT: u8 = 6;
    /// Waits for connections.
    pub const LISTEN: u8 = 10;
}

record! {
    /// The sockets of a network namespace.
    pub struct Sockets {
        /// The process whose network namespace is meant; the program's own where there is none.
        pub pid: Option<u32>,
    }

    /// The tables of one network namespace.
    pub struct SocketTables {
        /// Of IPv4.
        pub tcp: Field<Listed<TcpRow>>,
        /// Of IPv6, which may also carry IPv4; [`super::Unread::Missing`] where the kernel has no IPv6.
        pub tcp6: Field<Listed<TcpRow>>,
        /// Of Unix sockets.
        pub unix: Field<Listed<UnixRow>>,
    }

    /// One TCP socket.
    pub struct TcpRow {
        /// Its own end.
        pub local: SocketAddr,
        /// The other end; address and port are 0 where it listens.
        pub peer: SocketAddr,
        /// Its state, see [`state`].
        pub state: u8,
        /// The user it belongs to.
        pub uid: u32,
        /// Its inode; 0 where no process holds it any more.
        pub inode: u64,
    }

    /// One Unix socket.
    pub struct UnixRow {
        /// Its inode.
        pub inode: u64,
        /// Whether it waits for connections.
        pub listens: bool,
        /// 1 for a stream, 2 for datagrams, 5 for packets.
        pub kind: u16,
        /// The kernel's state: 1 unconnected, 3 connected.
        pub state: u8,
        /// Where it is bound to; a name that begins with `@` is not in the file system.
        pub path: Option<Bytes>,
    }

    /// Waits until something listens on a port of the network namespace.
    pub struct WaitForListener {
        /// The port.
        pub port: u16,
        /// How long it is waited for, in milliseconds.
        pub within_ms: u32,
    }

    /// What listens on the port.
    pub struct ListeningAt {
        /// The sockets; none where the time was over.
        pub rows: Vec<TcpRow>,
    }
}
