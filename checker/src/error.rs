//! The error that ends the program: what went wrong, what caused it, what to do, and the exit code.

use thiserror::Error;

use crate::exit::Exit;
use crate::lab::LabError;
use crate::probe::ProbeError;
use crate::text::{retold, say};

/// Anything that ends a command early. A student's mistake is a verdict, never one of these.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A lab file.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// Looking at the stack.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// Setting up engine and images.
    #[error(transparent)]
    Setup(#[from] crate::setup::SetupError),
    /// The book.
    #[error(transparent)]
    Book(#[from] crate::book::BookError),
    /// A bundle that was handed in.
    #[error(transparent)]
    Bundle(#[from] crate::bundle::BundleError),
    /// A bundle that carries another nonce than the one asked for.
    #[error("{path}: it does not carry the nonce `{asked}`")]
    OtherNonce {
        /// The file.
        path: String,
        /// The word asked for.
        asked: String,
        /// What it carries.
        carried: String,
    },
    /// An author's tool.
    #[error(transparent)]
    Dev(#[from] crate::dev::DevError),
    /// The command line.
    #[error("{what}")]
    Usage {
        /// What does not make sense.
        what: String,
        /// What to type instead.
        help: String,
    },
    /// A file could not be read.
    #[error("{path}: could not be read")]
    Read {
        /// The file.
        path: String,
        /// The system's words.
        why: String,
    },
    /// A file could not be written.
    #[error("{path}: could not be written")]
    Write {
        /// The file.
        path: String,
        /// The system's words.
        why: String,
    },
}

impl Error {
    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Lab(LabError::NoSuchLab { .. }) | Self::Usage { .. } => Exit::Usage,
            Self::Lab(_) | Self::Bundle(_) | Self::OtherNonce { .. } => Exit::Invalid,
            Self::Probe(err) => match err {
                ProbeError::NoEngine { .. }
                | ProbeError::EngineLost { .. }
                | ProbeError::TooOld { .. } => Exit::Engine,
                ProbeError::Nothing(..) => Exit::Nothing,
                ProbeError::Several(_)
                | ProbeError::SeveralOf { .. }
                | ProbeError::NoSuch { .. } => Exit::Usage,
                ProbeError::Recording { .. } => Exit::Invalid,
                ProbeError::Interrupted { .. } => Exit::Unexpected,
            },
            Self::Setup(err) => err.exit(),
            Self::Book(err) => err.exit(),
            Self::Dev(_) | Self::Read { .. } | Self::Write { .. } => Exit::Unexpected,
        }
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

    /// What caused it, if that is known apart from what it is.
    pub fn cause(&self) -> Option<String> {
        match self {
            Self::Probe(err) => err.cause().map(str::to_owned),
            Self::Setup(err) => err.cause().map(str::to_owned),
            Self::Book(err) => err.cause(),
            Self::OtherNonce { carried, .. } => Some(format!("its nonce: {carried}")),
            Self::Read { why, .. } | Self::Write { why, .. } => Some(why.clone()),
            _ => None,
        }
    }

    /// What to do about it, in one line.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Lab(err) => Some(err.help()),
            Self::Probe(err) => Some(err.help()),
            Self::Setup(err) => Some(err.help()),
            Self::Book(err) => err.help(),
            Self::Bundle(err) => Some(err.help.into()),
            Self::OtherNonce { .. } => Some("it was made for somebody else or at another time; without --nonce it is graded all the same".into()),
            Self::Dev(err) => err.help(),
            Self::Usage { help, .. } => Some(help.clone()),
            Self::Read { .. } => Some("see whether it is there and may be read".into()),
            Self::Write { .. } => {
                Some("see whether the folder exists, may be written, and the disk has room".into())
            }
        }
    }
}
