//! A registry of manufacturers: one module stores them, another finds them again.
//!
//! [`router`] is the whole application without a socket, so that tests can ask it directly; [`server`] puts it on
//! the network. This crate knows nothing of containers or of the course.

use std::path::PathBuf;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tower_http::compression::CompressionLayer;

use sqlx::MySqlPool;

pub mod assets;
pub mod config;
pub mod error;
pub mod home;
pub mod log;
pub mod page;
pub mod server;
pub mod signals;

pub mod database;
pub mod entry;
pub mod fetcher;
pub mod inserter;
pub mod manufacturer;
pub mod qr;

pub mod health;

pub use error::AppError;

/// The largest request body that is read, in bytes; a form of this application needs far less.
pub const BODY_LIMIT: usize = 16 * 1024;

/// What every handler can reach.
#[derive(Clone)]
pub struct AppState {
    /// Connections to the database, opened when they are needed.
    pub db: MySqlPool,
    /// The folder behind `/static`.
    pub assets: PathBuf,
}

/// All routes of the application, ready to be served or to be asked in a test.
pub fn router(state: AppState) -> Router {
    let router = Router::new().merge(home::routes());
    let router = router.nest_service("/static", assets::routes(&state.assets));
    let router = router.merge(inserter::routes()).merge(fetcher::routes());
    // TODO(v5-health-routes): merge the routes that answer /healthz and /readyz.
    router
        .fallback(|| async { AppError::NotFound })
        .method_not_allowed_fallback(|| async { AppError::MethodNotAllowed })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CompressionLayer::new())
        .with_state(state)
}
