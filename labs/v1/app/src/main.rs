//! A page from a container: one handler, one address, one port.

use std::io;

use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

// TODO(v1-bind-address): 127.0.0.1 is this container alone. Which address takes requests from outside?
const ADDRESS: &str = "127.0.0.1:5000";

#[tokio::main]
async fn main() -> io::Result<()> {
    // Process 1 of a container ignores SIGTERM unless it asks for it.
    let mut terminate = signal(SignalKind::terminate())?;
    let listener = TcpListener::bind(ADDRESS).await?;
    eprintln!("listening on {ADDRESS}");
    tokio::select! {
        ended = axum::serve(listener, router()) => ended,
        _ = terminate.recv() => Ok(()),
    }
}

/// Every path that has no route is a 404.
fn router() -> Router {
    Router::new()
        // TODO(v1-first-handler): answer GET / with src/page.html, as text/html.
}
