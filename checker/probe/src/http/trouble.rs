//! From the client library's errors to [`Trouble`]: what happened, in words a student can act on.

use std::error::Error;
use std::io::ErrorKind;

use labcheck_core::facts::Trouble;
use labcheck_core::text;

/// What an error of a request means.
pub(crate) fn trouble(err: &reqwest::Error) -> Trouble {
    if err.is_timeout() {
        return Trouble::TimedOut(5000);
    }
    let mut words = Vec::new();
    let mut cause: Option<&(dyn Error + 'static)> = err.source();
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            match io.kind() {
                ErrorKind::ConnectionRefused => return Trouble::Refused,
                ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof => return Trouble::Closed,
                ErrorKind::TimedOut => return Trouble::TimedOut(5000),
                _ => {}
            }
        }
        words.push(inner.to_string());
        cause = inner.source();
    }
    let all = words.join(": ");
    if all.contains("connection closed before message completed")
        || all.contains("unexpected end of file")
        || all.contains("handshake eof")
        || all.contains("end of file before message length")
    {
        return Trouble::Closed;
    }
    // The innermost words say most; the outer ones repeat the address.
    let last = words.last().cloned().unwrap_or_else(|| err.to_string());
    Trouble::Other(text::cut(&text::clean(&last), 200))
}
