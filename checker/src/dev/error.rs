//! What can go wrong in an author's tool.

use thiserror::Error;

use super::regions::RegionError;
use crate::error::Explain;
use crate::start::ContextError;

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
    /// A task's region cannot be read.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// Images cannot be built at this site.
    #[error(transparent)]
    Site(#[from] ContextError),
    /// A file or folder could not be read or written.
    #[error("{path}: {why}")]
    File {
        /// The file or folder.
        path: String,
        /// The system's words.
        why: String,
    },
    /// Another program could not be run, or failed.
    #[error("`{command}` {how}")]
    Command {
        /// What was run.
        command: String,
        /// How it ended, with the end of its output.
        how: String,
    },
}

impl Explain for DevError {
    fn help(&self) -> Option<String> {
        match self {
            Self::Wrong { help, .. } => help.clone(),
            Self::Region(_) => Some(
                "a region is `region ID` … `endregion ID` in comments of that file's type".into(),
            ),
            Self::Site(_) | Self::File { .. } | Self::Command { .. } => None,
        }
    }
}

impl DevError {
    /// Something wrong, without a command that mends it.
    pub(crate) fn wrong(what: impl Into<String>) -> Self {
        Self::Wrong {
            what: what.into(),
            help: None,
        }
    }

    /// Trouble with a file.
    pub(crate) fn file(path: &std::path::Path, why: &dyn std::fmt::Display) -> Self {
        Self::File {
            path: path.display().to_string(),
            why: why.to_string(),
        }
    }
}
