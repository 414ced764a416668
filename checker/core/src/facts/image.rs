//! The images that the stack's containers run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An image (`GET /images/{name}/json`), reduced to what checks ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Image {
    /// The image's id.
    pub id: String,
    /// `RepoTags`.
    pub tags: Vec<String>,
    /// `RepoDigests`.
    pub digests: Vec<String>,
    /// Size in bytes.
    pub size: i64,
    /// `Config.User`.
    pub user: String,
    /// `Config.ExposedPorts`.
    pub exposed: Vec<String>,
    /// `Config.Env`, secrets redacted.
    pub env: Vec<super::EnvVar>,
    /// `Config.Labels` that tell where it comes from (`org.opencontainers.image.*`, `labcheck.*`).
    pub labels: std::collections::BTreeMap<String, String>,
}
