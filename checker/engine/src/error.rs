//! Why the engine could not be asked, each with the step that mends it.

use thiserror::Error;

use crate::address::Address;
use crate::advice::{self, Trouble};
use labcheck_core::error::Explain;
use labcheck_core::exit::Exit;

/// A question to the engine that got no answer, or a refusal. Its words are cleaned and cut before they come here.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EngineError {
    /// No engine answers, or it may not be used.
    #[error("no Docker engine answers at {at}")]
    NoEngine {
        /// The address tried, and where it was taken from.
        at: String,
        /// What happened there.
        why: String,
        /// What to install or start on this kind of machine.
        help: String,
    },
    /// The engine answered, then did not.
    #[error("the Docker engine stopped answering while {doing}")]
    Lost {
        /// What was being done.
        doing: String,
        /// The client's words.
        why: String,
    },
    /// The engine speaks an API this version cannot use.
    #[error(
        "the Docker engine's API {found} is older than {wanted}, the oldest that labcheck can read"
    )]
    TooOld {
        /// The engine's API version.
        found: String,
        /// The oldest usable one.
        wanted: String,
    },
    /// The engine refused or broke off a request.
    #[error("{doing}: the engine says: {why}")]
    Refused {
        /// What was being done.
        doing: String,
        /// The engine's words.
        why: String,
    },
    /// The disk that holds the engine's images is full.
    #[error("{doing}: the disk that holds the engine's images is full")]
    DiskFull {
        /// What was being done.
        doing: String,
    },
}

impl EngineError {
    /// No engine answers at an address, with what to do about it on this machine.
    pub fn unreached(address: &Address, trouble: Trouble, why: String) -> Self {
        Self::NoEngine {
            at: address.printable(),
            why,
            help: advice::of_machine(trouble, address),
        }
    }
}

impl Explain for EngineError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoEngine { .. } | Self::Lost { .. } | Self::TooOld { .. } => Exit::Engine,
            Self::Refused { .. } | Self::DiskFull { .. } => Exit::Unexpected,
        }
    }

    fn cause(&self) -> Option<String> {
        match self {
            Self::NoEngine { why, .. } | Self::Lost { why, .. } => Some(why.clone()),
            _ => None,
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::NoEngine { help, .. } => help.clone(),
            Self::Lost { .. } => "see whether Docker is still up (`docker version`), then grade again: nothing was changed".into(),
            Self::TooOld { .. } => "update Docker Engine to 20.10 or newer".into(),
            Self::Refused { .. } => "see whether `docker info` answers, then run the command again".into(),
            Self::DiskFull { .. } => {
                "make room there (`docker system df` shows what uses it), then run the command again".into()
            }
        })
    }
}

/// Whether words mean a full disk (ENOSPC's text, see errno(3)).
pub fn means_disk_full(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("no space left on device") || text.contains("disk quota exceeded")
}
