//! What can go wrong in an author's tool.

use thiserror::Error;

/// An author's tool could not finish, or found something out of step.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DevError {
    /// Something is not as it should be; every finding has a line of its own.
    #[error("{what}")]
    Wrong {
        /// What is wrong.
        what: String,
        /// The command that mends it.
        help: Option<String>,
    },
}

impl DevError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Wrong { help, .. } => help.clone(),
        }
    }
}
