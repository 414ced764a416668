//! The error that ends a command: what went wrong, what caused it, what to do, and the exit code.
//!
//! It names no room: every room's error says of itself what [`Explain`] asks.

use thiserror::Error;

use crate::exit::Exit;
use crate::text::{retold, say};

/// What an error that may end a command says of itself; `Display` says what went wrong.
pub trait Explain: std::error::Error + Send + Sync + 'static {
    /// The exit code.
    fn exit(&self) -> Exit {
        Exit::Unexpected
    }

    /// What caused it, if that is known apart from what it is.
    fn cause(&self) -> Option<String> {
        None
    }

    /// What to do about it, in one line.
    fn help(&self) -> Option<String> {
        None
    }
}

/// Anything that ends a command early. A student's mistake is a verdict, never one of these.
#[derive(Debug)]
pub struct Error(Box<dyn Explain>);

impl<E: Explain> From<E> for Error {
    fn from(err: E) -> Self {
        Self(Box::new(err))
    }
}

/// What is no room's own: the command line, and the user's files.
#[derive(Debug, Error)]
enum Plain {
    #[error("{what}")]
    Usage { what: String, help: String },
    #[error("{path}: could not be read")]
    Read { path: String, why: String },
    #[error("{path}: could not be written")]
    Write { path: String, why: String },
}

impl Explain for Plain {
    fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } => Exit::Usage,
            Self::Read { .. } | Self::Write { .. } => Exit::Unexpected,
        }
    }

    fn cause(&self) -> Option<String> {
        match self {
            Self::Usage { .. } => None,
            Self::Read { why, .. } | Self::Write { why, .. } => Some(why.clone()),
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Usage { help, .. } => help.clone(),
            Self::Read { .. } => "see whether it is there and may be read".into(),
            Self::Write { .. } => {
                "see whether the folder exists, may be written, and the disk has room".into()
            }
        })
    }
}

impl Error {
    /// The command line does not make sense: what, and what to type instead.
    pub fn usage(what: impl Into<String>, help: impl Into<String>) -> Self {
        let (what, help) = (what.into(), help.into());
        Plain::Usage { what, help }.into()
    }

    /// A file or folder could not be read; `why` in the system's words.
    pub fn read(path: impl Into<String>, why: &dyn std::fmt::Display) -> Self {
        let (path, why) = (path.into(), why.to_string());
        Plain::Read { path, why }.into()
    }

    /// A file or folder could not be written; `why` in the system's words.
    pub fn write(path: impl Into<String>, why: &dyn std::fmt::Display) -> Self {
        let (path, why) = (path.into(), why.to_string());
        Plain::Write { path, why }.into()
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        self.0.exit()
    }

    /// What caused it, if that is known apart from what it is.
    pub fn cause(&self) -> Option<String> {
        Explain::cause(&*self.0)
    }

    /// What to do about it, in one line.
    pub fn help(&self) -> Option<String> {
        self.0.help()
    }

    /// What went wrong, what caused it, what to do: as it is printed, in the language that is spoken.
    pub fn explained(&self) -> String {
        let mut out = say!("error: {}", retold(&self.to_string()));
        out.push('\n');
        if let Some(cause) = self.cause() {
            out.push_str(&say!("caused by: {}", retold(&cause)));
            out.push('\n');
        }
        if let Some(help) = self.help() {
            out.push_str(&say!("help: {}", retold(&help)));
            out.push('\n');
        }
        out
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(to)
    }
}
