//! What can go wrong in an author's tool.

use thiserror::Error;

use labcheck::course::error::CourseError;
use labcheck::course::regions::RegionError;
use labcheck::start::ContextError;
use labcheck_core::error::Explain;

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
    /// Files of a lab.
    #[error(transparent)]
    Course(#[from] CourseError),
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
            Self::Course(err) => err.help(),
            Self::Site(_) | Self::File { .. } | Self::Command { .. } => None,
        }
    }
}

impl DevError {
    /// Something wrong, without a command that mends it.
    pub fn wrong(what: impl Into<String>) -> Self {
        Self::Wrong {
            what: what.into(),
            help: None,
        }
    }

    /// Trouble with a file.
    pub fn file(path: &std::path::Path, why: &dyn std::fmt::Display) -> Self {
        Self::File {
            path: path.display().to_string(),
            why: why.to_string(),
        }
    }
}

impl From<RegionError> for DevError {
    fn from(err: RegionError) -> Self {
        Self::Course(err.into())
    }
}
