//! The home page.

use askama::Template;
use axum::Router;
use axum::routing::get;

use crate::AppState;
use crate::page::Page;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage;

/// `GET /`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/", get(|| async { Page(HomePage) }))
}
