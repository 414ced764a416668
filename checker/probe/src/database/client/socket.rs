//! A socket file of the grader's own that leads into the database's container. Where there are no such files, there is no
//! such socket either.

use std::time::Duration;

use labcheck_eye::client::Eye;
#[cfg(unix)]
pub(super) use labcheck_eye::client::LocalSocket as OwnSocket;
use labcheck_eye::wire::Endpoint;

/// How long the program inside may take to connect.
const CONNECT: Duration = Duration::from_secs(3);

/// A socket that cannot be made.
#[cfg(not(unix))]
pub(super) enum OwnSocket {}

#[cfg(not(unix))]
impl OwnSocket {
    pub(super) fn path(&self) -> &std::path::Path {
        match *self {}
    }

    pub(super) fn folder(&self) -> &std::path::Path {
        match *self {}
    }

    pub(super) fn trouble(&self) -> Option<labcheck_eye::client::EyeError> {
        match *self {}
    }
}

/// Serves a socket of this name that leads to an end inside.
///
/// # Errors
/// It could not be made.
#[cfg(unix)]
pub(super) fn serve(eye: &Eye, to: Endpoint, name: &str) -> Result<OwnSocket, String> {
    let served = OwnSocket::serve(eye, to, name, CONNECT);
    served.map_err(|err| format!("no socket could be made for its sessions: {err}"))
}

/// As on Unix.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub(super) fn serve(_: &Eye, _: Endpoint, _: &str) -> Result<OwnSocket, String> {
    let _ = CONNECT;
    Err("this system has no socket files for its sessions".into())
}
