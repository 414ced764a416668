//! What can go wrong around the book.

use std::path::{Path, PathBuf};

use thiserror::Error;

use labcheck_core::error::Explain;
use labcheck_core::exit::Exit;

/// The book could not be shown.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BookError {
    /// A development build whose repository has gone.
    #[error(
        "the book is not there: this is a development build, and its repository is not where it was"
    )]
    Gone,
    /// mdBook gave up.
    #[error("the book could not be made")]
    Render {
        /// Its words.
        why: String,
    },
    /// A file or folder.
    #[error("{}: {doing} failed", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// The system's words.
        why: String,
    },
    /// The folder to build into holds something already.
    #[error("{}: the folder is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// The port to serve on.
    #[error("port {port} of this machine is in use")]
    PortInUse {
        /// Which.
        port: u16,
    },
    /// Serving, otherwise.
    #[error("the book could not be served on port {port}")]
    Serve {
        /// Where.
        port: u16,
        /// The system's words.
        why: String,
    },
    /// There is no such page or heading.
    #[error("the book has no {what}")]
    NoSuch {
        /// What was asked for.
        what: String,
        /// What is near, or how to see what there is.
        help: String,
    },
}

impl BookError {
    pub(crate) fn file(path: &Path, doing: &'static str, err: &std::io::Error) -> Self {
        let (path, why) = (path.to_path_buf(), err.to_string());
        Self::File { path, doing, why }
    }
}

impl Explain for BookError {
    fn exit(&self) -> Exit {
        match self {
            Self::NotEmpty(_) | Self::PortInUse { .. } | Self::NoSuch { .. } => Exit::Usage,
            _ => Exit::Unexpected,
        }
    }

    fn cause(&self) -> Option<String> {
        match self {
            Self::Render { why } | Self::File { why, .. } | Self::Serve { why, .. } => {
                Some(why.clone())
            }
            _ => None,
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Gone => {
                "build it again there, or install it with `cargo install --locked --path checker/cli`"
                    .into()
            }
            Self::Render { .. } | Self::Serve { .. } => return None,
            Self::File { .. } => {
                "see whether the folder exists, may be written, and the disk has room".into()
            }
            Self::NotEmpty(_) => "name one that is not there yet, or empty it first".into(),
            Self::PortInUse { port } => format!(
                "perhaps the book is open already: http://127.0.0.1:{port}/; `--port 0` takes a port that is free"
            ),
            Self::NoSuch { help, .. } => help.clone(),
        })
    }
}
