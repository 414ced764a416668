//! A Unix socket of the grader's own whose connections the program passes on, for clients that want a path: sqlx for
//! `MySQL` and `PostgreSQL`.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

use super::error::EyeError;
use super::eye::Eye;
use crate::wire::Endpoint;

/// A socket in a temporary folder that only the grader's user may enter. With it all its connections end.
#[derive(Debug)]
pub struct LocalSocket {
    folder: TempDir,
    path: PathBuf,
    last: Arc<Mutex<Option<EyeError>>>,
    task: JoinHandle<()>,
}

impl LocalSocket {
    /// Serves a socket of this name (`.s.PGSQL.5432` for `PostgreSQL`); each connection is passed on to the endpoint,
    /// which may take so long to open.
    ///
    /// # Errors
    /// The folder or the socket cannot be made.
    pub fn serve(eye: &Eye, to: Endpoint, name: &str, within: Duration) -> io::Result<Self> {
        let private = std::fs::Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new()
            .prefix("labcheck-")
            .permissions(private)
            .tempdir()?;
        let path = folder.path().join(name);
        let listener = UnixListener::bind(&path)?;
        let last = Arc::new(Mutex::new(None));
        let task = tokio::spawn(accept(listener, eye.clone(), to, within, Arc::clone(&last)));
        Ok(Self {
            folder,
            path,
            last,
            task,
        })
    }

    /// The socket.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that it lies in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Why the last connection that could not be passed on was closed: the client of the database only sees that it was.
    pub fn trouble(&self) -> Option<EyeError> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }
}

impl Drop for LocalSocket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    listener: UnixListener,
    eye: Eye,
    to: Endpoint,
    within: Duration,
    last: Arc<Mutex<Option<EyeError>>>,
) {
    // With this task they all end.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (eye, to, last) = (eye.clone(), to.clone(), Arc::clone(&last));
        connections.spawn(async move {
            if let Err(why) = pass_on(stream, &eye, to, within).await {
                *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn pass_on(
    mut stream: UnixStream,
    eye: &Eye,
    to: Endpoint,
    within: Duration,
) -> Result<(), EyeError> {
    let mut other = eye.forward(to, within).await?;
    // How it ends is the client's and the database's affair.
    let _ = copy_bidirectional(&mut stream, &mut other).await;
    Ok(())
}
