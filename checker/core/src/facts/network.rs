//! Networks and volumes of the stack.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A network (`GET /networks/{id}`) that a container of the stack is attached to, or that carries its project label.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// Its full name.
    pub name: String,
    /// `bridge`, `overlay`, `host`, `null`, …
    pub driver: String,
    /// `Internal`.
    pub internal: bool,
    /// The name in the compose file (`com.docker.compose.network`), if any.
    pub short: Option<String>,
    /// Compose project, if any.
    pub project: Option<String>,
    /// The other lab that made it, by the label `labcheck.lab`; `None` where it is this lab's or has no such label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_by: Option<String>,
}

impl Network {
    /// The engine's own networks, on which names are not looked up.
    pub fn predefined(&self) -> bool {
        matches!(self.name.as_str(), "bridge" | "host" | "none")
    }
}

/// A volume (`GET /volumes`) that carries the stack's project label or is mounted in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Volume {
    /// Its full name.
    pub name: String,
    /// `local` and so on.
    pub driver: String,
    /// The name in the compose file (`com.docker.compose.volume`), if any.
    pub short: Option<String>,
    /// Compose project, if any.
    pub project: Option<String>,
    /// The other lab that made it, by the label `labcheck.lab`; `None` where it is this lab's or has no such label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_by: Option<String>,
}
