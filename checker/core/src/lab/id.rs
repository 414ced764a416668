//! Names of labs and checks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A lab's name, `v1` to `v6` in this course; an instructor's course may use others.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct LabId(#[schemars(regex(pattern = r"^[a-z][a-z0-9]*$"))] String);

/// A check's name: its lab and what is true on pass, such as `v4-app-signs-in-as-itself`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct CheckId(#[schemars(regex(pattern = r"^[a-z][a-z0-9]*(-[a-z0-9]+)+$"))] String);

impl LabId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CheckId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The lab the check was written for: the part before the first hyphen.
    pub fn lab(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

impl TryFrom<String> for LabId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut chars = text.chars();
        let good = chars.next().is_some_and(|first| first.is_ascii_lowercase())
            && chars.all(|rest| rest.is_ascii_lowercase() || rest.is_ascii_digit());
        if good {
            Ok(Self(text))
        } else {
            Err(format!(
                "`{text}` is no lab name: lower-case letters and digits, such as `v4`"
            ))
        }
    }
}

impl TryFrom<String> for CheckId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('-').collect();
        let good = parts.len() >= 2
            && parts[0].starts_with(|first: char| first.is_ascii_lowercase())
            && parts.iter().all(|part| {
                !part.is_empty()
                    && part
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            });
        if good {
            Ok(Self(text))
        } else {
            Err(format!(
                "`{text}` is no check id: the lab, then words joined by hyphens, such as `v4-no-global-rights`"
            ))
        }
    }
}

impl From<LabId> for String {
    fn from(id: LabId) -> Self {
        id.0
    }
}

impl From<CheckId> for String {
    fn from(id: CheckId) -> Self {
        id.0
    }
}

impl std::fmt::Display for LabId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for CheckId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
