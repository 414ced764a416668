//! What the compose files of the stack's projects declare, read from the files themselves.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Seen;

/// The compose files of one project (`com.docker.compose.project.config_files`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// The project.
    pub project: String,
    /// Networks under the top-level `networks`, or why the files could not be read.
    pub networks: Seen<Vec<DeclaredNetwork>>,
    /// For each service, those that it waits for until they are healthy, by its file (`depends_on` with condition
    /// `service_healthy`); none where the files could not be read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub waits: BTreeMap<String, BTreeSet<String>>,
}

/// A network of a compose file's top level.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields, default)]
pub struct DeclaredNetwork {
    /// Its key.
    pub key: String,
    /// Its full name, where the file gives one (`name`) without variables.
    pub name: Option<String>,
    /// The file says that it is made elsewhere (`external`).
    pub external: bool,
    /// A service of the files names it, whether that service runs or not.
    pub named_by_service: bool,
}
