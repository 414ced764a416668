//! Why an engine could not be reached, told the same way by every command. Pure: it only reads the client's error.

use bollard::errors::Error;

use crate::address::Address;
use crate::advice::Trouble;

/// What is in the way at an address, and the words to say it with.
pub(crate) fn trouble(err: &Error, address: &Address) -> (Trouble, String) {
    let words = words(err);
    let kind = match err {
        Error::UnsupportedURISchemeError { .. } | Error::URLParseError { .. } => {
            return (Trouble::Address, words);
        }
        Error::SocketNotFoundError(_) => Some(std::io::ErrorKind::NotFound),
        Error::RequestTimeoutError => Some(std::io::ErrorKind::TimedOut),
        _ => io(err),
    };
    (Trouble::of(kind, address), words)
}

/// The innermost cause's words, without secrets; what the engine itself says comes as it is.
pub(crate) fn words(err: &Error) -> String {
    match err {
        Error::DockerResponseServerError { message, .. } => message.clone(),
        Error::DockerStreamError { error } => error.clone(),
        Error::SocketNotFoundError(path) => format!("there is no socket {path}"),
        _ => innermost(err).to_string(),
    }
}

fn innermost<'e>(
    err: &'e (dyn std::error::Error + 'static),
) -> &'e (dyn std::error::Error + 'static) {
    let mut inner = err;
    while let Some(cause) = inner.source() {
        inner = cause;
    }
    inner
}

/// The kind of the system's error among the causes.
fn io(err: &Error) -> Option<std::io::ErrorKind> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(err);
    let mut found = None;
    while let Some(err) = cause {
        found = err
            .downcast_ref::<std::io::Error>()
            .map(std::io::Error::kind)
            .or(found);
        cause = err.source();
    }
    found
}
