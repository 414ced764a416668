//! Why set-up could not be finished, each with the step that mends it.

use std::path::{Path, PathBuf};

use thiserror::Error;

use labcheck_core::error::Explain;
use labcheck_core::exit::Exit;
use labcheck_core::text::{clean, cut, list};
use labcheck_engine::error::EngineError;

/// Set-up could not be finished. Text from other programs is cleaned and cut before it comes here.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The engine could not be asked.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The engine answers, but a part of Docker's command line is missing.
    #[error("{what} is missing")]
    NoClient {
        /// Which part.
        what: &'static str,
        /// What to install on this kind of machine.
        advice: String,
    },
    /// The engine set-up script gave up; its own last line says where and what to do.
    #[error("{line}")]
    EngineSetUp {
        /// That line.
        line: String,
        /// Its mending step.
        help: String,
    },
    /// A disk is full.
    #[error("{doing}: the disk that holds {place} is full")]
    DiskFull {
        /// What was being done.
        doing: String,
        /// A folder on that disk.
        place: String,
        /// How to make room there.
        help: String,
    },
    /// An image that the course does not use.
    #[error("the course uses no image called `{name}`")]
    UnknownImage {
        /// As it was typed.
        name: String,
        /// The names there are.
        known: String,
    },
    /// No image belongs to a lab of this name.
    #[error("no image belongs to a lab called `{0}`")]
    NoSuchLab(String),
    /// An image can neither be pulled nor made here.
    #[error("{name} cannot be made here: {why}")]
    CannotMake {
        /// The image.
        name: &'static str,
        /// Why.
        why: String,
        /// What would help.
        help: String,
    },
    /// A build failed.
    #[error("{what} could not be built: {why}")]
    Build {
        /// The images.
        what: String,
        /// The line that tells most.
        why: String,
        /// Where the whole output is.
        log: PathBuf,
    },
    /// Images that should be exported are not there.
    #[error("not on this engine: {}", list(.0))]
    NotThere(Vec<String>),
    /// A file is no image archive, or not a whole one.
    #[error("{path}: {why}")]
    Archive {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A file could not be read or written.
    #[error("{path}: could not be {done}: {why}")]
    File {
        /// The file.
        path: String,
        /// `read` or `written`.
        done: &'static str,
        /// The system's words.
        why: String,
    },
    /// A file is there already.
    #[error("{0} is there already")]
    Exists(String),
    /// Another program failed.
    #[error("{doing}: {why}")]
    Tool {
        /// What was being done.
        doing: String,
        /// The line of its output that tells most.
        why: String,
        /// What to do about it.
        help: String,
    },
}

impl Explain for SetupError {
    fn exit(&self) -> Exit {
        match self {
            Self::Engine(err) => err.exit(),
            Self::NoClient { .. } | Self::EngineSetUp { .. } => Exit::Engine,
            Self::UnknownImage { .. } | Self::NoSuchLab(_) | Self::Exists(_) => Exit::Usage,
            Self::Archive { .. } => Exit::Invalid,
            _ => Exit::Unexpected,
        }
    }

    fn cause(&self) -> Option<String> {
        match self {
            Self::Engine(err) => Explain::cause(err),
            _ => None,
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Engine(err) => return err.help(),
            Self::NoClient { advice, .. } => advice.clone(),
            Self::EngineSetUp { help, .. }
            | Self::DiskFull { help, .. }
            | Self::CannotMake { help, .. }
            | Self::Tool { help, .. } => help.clone(),
            Self::UnknownImage { known, .. } => format!("the course's images are {known}"),
            Self::NoSuchLab(_) => "`labcheck images` lists the images and their labs".into(),
            Self::Build { log, .. } => {
                format!(
                    "the whole output is in {}; `labcheck images build` carries on where it stopped",
                    log.display()
                )
            }
            Self::NotThere(_) => "make or fetch them with `labcheck images build` first".into(),
            Self::Archive { .. } => {
                "copy the file again, or write a new one with `labcheck images export FILE`".into()
            }
            Self::File { .. } => {
                "see whether the folder exists, and may be read and written".into()
            }
            Self::Exists(_) => "choose another name, or add --force to replace it".into(),
        })
    }
}

impl SetupError {
    /// A file's error; a full disk is told apart.
    pub fn file(path: &Path, done: &'static str, err: &std::io::Error) -> Self {
        if err.kind() == std::io::ErrorKind::StorageFull {
            let place = path.parent().filter(|p| !p.as_os_str().is_empty());
            return Self::DiskFull {
                doing: format!("writing {}", path.display()),
                place: place.unwrap_or(Path::new(".")).display().to_string(),
                help: "free some space there or choose another disk, then run the command again"
                    .into(),
            };
        }
        Self::File {
            path: path.display().to_string(),
            done,
            why: words(&err.to_string()),
        }
    }
}

/// Another program's words, safe to show and short.
pub fn words(text: &str) -> String {
    cut(&clean(text), 300)
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_engine::error::means_disk_full;

    #[test]
    fn words_of_other_programs_are_one_short_clean_line() {
        assert_eq!(
            words("\u{1b}[31mERROR\u{1b}[0m: a\r\n  b\u{7}"),
            "ERROR: a b"
        );
        assert_eq!(words(&"x".repeat(1000)).chars().count(), 301);
    }

    #[test]
    fn a_full_disk_is_told_apart() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let err = SetupError::file(Path::new("/stick/set.tar"), "written", &full);
        assert_eq!(
            err.to_string(),
            "writing /stick/set.tar: the disk that holds /stick is full"
        );
        let err = SetupError::file(Path::new("set.tar"), "written", &full);
        assert!(err.to_string().ends_with("holds . is full"));
        assert!(means_disk_full("write /a/b: No space left on device"));
        assert!(!means_disk_full("permission denied"));
    }
}
