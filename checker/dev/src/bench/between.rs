//! Which requests a look at the engine's state consists of. The list is not kept by hand: a socket in between writes
//! down what the grader asks. Measures nothing.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

use super::raw::socket;
use crate::DevError;
use labcheck_core::error::Error;
use labcheck_core::grade::Plan;
use labcheck_probe::{Live, Observer as _, Quiet};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_out_of_what_was_sent() {
        let sent = "GET /version HTTP/1.1\r\nhost: engine\r\n\r\nPOST /x HTTP/1.1\r\n\r\n{}GET /events?a HTTP/1.1\r\n\r\nGET /images/json HTTP/1.1\r\n";
        assert_eq!(paths(sent), ["/version", "/images/json"]);
    }
}
