//! Whose network a container is in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `HostConfig.NetworkMode` (Docker Engine API, `GET /containers/{id}/json`); as the engine writes it in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "String", into = "String")]
#[schemars(with = "String")]
pub enum NetworkMode {
    /// `host`: the machine's own network; nothing is published, as all of it is open already.
    Host,
    /// `container:ID`: another container's network, by its id or its name.
    Container(String),
    /// A network's name, `default`, `bridge`, `none`, or nothing.
    Own(String),
}

impl NetworkMode {
    /// Whether it is the machine's own network.
    pub fn is_host(&self) -> bool {
        *self == Self::Host
    }

    /// The id or name of the container whose network it is, where it is another one's.
    pub fn lender(&self) -> Option<&str> {
        match self {
            Self::Container(lender) => Some(lender).filter(|id| !id.is_empty()).map(String::as_str),
            Self::Host | Self::Own(_) => None,
        }
    }
}

impl Default for NetworkMode {
    fn default() -> Self {
        Self::Own(String::new())
    }
}

impl From<String> for NetworkMode {
    fn from(mode: String) -> Self {
        match mode.strip_prefix("container:") {
            Some(lender) => Self::Container(lender.to_owned()),
            None if mode == "host" => Self::Host,
            None => Self::Own(mode),
        }
    }
}

impl From<&str> for NetworkMode {
    fn from(mode: &str) -> Self {
        mode.to_owned().into()
    }
}

impl From<NetworkMode> for String {
    fn from(mode: NetworkMode) -> Self {
        match mode {
            NetworkMode::Host => "host".into(),
            NetworkMode::Container(lender) => format!("container:{lender}"),
            NetworkMode::Own(name) => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_is_written_as_it_was_read() {
        for mode in ["host", "container:abc", "container:", "v6_edge", "none", ""] {
            assert_eq!(String::from(NetworkMode::from(mode)), mode);
        }
    }
}
