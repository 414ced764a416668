//! Making an engine and the course's images reachable.

use clap::Args;
use thiserror::Error;

use crate::exit::Exit;

/// `labcheck images`.
#[derive(Debug, Args)]
pub struct ImagesArgs {}

/// Why set-up could not be finished.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SetupError {
    /// Not there yet.
    #[error("not built yet")]
    Missing,
}

impl SetupError {
    /// The exit code.
    pub fn exit(&self) -> Exit {
        Exit::Unexpected
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        String::new()
    }
}

/// Runs `labcheck images`.
///
/// # Errors
/// [`SetupError`].
pub async fn run(_args: ImagesArgs) -> Result<(), SetupError> {
    Err(SetupError::Missing)
}
