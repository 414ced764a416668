//! Seen or not seen: the difference between "absent" and "could not look".

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A fact that was looked for: either what was seen, or why it could not be looked at.
///
/// What could not be looked at is never read as absent, so there is deliberately no `unwrap_or_default`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Seen<T> {
    /// What was seen.
    Seen(T),
    /// Why the grader could not look, as a plain sentence fragment in lower case.
    Unseen(String),
}

impl<T> Seen<T> {
    /// The fact, if it was seen.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::Seen(value) => Some(value),
            Self::Unseen(_) => None,
        }
    }

    /// Why it could not be looked at, if so.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Seen(_) => None,
            Self::Unseen(why) => Some(why),
        }
    }

    /// The same with the value changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Seen<U> {
        match self {
            Self::Seen(value) => Seen::Seen(change(value)),
            Self::Unseen(why) => Seen::Unseen(why),
        }
    }
}
