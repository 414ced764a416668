//! A health check, tried where the program does not run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a health check's command did in a container of the same image that runs nothing but the command and has no network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TriedHealthCheck {
    /// The command (`Config.Healthcheck.Test`) as a person would write it, redacted and cut.
    pub command: String,
    /// It ended with 0 there too, so it says nothing about the program.
    pub succeeded: bool,
}
