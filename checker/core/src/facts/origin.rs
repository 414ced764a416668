//! Where a project comes from: which files start it, and what it needs from beyond its folder.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Seen;

/// A compose project of the stack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Origin {
    /// Its name.
    pub project: String,
    /// Names of the compose files that its containers were made from (`com.docker.compose.project.config_files`), one
    /// list for each different set of them.
    pub files: Vec<Vec<String>>,
    /// What its files want from outside of the folder, or why that could not be looked at; `None` where no look was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside: Option<Seen<Vec<Outside>>>,
    /// It wants something from outside, and its folder is in no git repository, so the folder was taken for the whole checkout.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_repository: bool,
}

/// A file or folder that a clean checkout would not have.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields, default)]
pub struct Outside {
    /// The service that wants it.
    pub service: String,
    /// Whether its image is built from it; otherwise it is mounted.
    pub build: bool,
    /// The path, as it is written in the file.
    pub path: String,
}

/// What became of the data when the project was taken down and up again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Recreated {
    /// The project.
    pub project: String,
    /// Why it was not taken down: the data would have been lost. Nothing was done then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_lose: Option<String>,
    /// What Compose said when it could not start the project again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_up: Option<String>,
    /// Milliseconds from `up` until the application answered with what was stored; `None` when it did not.
    pub found_ms: Option<u64>,
    /// What was last heard of it.
    pub last: String,
    /// Rows that were taken out again, or why some may have stayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone: Option<Seen<u64>>,
}
