//! What can be asked.

use super::answer::Answer;
use super::connect::{Connect, Connected};
use super::files::{Entries, Find, Found, List, Read, ReadFile, StatFiles, Stats};
use super::forward::{Forward, Forwarded};
use super::mounts::{MountTable, Mounts};
use super::process::{ProcessTable, Processes};
use super::sockets::{ListeningAt, SocketTables, Sockets, WaitForListener};

record! {
    /// A request with the time that it may take.
    pub struct Ask {
        /// From its arrival, in milliseconds; [`super::limits::MAX_WITHIN`] at most. After it the answer is
        /// [`Answer::Late`].
        pub within_ms: u32,
        /// What is asked.
        pub request: Request,
    }
}

/// A request, with the type of its answer.
pub trait Question: Into<Request> {
    /// What it is answered with.
    type Answer;

    /// The answer, where it is one to this question.
    fn answered(answer: Answer) -> Option<Self::Answer>;
}

macro_rules! questions {
    ($($number:literal => $question:ident -> $answer:ident,)+) => {
        variants! {
            /// What can be asked.
            pub enum Request {
                $(
                    #[doc = concat!("See [`", stringify!($question), "`].")]
                    $number => $question(question: $question),
                )+
            }
        }

        $(
            impl From<$question> for Request {
                fn from(question: $question) -> Self {
                    Self::$question(question)
                }
            }

            impl Question for $question {
                type Answer = $answer;

                fn answered(answer: Answer) -> Option<$answer> {
                    match answer {
                        Answer::$answer(answer) => Some(answer),
                        _ => None,
                    }
                }
            }
        )+
    };
}

questions! {
    1 => Connect -> Connected,
    2 => Sockets -> SocketTables,
    3 => Processes -> ProcessTable,
    4 => Mounts -> MountTable,
    5 => Stats -> StatFiles,
    6 => List -> Entries,
    7 => ReadFile -> Read,
    8 => Find -> Found,
    9 => Forward -> Forwarded,
    10 => WaitForListener -> ListeningAt,
}
