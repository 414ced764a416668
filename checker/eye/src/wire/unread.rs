//! Why something could not be read. What could not be read is never taken for absent.

use std::fmt;

/// What was read, or why it could not be.
pub type Field<T> = Result<T, Unread>;

variants! {
    /// Why something could not be read.
    pub enum Unread {
        /// It was not asked for.
        0 => NotAsked,
        /// The kernel or a policy of this machine refuses it.
        1 => Refused,
        /// The process has ended.
        2 => Gone,
        /// There is nothing of this name.
        3 => Missing,
        /// The time was over before.
        4 => Late,
        /// It is longer than its limit.
        5 => Long,
        /// The kernel's text has a form that is not known.
        6 => Malformed,
        /// A part of the path is no folder.
        7 => NotAFolder,
        /// It is no regular file, so it is not opened.
        8 => NotAFile,
        /// Too many links lead from one to the next.
        9 => Links,
        /// The path or name has a form that is not taken.
        10 => Path,
        /// It lies on a file system that is not opened: the kernel's own, or one that a program answers for.
        11 => FileSystem(name: String),
        /// This kernel does not say it.
        12 => Unsupported,
        /// Another error of the system's, by its number (`errno`).
        13 => Error(number: i32),
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::NotAsked => "it was not asked for",
            Self::Refused => "reading it is refused on this machine",
            Self::Gone => "the process has ended",
            Self::Missing => "there is nothing of this name",
            Self::Late => "the time was over before it was read",
            Self::Long => "it is longer than what is read",
            Self::Malformed => "it has a form that is not known",
            Self::NotAFolder => "a part of the path is no folder",
            Self::NotAFile => "it is no regular file",
            Self::Links => "too many links lead from one to the next",
            Self::Path => "the path has a form that is not taken",
            Self::FileSystem(name) => {
                return write!(out, "it lies on a file system of the type {name}");
            }
            Self::Unsupported => "this kernel does not say it",
            Self::Error(number) => return write!(out, "the system's error {number}"),
        };
        out.write_str(text)
    }
}

impl std::error::Error for Unread {}
