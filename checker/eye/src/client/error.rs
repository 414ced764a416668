//! Why there is no answer.

use std::time::Duration;

use thiserror::Error;

use crate::wire::{Forwarded, Malformed};

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EyeError {
    /// The program ended, or the engine broke the connection to it.
    #[error("the program that looks inside has ended: {0}")]
    Ended(String),
    /// The program said nothing: it was stopped, or has no processor to run on.
    #[error("the program that looks inside has said nothing for {} ms", .0.as_millis())]
    Silent(Duration),
    /// The look took longer than it may.
    #[error("the look took longer than {} ms", .0.as_millis())]
    Late(Duration),
    /// The program does not do what was asked.
    #[error("the program that looks inside does not do it: {0}")]
    Refused(String),
    /// What was found is more than fits into an answer.
    #[error("what was found is more than fits into an answer")]
    TooLong,
    /// A stream could not be opened.
    #[error("a connection could not be opened: {0:?}")]
    Unopened(Forwarded),
    /// The program does not keep to the protocol.
    #[error("the program that looks inside does not keep to the protocol: {0}")]
    Protocol(&'static str),
    /// A message cannot be read.
    #[error("the program that looks inside cannot be understood")]
    Malformed(#[source] Malformed),
}
