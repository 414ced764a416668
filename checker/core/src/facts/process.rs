//! What runs inside one container: its processes, and the sockets they listen on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A row of the process list (`GET /containers/{id}/top`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Process {
    /// Process id as the host sees it; renumbered from 1 in recordings.
    pub pid: u64,
    /// Parent's id.
    pub parent: u64,
    /// Effective user: a name or a number.
    pub user: String,
    /// Command line, redacted and cut.
    pub command: String,
}

impl Process {
    /// The program's bare name: `mariadbd` for `/usr/sbin/mariadbd --user=mysql`.
    pub fn program(&self) -> &str {
        let first = self.command.split_whitespace().next().unwrap_or_default();
        first
            .rsplit('/')
            .next()
            .unwrap_or(first)
            .trim_end_matches(':')
            .trim_start_matches('-')
    }
}

/// A listening TCP socket inside a container (`/proc/net/tcp` and `tcp6` there).
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields, default)]
pub struct Listener {
    /// Local address.
    pub address: String,
    /// Local port.
    pub port: u16,
}

impl Listener {
    /// Whether only processes in the same container reach it.
    pub fn loopback(&self) -> bool {
        self.address.starts_with("127.")
            || self.address == "::1"
            || self.address.starts_with("::ffff:127.")
    }
}
