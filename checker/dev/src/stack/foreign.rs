//! A correct stack of another shape: another language, other names, no compose file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::mistake::yaml;
use crate::DevError;

/// `solutions/vN/foreign/NAME/stack.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    /// What is different about it.
    pub title: String,
    /// What starts it: a compose file, or a script that reads `LABCHECK_PREFIX`.
    pub up: String,
    /// The script that takes it down; not needed for a compose file.
    #[serde(default)]
    pub down: Option<String>,
    /// Files made of `UIkit`'s, by path: one of them, or several in a row as a bundler leaves them.
    #[serde(default)]
    pub uikit: BTreeMap<String, Vec<String>>,
    /// Flags it is graded with; `{prefix}` stands for `LABCHECK_PREFIX`.
    #[serde(default)]
    pub grade: Vec<String>,
}

impl Foreign {
    /// Reads the text of a `stack.yaml`.
    ///
    /// # Errors
    /// With file, line and column when it is not of the form.
    pub fn parse(file: &str, text: &str) -> Result<Self, DevError> {
        let foreign: Self = yaml(file, text)?;
        if !foreign.is_compose() && foreign.down.is_none() {
            return Err(DevError::wrong(format!(
                "{file}:1: a stack started by a script needs `down` too"
            )));
        }
        Ok(foreign)
    }

    /// Whether Compose starts it.
    pub fn is_compose(&self) -> bool {
        labcheck::course::views::is_compose(&self.up)
    }

    /// The flags for a run.
    pub fn flags(&self, prefix: &str) -> Vec<String> {
        self.grade
            .iter()
            .map(|flag| flag.replace("{prefix}", prefix))
            .collect()
    }
}
