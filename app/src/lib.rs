//! A registry of manufacturers: one module stores them, another finds them again.
//!
//! [`router`] is the whole application without a socket, so that tests can ask it directly; [`server`] puts it on
//! the network. This crate knows nothing of containers or of the course.

use std::path::PathBuf;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tower_http::compression::CompressionLayer;

// since v3
use sqlx::MySqlPool;
// endsince v3

pub mod assets;
pub mod config;
pub mod error;
pub mod home;
pub mod log;
pub mod page;
pub mod server;
pub mod signals;

// since v3
pub mod database;
pub mod entry;
pub mod fetcher;
pub mod inserter;
pub mod manufacturer;
pub mod qr;
// endsince v3

// since v5
pub mod health;
// endsince v5

// since v6
pub mod visit;
// endsince v6

pub use error::AppError;

/// The largest request body that is read, in bytes; a form of this application needs far less.
pub const BODY_LIMIT: usize = 16 * 1024;

/// What every handler can reach.
#[derive(Clone)]
pub struct AppState {
    // since v3
    /// Connections to the database, opened when they are needed.
    pub db: MySqlPool,
    // endsince v3
    /// The folder behind `/static`.
    pub assets: PathBuf,
}

/// All routes of the application, ready to be served or to be asked in a test.
pub fn router(state: AppState) -> Router {
    let router = Router::new().merge(home::routes());
    // region v2-static-route
    // starter:     // TODO(v2-static-route): answer /static/… with `assets::routes`, out of the folder `state.assets`.
    let router = router.nest_service("/static", assets::routes(&state.assets));
    // endregion v2-static-route
    // region v3-merge-modules
    // starter:     // TODO(v3-merge-modules): merge the routes of the inserter and of the fetcher.
    let router = router.merge(inserter::routes()).merge(fetcher::routes());
    // endregion v3-merge-modules
    // region v5-health-routes
    // starter:     // TODO(v5-health-routes): merge the routes that answer /healthz and /readyz.
    let router = router.merge(health::routes());
    // endregion v5-health-routes
    router
        .fallback(|| async { AppError::NotFound })
        .method_not_allowed_fallback(|| async { AppError::MethodNotAllowed })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CompressionLayer::new())
        // since v6
        .layer(axum::middleware::from_fn(visit::log))
        // endsince v6
        .with_state(state)
}
