//! The rendered book on loopback, out of memory: no path of the machine can be asked for.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use tokio::net::TcpListener;

use super::{BookError, Rendered};

/// Serves a book that is bound already, until the future given ends.
///
/// # Errors
/// [`BookError::Serve`].
pub async fn serve(
    listener: TcpListener,
    book: Rendered,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<(), BookError> {
    let port = listener.local_addr().map_or(0, |address| address.port());
    axum::serve(listener, router(book))
        .with_graceful_shutdown(until)
        .await
        .map_err(|err| BookError::Serve {
            port,
            why: err.to_string(),
        })
}

/// Takes a port of this machine, on loopback alone; 0 takes one that is free.
pub(crate) async fn bind(port: u16) -> Result<TcpListener, BookError> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    bound.map_err(|err| match err.kind() {
        std::io::ErrorKind::AddrInUse => BookError::PortInUse { port },
        _ => BookError::Serve {
            port,
            why: err.to_string(),
        },
    })
}

/// The book's pages as a router, for [`serve`] and for tests that add something of their own.
pub fn router(book: Rendered) -> Router {
    Router::new().fallback(answer).with_state(Arc::new(book))
}

async fn answer(State(book): State<Arc<Rendered>>, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    if let Some(bytes) = book.files.get(path) {
        return ([(header::CONTENT_TYPE, kind_of(path))], bytes.clone()).into_response();
    }
    let page = book.page("404.html").unwrap_or("not found").to_owned();
    (StatusCode::NOT_FOUND, Html(page)).into_response()
}

/// The content type, by the ending of a name; the book has no others.
fn kind_of(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        // `.nojekyll` is for a web host that would take the pages for something else.
        "txt" | "nojekyll" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
