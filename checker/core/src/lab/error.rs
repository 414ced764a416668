//! What can be wrong with a lab file.

use thiserror::Error;

use crate::error::Explain;
use crate::exit::Exit;

/// A lab file that cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LabError {
    /// The file could not be read.
    #[error("{file}: {why}")]
    Read {
        /// The file.
        file: String,
        /// The system's words.
        why: String,
    },
    /// The file is not of the shape a lab file has, or its parts do not fit together.
    #[error("{file}:{line}:{column}: {what}")]
    Wrong {
        /// The file.
        file: String,
        /// Line, from 1; 0 when it is not known.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        what: String,
        /// The nearest known word, or another way out.
        help: Option<String>,
    },
    /// There is no such lab.
    #[error("there is no lab `{name}`")]
    NoSuchLab {
        /// The word given.
        name: String,
        /// The labs there are.
        there: Vec<String>,
    },
}

impl Explain for LabError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoSuchLab { .. } => Exit::Usage,
            Self::Read { .. } | Self::Wrong { .. } => Exit::Invalid,
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Read { .. } => {
                "give the folder of a course: one sub-folder a lab, each with a lab.yaml".into()
            }
            Self::Wrong {
                help: Some(help), ..
            } => help.clone(),
            Self::Wrong { .. } => {
                "`labcheck schema` prints the schema of a lab file; editors can complete from it"
                    .into()
            }
            Self::NoSuchLab { name, there } => match nearest(name, there) {
                // `v7` is as near to one lab as to any other.
                Some(near)
                    if !(name.len() == 2 && name.ends_with(|c: char| c.is_ascii_digit())) =>
                {
                    format!("did you mean `{near}`?")
                }
                _ => format!("this course has {}", crate::text::ticked(there)),
            },
        })
    }
}

/// The known word nearest to one that was typed, if one is near enough.
pub fn nearest<'w, W: AsRef<str>>(typed: &str, known: &'w [W]) -> Option<&'w str> {
    known
        .iter()
        .map(|word| {
            (
                strsim::damerau_levenshtein(typed, word.as_ref()),
                word.as_ref(),
            )
        })
        .min()
        .filter(|(distance, word)| *distance <= 1 + word.len() / 4)
        .map(|(_, word)| word)
}
