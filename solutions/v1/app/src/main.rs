//! A page from a container: one handler, one address, one port.

use std::io;

use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

// region v1-bind-address
// starter: // TODO(v1-bind-address): 127.0.0.1 is this container alone. Which address takes requests from outside?
// starter: const ADDRESS: &str = "127.0.0.1:5000";
/// Every address of the container: what arrives through a published port does not come from 127.0.0.1.
const ADDRESS: &str = "0.0.0.0:5000";
// endregion v1-bind-address

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
        // region v1-first-handler
        // starter:         // TODO(v1-first-handler): answer GET / with src/page.html, as text/html.
        .route(
            "/",
            axum::routing::get(|| async { axum::response::Html(include_str!("page.html")) }),
        )
    // endregion v1-first-handler
}
