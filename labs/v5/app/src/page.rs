//! Turns a template into a response.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use crate::AppError;

/// A template that answers a request as an HTML page.
pub struct Page<T>(pub T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => Html(html).into_response(),
            Err(error) => AppError::Template(error).into_response(),
        }
    }
}
