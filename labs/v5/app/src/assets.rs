//! The files of `UIkit` and the application's own style sheet, served from one folder under `/static`.

use std::path::Path;

use axum::Router;
use axum::handler::HandlerWithoutStateExt as _;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::map_response;
use axum::response::Response;
use tower_http::services::ServeDir;

use crate::AppError;

/// Everything in `folder`, and nothing outside of it; a missing file is a 404, not a page.
pub fn routes(folder: &Path) -> Router {
    let missing = || async { AppError::NotFound };
    let files = ServeDir::new(folder)
        .append_index_html_on_directories(false)
        .not_found_service(missing.into_service());
    Router::new()
        .fallback_service(files)
        .layer(map_response(cacheable))
}

async fn cacheable(mut response: Response) -> Response {
    let status = response.status();
    if status.is_success() || status.is_redirection() {
        response.headers_mut().insert(
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=600"),
        );
    }
    response
}
