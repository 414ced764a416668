//! The one error type of the handlers, and the page each error becomes.
//!
//! The page says what happened in plain words; details that help an attacker go to the log only.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::log;

/// Why a request got no ordinary page.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No route of this name.
    #[error("there is no such page")]
    NotFound,
    /// The route exists, but not for this method.
    #[error("this page cannot be asked in this way")]
    MethodNotAllowed,
    /// A template failed; a mistake in this crate.
    #[error("the page could not be written")]
    Template(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    title: &'static str,
    text: &'static str,
}

impl AppError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn page(&self) -> ErrorPage {
        let (title, text) = match self {
            Self::NotFound => (
                "Page not found",
                "There is no page at this address. The menu leads to those there are.",
            ),
            Self::MethodNotAllowed => (
                "Not possible here",
                "This page exists, but it cannot be asked in this way.",
            ),
            _ => (
                "Something went wrong",
                "This page could not be made. The log of the application says why.",
            ),
        };
        ErrorPage { title, text }
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            log::error(&self);
        }
        let page = self.page();
        let html = page.render().unwrap_or_else(|_| page.text.into());
        (status, Html(html)).into_response()
    }
}
