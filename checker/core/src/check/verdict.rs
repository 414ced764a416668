//! What a check can say.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::{ShellCommand, retold};

/// The outcome of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// What was expected is so.
    Pass(Finding),
    /// What was expected is not so.
    Fail(Finding),
    /// Not so, because another container is not well, by name: whatever check is about that one explains it.
    HeldUp(Finding, String),
    /// The grader could not look: its own trouble or the environment's, never the student's fault.
    Unknown(Finding),
}

/// What was expected, what was found, and how to see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finding {
    /// What was expected, quoting the student's own names where they are known.
    pub expected: String,
    /// What was found; for an unknown verdict, why it could not be looked at.
    pub found: String,
    /// Where it was seen, and a command that shows it.
    pub evidence: Vec<Evidence>,
    /// Whose doing it is; only looked at on fail.
    pub blame: Blame,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The field or request.
    pub what: String,
    /// A command that shows it; empty where there is none.
    #[serde(rename = "try")]
    pub try_it: ShellCommand,
}

/// Whose doing a fail is. Only the student's costs points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// The stack itself.
    #[default]
    Student,
    /// Something another lab left running.
    Leftover,
    /// The machine, the network, the engine.
    Environment,
}

impl Verdict {
    /// Expected and found agree.
    pub fn pass(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::Pass(Finding::new(expected, found))
    }

    /// Expected and found differ.
    pub fn fail(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::Fail(Finding::new(expected, found))
    }

    /// Expected and found differ because of another container.
    pub fn held_up(
        expected: impl Into<String>,
        found: impl Into<String>,
        by: impl Into<String>,
    ) -> Self {
        Self::HeldUp(Finding::new(expected, found), by.into())
    }

    /// The grader could not look.
    pub fn unknown(expected: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Unknown(Finding::new(expected, why))
    }

    /// The same with a piece of evidence added.
    #[must_use]
    pub fn seen(mut self, what: impl Into<String>, try_it: impl Into<ShellCommand>) -> Self {
        self.finding_mut().evidence.push(Evidence {
            what: translated(what),
            try_it: try_it.into(),
        });
        self
    }

    /// The same with another to blame than the student.
    #[must_use]
    pub fn blamed(mut self, blame: Blame) -> Self {
        self.finding_mut().blame = blame;
        self
    }

    /// The finding, whatever the verdict.
    pub fn finding(&self) -> &Finding {
        match self {
            Self::Pass(finding)
            | Self::Fail(finding)
            | Self::HeldUp(finding, _)
            | Self::Unknown(finding) => finding,
        }
    }

    fn finding_mut(&mut self) -> &mut Finding {
        match self {
            Self::Pass(finding)
            | Self::Fail(finding)
            | Self::HeldUp(finding, _)
            | Self::Unknown(finding) => finding,
        }
    }
}

impl Finding {
    fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            expected: translated(expected),
            found: translated(found),
            ..Self::default()
        }
    }
}

/// A sentence in the language that is spoken: a reason out of facts is still English.
fn translated(text: impl Into<String>) -> String {
    retold(&text.into()).into_owned()
}
