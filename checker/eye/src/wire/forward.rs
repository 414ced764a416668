//! Streams that are passed on over the program's input and output.

use std::net::SocketAddr;

use super::connect::Outcome;
use super::primitives::Bytes;
use super::unread::Unread;

record! {
    /// Opens a stream. Where it comes about, frames of the request's number carry its bytes.
    pub struct Forward {
        /// Where to.
        pub to: Endpoint,
        /// How long that may take, in milliseconds.
        pub within_ms: u32,
    }

    /// A Unix socket.
    pub struct UnixPath {
        /// The process below whose root it is; links are followed within that root.
        pub pid: u32,
        /// Its path.
        pub path: Bytes,
    }
}

variants! {
    /// The other end of a stream.
    pub enum Endpoint {
        /// A TCP address, seen from the network namespace.
        1 => Tcp(address: SocketAddr),
        /// A Unix socket in the file system.
        2 => Unix(socket: UnixPath),
        /// A Unix socket of the network namespace that has a name and no path.
        3 => Abstract(name: Bytes),
    }
}

variants! {
    /// What came of it.
    pub enum Forwarded {
        /// It is open.
        1 => Open,
        /// It could not be connected.
        2 => Failed(outcome: Outcome),
        /// The socket could not be found.
        3 => Unfound(why: Unread),
    }
}
