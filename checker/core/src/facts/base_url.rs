//! The base URL: which of the proxy's addresses led to the application, and what the others answered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Trouble;

/// How the application was looked for behind the proxy; only where a check asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BaseUrl {
    /// The address at which the application's pages were asked for; empty when none is known.
    pub base: String,
    /// The container whose port that is; `None` when it is no published port of the stack.
    pub container: Option<String>,
    /// It was given with `--entry`.
    pub given: bool,
    /// Every address that was tried, the one that was used first.
    pub tried: Vec<UrlAttempt>,
}

/// An address that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UrlAttempt {
    /// The address.
    pub url: String,
    /// What its first page was.
    pub answer: Result<FirstPage, Trouble>,
    /// What `/inserter` was answered with: the status, or why none came.
    pub inserter: Result<u16, Trouble>,
    /// That page has the inserter's form, which no other program would show.
    pub form: bool,
    /// It leads to a port that a container of another stack holds: that container's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stranger: Option<String>,
}

/// What is kept of a first page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FirstPage {
    /// Status code.
    pub status: u16,
    /// The page's title, if it has one.
    pub title: Option<String>,
    /// The first words that a reader sees, cut.
    pub words: String,
    /// Where redirects led in the end; empty without redirects.
    pub led: String,
    /// Where it redirects to, out of the stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub away: Option<String>,
}

impl BaseUrl {
    /// The address that was used, as it was tried.
    pub fn attempt(&self) -> Option<&UrlAttempt> {
        self.tried.first()
    }
}
