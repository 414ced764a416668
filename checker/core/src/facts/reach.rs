//! Who reaches which port: what was asked for, what the engine made of it, and what an attempt showed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Listener, Seen};

/// The table of ports and who reaches them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reach {
    /// Addresses of the engine's host that are not loopback; `Unseen` says why none is known.
    pub outside: Option<Seen<Vec<String>>>,
    /// How attempts were made from each container that plays the proxy, by its name, or why they could not be made.
    pub inside: BTreeMap<String, Seen<Tool>>,
    /// Containers between the proxy and the database that may pass connections on, and why it could not be seen on which
    /// ports; by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unheard: BTreeMap<String, String>,
    /// Containers in the host's network that are not the entry, by name: the sockets of the machine that their own
    /// processes listen on (`/proc/net/tcp` and the descriptors of these processes), or why it could not be seen which.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub machine: BTreeMap<String, Seen<Vec<Listener>>>,
    /// Unix sockets that the database listens on and that another container finds in a mount which both have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sockets: Vec<SharedSocket>,
    /// Ports that containers outside of the stack publish and behind which the application's form is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<ForeignPort>,
    /// One row for each container, port and place to try from.
    pub rows: Vec<ReachRow>,
}

/// A published port of a container that is not the stack's, though on one of its networks, which leads to the application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ForeignPort {
    /// Whose it is.
    pub container: String,
    /// Where it is published, such as `0.0.0.0:9090`.
    #[serde(rename = "place")]
    pub address: String,
    /// The address at which the inserter's form came back.
    pub url: String,
}

/// A Unix socket on which one container listens (`/proc/net/unix` there), and where another one finds it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SharedSocket {
    /// Whose it is.
    pub of: String,
    /// Its path there.
    pub at: String,
    /// Who finds it.
    pub container: String,
    /// Its path there.
    pub found: String,
}

/// What attempts inside a container were made with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Tool {
    /// The program: `labcheck-eye`, which is the grader's own, or `bash`, `python3` or `nc` out of an image of the stack.
    pub program: String,
    /// It ran in a container of the grader's that shares the network of the one it speaks for.
    #[serde(rename = "beside")]
    pub sidecar: bool,
    /// The attempt that had to succeed and did; `None` when none did, so that nothing is proven by the others.
    pub control: Option<String>,
    /// Why a program of the stack was used in place of the grader's own, so that its word is believed; `None` where that
    /// was not so, and in recordings that are older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_program: Option<String>,
}

/// A port of a container, seen from one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReachRow {
    /// Whose port.
    pub container: String,
    /// The port inside the container.
    pub port: u16,
    /// `tcp`, `udp` or `sctp`.
    pub proto: String,
    /// Where it was tried from.
    pub from: Vantage,
    /// `HostConfig.PortBindings`: what was asked for, such as `0.0.0.0:8080`; a port of 0 leaves the choice to the engine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<String>,
    /// `NetworkSettings.Ports`: where it really is published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effective: Vec<String>,
    /// What was tried; empty when there was nothing to try.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tries: Vec<Try>,
}

/// Where an attempt was made from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Vantage {
    /// Any other machine: tried through an address of the engine's host that is not loopback.
    Outside,
    /// The engine's host itself, through its loopback address.
    Loopback,
    /// Inside the network of this container, which plays the proxy.
    Proxy(String),
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Try {
    /// Address and port.
    pub at: String,
    /// The name that led to the address, where a name was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What happened.
    pub outcome: Tried,
}

/// What an attempt showed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tried {
    /// The connection was accepted.
    Open,
    /// The connection was accepted, and a database greeted: which, in words such as `MariaDB 11.8`.
    Greets(String),
    /// The connection was accepted, and whenever one is, a connection to the database comes about that lasts as long.
    PassedOn,
    /// It was refused at once.
    Refused,
    /// No answer within so many milliseconds: packets are dropped.
    TimedOut(u64),
    /// No way leads there, in the system's words.
    NoRoute(String),
    /// The name leads to no address there.
    NoName,
    /// The name leads to an address that is none of the stack's, so it was not connected to.
    Elsewhere,
    /// It could not be tried.
    Untried(String),
}

impl ReachRow {
    /// Whether an attempt succeeded.
    pub fn open(&self) -> bool {
        self.tries.iter().any(|tried| tried.outcome.open())
    }

    /// Whether every attempt showed that no connection comes in; `false` without any attempt.
    pub fn closed(&self) -> bool {
        let shut =
            |tried: &Try| !tried.outcome.open() && !matches!(tried.outcome, Tried::Untried(_));
        !self.tries.is_empty() && self.tries.iter().all(shut)
    }
}

impl Tried {
    /// Whether the connection was accepted.
    pub fn open(&self) -> bool {
        matches!(self, Self::Open | Self::Greets(_) | Self::PassedOn)
    }

    /// The database that greeted, if one did.
    pub fn greets(&self) -> Option<&str> {
        match self {
            Self::Greets(who) => Some(who),
            _ => None,
        }
    }

    /// Whether it leads to a database.
    pub fn to_database(&self) -> bool {
        matches!(self, Self::Greets(_) | Self::PassedOn)
    }

    /// What happened, in words.
    pub fn phrase(&self) -> String {
        match self {
            Self::Open => "open".into(),
            Self::Greets(who) => format!("open, and a database greets ({who})"),
            Self::PassedOn => {
                "open, and each connection that is held there holds one to the database".into()
            }
            Self::Refused => "refused".into(),
            Self::TimedOut(ms) => format!("timed out after {ms} ms (packets are dropped)"),
            Self::NoRoute(said) => format!("no way there ({said})"),
            Self::NoName => "no such name there".into(),
            Self::Elsewhere => "an address that is none of the stack's".into(),
            Self::Untried(why) => format!("could not be tried: {why}"),
        }
    }
}

impl Vantage {
    /// The place, as it follows "from".
    pub fn phrase(&self) -> String {
        match self {
            Self::Outside => "outside".into(),
            Self::Loopback => "this machine".into(),
            Self::Proxy(name) => format!("inside `{name}`"),
        }
    }
}
