//! The engine's own share: which requests a look at its state consists of, and how long they take without labcheck.
//!
//! The list is not kept by hand: a socket in between writes down what the grader asks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

use crate::dev::{DevError, root};
use crate::error::Error;
use crate::probe::{Live, Observer as _, Plan, Quiet};

/// Where the engine is, if it is a socket of this machine.
fn socket() -> Result<PathBuf, DevError> {
    let host =
        std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    host.strip_prefix("unix://")
        .map(PathBuf::from)
        .ok_or_else(|| {
            DevError::wrong("the benchmark wants an engine on a Unix socket (DOCKER_HOST=unix://…)")
        })
}

/// The paths that one look at the engine's state asks for, in order.
pub(super) async fn requests(plan: &Plan) -> Result<Vec<String>, Error> {
    let between = std::env::temp_dir().join(format!("labcheck-bench-{}.sock", std::process::id()));
    let _ = std::fs::remove_file(&between);
    let listener = UnixListener::bind(&between).map_err(|err| DevError::file(&between, &err))?;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let relay = tokio::spawn(relay(listener, socket()?, Arc::clone(&asked)));
    let url = format!("unix://{}", between.display());
    let looked =
        async { Box::pin(Box::pin(Live::at(&url)).await?.observe(plan, &Quiet)).await }.await;
    relay.abort();
    let _ = std::fs::remove_file(&between);
    looked?;
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(paths(&String::from_utf8_lossy(&asked)))
}

/// The paths of the requests in what a client sent. A stream of events has no end to wait for, so it is left out.
fn paths(sent: &str) -> Vec<String> {
    let lines = sent
        .lines()
        .filter_map(|line| line.strip_prefix("GET ")?.strip_suffix(" HTTP/1.1"));
    lines
        .filter(|path| !path.contains("/events"))
        .map(str::to_owned)
        .collect()
}

async fn relay(listener: UnixListener, engine: PathBuf, asked: Arc<Mutex<Vec<u8>>>) {
    while let Ok((client, _)) = listener.accept().await {
        let Ok(server) = UnixStream::connect(&engine).await else {
            continue;
        };
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let asked = Arc::clone(&asked);
        tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
        tokio::spawn(async move {
            let mut bytes = vec![0; 8192];
            while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
                asked
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .extend_from_slice(&bytes[..count]);
                if to_server.write_all(&bytes[..count]).await.is_err() {
                    break;
                }
            }
        });
    }
}

/// How long curl takes for the requests, one after the other over one connection, its own start left out.
pub(super) fn by_curl(paths: &[String]) -> Result<Duration, DevError> {
    let mut command = Command::new("curl");
    command
        .args([
            "--silent",
            "--show-error",
            "--write-out",
            "%{time_total}\n",
            "--unix-socket",
        ])
        .arg(socket()?);
    for path in paths {
        command
            .args(["--output", "/dev/null"])
            .arg(format!("http://engine{path}"));
    }
    let out = root::run(&mut command)?;
    let seconds: Vec<f64> = out
        .lines()
        .filter_map(|line| line.trim().parse().ok())
        .collect();
    if seconds.len() == paths.len() {
        Ok(Duration::from_secs_f64(seconds.iter().sum()))
    } else {
        Err(DevError::file(
            Path::new("curl"),
            &"it did not tell how long each request took",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_out_of_what_was_sent() {
        let sent = "GET /version HTTP/1.1\r\nhost: engine\r\n\r\nPOST /x HTTP/1.1\r\n\r\n{}GET /events?a HTTP/1.1\r\n\r\nGET /images/json HTTP/1.1\r\n";
        assert_eq!(paths(sent), ["/version", "/images/json"]);
    }
}
