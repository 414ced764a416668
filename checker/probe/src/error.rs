//! Why a stack could not be looked at.

use std::path::PathBuf;

use thiserror::Error;

use labcheck_core::error::Explain;
use labcheck_core::exit::Exit;
use labcheck_core::facts::Role;
use labcheck_engine::error::EngineError;

/// Looking was not possible at all.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// The engine could not be asked.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// There is no stack.
    #[error("nothing to check: {0}")]
    Nothing(String, String),
    /// More than one stack could be meant.
    #[error("more than one stack could be meant: {}", .0.join(", "))]
    Several(Vec<String>),
    /// More than one service of the stack could play a role.
    #[error("more than one container could be {}: {}", .role.phrase(), labcheck_core::text::ticked(.names))]
    SeveralOf {
        /// The role.
        role: Role,
        /// The services, or the containers where services are called alike.
        names: Vec<String>,
    },
    /// A name given on the command line is not there.
    #[error("no {kind} named `{name}` on this engine")]
    NoSuch {
        /// `container` or `compose project`.
        kind: &'static str,
        /// The name given.
        name: String,
        /// Names that are there.
        there: Vec<String>,
    },
    /// The person at the keyboard broke it off.
    #[error("interrupted")]
    Interrupted {
        /// What could not be taken back, if anything.
        stayed: Option<String>,
    },
    /// A recording could not be read.
    #[error("{path}: {why}", path = .path.display())]
    Recording {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
        /// What to do about it.
        help: String,
    },
}

impl Explain for ProbeError {
    fn exit(&self) -> Exit {
        match self {
            Self::Engine(err) => err.exit(),
            Self::Nothing(..) => Exit::Nothing,
            Self::Several(_) | Self::SeveralOf { .. } | Self::NoSuch { .. } => Exit::Usage,
            Self::Recording { .. } => Exit::Invalid,
            Self::Interrupted { .. } => Exit::Unexpected,
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Engine(err) => return err.help(),
            Self::Recording { help, .. } | Self::Nothing(_, help) => help.clone(),
            Self::Several(names) => {
                let first = names.first().map_or("NAME", String::as_str);
                format!("say which one, for example `--project {first}`")
            }
            Self::SeveralOf { role, names } => {
                let first = names.first().map_or("NAME", String::as_str);
                format!(
                    "say which one the application uses, for example `--role {}={first}`",
                    role.word()
                )
            }
            Self::Interrupted {
                stayed: Some(stayed),
            } => format!("{stayed}; delete them by hand"),
            Self::Interrupted { stayed: None } => {
                "everything that was posted was taken back".into()
            }
            Self::NoSuch { kind, there, .. } if there.is_empty() => {
                format!("this engine has no {kind} at all; start your stack first")
            }
            Self::NoSuch { there, .. } => format!("it has {}", labcheck_core::text::ticked(there)),
        })
    }

    fn cause(&self) -> Option<String> {
        match self {
            Self::Engine(err) => Explain::cause(err),
            _ => None,
        }
    }
}
