//! To connect to addresses and names, and what came of it.

use std::net::{IpAddr, SocketAddr};

use super::primitives::Bytes;
use super::sockets::SocketTables;

record! {
    /// Connects to every target at once, and holds what is open for a time.
    pub struct Connect {
        /// Where to connect to.
        pub targets: Vec<Target>,
        /// How long connections are held after the last target is done, in milliseconds.
        pub hold_ms: u32,
        /// Whether the tables of sockets are read before anything is tried, and again at the end of the hold.
        pub watch: bool,
    }

    /// One place to connect to.
    pub struct Target {
        /// An address or a name.
        pub host: Host,
        /// The port.
        pub port: u16,
        /// How long a connection may take to come about, looking the name up not counted, in milliseconds.
        pub within_ms: u32,
        /// What is sent first.
        pub send: Bytes,
        /// How many bytes are read at most; none are waited for where it is 0.
        pub read_most: u32,
        /// How long they are waited for, in milliseconds.
        pub read_ms: u32,
    }
}

variants! {
    /// An address or a name.
    pub enum Host {
        /// An address.
        1 => Address(address: IpAddr),
        /// A name, looked up as that network does: in `/etc/hosts`, then at the name servers of `/etc/resolv.conf`.
        2 => Name(named: HostName),
    }
}

record! {
    /// A name, and which of its addresses are connected to.
    pub struct HostName {
        /// The name.
        pub name: String,
        /// Only these addresses are connected to, the others are told; all of them where there is no list.
        pub only: Option<Vec<IpAddr>>,
    }

    /// What came of a request to connect.
    pub struct Connected {
        /// One row for every address of every target.
        pub attempts: Vec<Attempt>,
        /// The tables of sockets, where they were asked for.
        pub watched: Option<Watched>,
    }

    /// What came of one attempt.
    pub struct Attempt {
        /// Which target of the request it belongs to.
        pub target: u32,
        /// Where it went; nowhere when a name led to no address.
        pub at: Option<SocketAddr>,
        /// What came of it.
        pub outcome: Outcome,
        /// How long it took to come about or to fail, in milliseconds.
        pub took_ms: u32,
    }
}

variants! {
    /// What came of one attempt.
    pub enum Outcome {
        /// It is open.
        1 => Open(opened: Opened),
        /// It was refused.
        2 => Refused,
        /// Nothing answered in time.
        3 => TimedOut,
        /// There is no way there, by the system's error (`errno`).
        4 => NoRoute(number: i32),
        /// The name is unknown.
        5 => NameUnknown,
        /// The name could not be looked up.
        6 => NameUnanswered(why: String),
        /// The name leads to an address that was not to be connected to.
        7 => Elsewhere,
        /// Another error of the system's (`errno`).
        8 => Failed(number: i32),
        /// It was not tried.
        9 => Untried(why: String),
    }
}

record! {
    /// A connection that came about.
    pub struct Opened {
        /// Its own end.
        pub local: SocketAddr,
        /// The other end.
        pub peer: SocketAddr,
        /// What came back.
        pub received: Bytes,
        /// Why no more was read.
        pub ended: ReadEnd,
        /// What became of it while it was held.
        pub held: Held,
    }

    /// The tables of sockets around the attempts.
    pub struct Watched {
        /// Before the first attempt.
        pub before: SocketTables,
        /// At the end of the hold, with the connections still open.
        pub held: SocketTables,
    }
}

variants! {
    /// Why no more was read.
    pub enum ReadEnd {
        /// Nothing was to be read.
        0 => NotRead,
        /// As many bytes came as were wanted.
        1 => Full,
        /// The time was over.
        2 => Silent,
        /// The other side had closed.
        3 => Closed,
        /// The other side reset it, or it failed otherwise.
        4 => Broken,
    }
}

variants! {
    /// What became of a connection while it was held.
    pub enum Held {
        /// It was still open at the end.
        1 => Open,
        /// The other side had closed it.
        2 => Closed,
    }
}
