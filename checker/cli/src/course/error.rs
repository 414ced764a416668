//! What can be wrong with the files of a lab.

use std::path::Path;

use thiserror::Error;

use super::regions::RegionError;
use labcheck_core::error::Explain;

/// Files of a lab that cannot be read, written or shown.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CourseError {
    /// A task's region cannot be read.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// A task's region stands in two files of a lab.
    #[error("{file}:{line}: region `{id}` is in {other} too (lab v{lab})")]
    Twice {
        /// The second file.
        file: String,
        /// Its line, from 1.
        line: usize,
        /// The region.
        id: String,
        /// The first file.
        other: String,
        /// The lab's number.
        lab: u32,
    },
    /// A file or folder could not be read or written.
    #[error("{path}: {why}")]
    File {
        /// The file or folder.
        path: String,
        /// The system's words.
        why: String,
    },
}

impl CourseError {
    /// Trouble with a file.
    pub fn file(path: &Path, why: &dyn std::fmt::Display) -> Self {
        Self::File {
            path: path.display().to_string(),
            why: why.to_string(),
        }
    }
}

impl Explain for CourseError {
    fn help(&self) -> Option<String> {
        match self {
            Self::Region(_) => Some(
                "a region is `region ID` … `endregion ID` in comments of that file's type".into(),
            ),
            Self::Twice { .. } | Self::File { .. } => None,
        }
    }
}
