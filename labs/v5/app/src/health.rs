//! Two answers for machines: does the process live, and does its database answer? And the question itself, for an
//! image in which nothing else could ask it.

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::AppState;
use crate::config::{self, ConfigError};

/// How long connecting, asking and answering may take, each.
const PATIENCE: Duration = Duration::from_secs(1);
/// What the answer of a healthy process begins with.
const HEALTHY: &[u8] = b"HTTP/1.1 200";

/// `GET /healthz` and `GET /readyz`, in plain text.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
}

async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match sqlx::query("SELECT 1").execute(&state.db).await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        ),
    }
}

/// Why the process does not count as healthy.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Where it listens is unknown.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Nothing listens there, or it does not answer in time.
    #[error("http://{address}/healthz does not answer")]
    Silent {
        /// The address that was asked.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// It answers otherwise than with a status of 200.
    #[error("http://{address}/healthz does not answer with 200")]
    Sick {
        /// The address that was asked.
        address: SocketAddr,
    },
}

/// Asks the process that listens where `LISTEN` says, which is this container's own, for its `/healthz`.
pub fn ask(lookup: impl Fn(&str) -> Option<OsString>) -> Result<(), AskError> {
    let address = own(config::listen(lookup)?);
    let answer = start_of_answer(address).map_err(|source| AskError::Silent { address, source })?;
    if answer == HEALTHY {
        Ok(())
    } else {
        Err(AskError::Sick { address })
    }
}

/// A process that listens everywhere is asked on the loopback address.
fn own(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn start_of_answer(address: SocketAddr) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut start = vec![0; HEALTHY.len()];
    stream.read_exact(&mut start)?;
    Ok(start)
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn listening_everywhere_is_asked_on_loopback() {
        for (listen, asked) in [
            ("0.0.0.0:5000", "127.0.0.1:5000"),
            ("[::]:80", "[::1]:80"),
            ("10.0.0.7:80", "10.0.0.7:80"),
        ] {
            let listen = listen.parse().expect("an address");
            assert_eq!(own(listen).to_string(), asked);
        }
    }
}
