//! The one error type of the handlers, and the page each error becomes.
//!
//! The page says what happened in plain words; details that help an attacker go to the log only.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use axum::extract::rejection::FormRejection;

use crate::database;

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
    /// The body is no form, or too large.
    #[error("the form could not be read")]
    Form(#[from] FormRejection),
    /// The database is away, or refused the statement.
    #[error("the database did not do what the page needs")]
    Database(#[from] sqlx::Error),
    /// A hash that does not fit into a QR code.
    #[error("the QR code could not be drawn")]
    QrCode(#[from] qrcode::types::QrError),
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
            Self::Form(rejection) => rejection.status(),
            // Trying again helps against a database that is away, not against a missing right.
            Self::Database(error) if database::is_denied(error) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
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
            Self::Form(_) => (
                "Form not readable",
                "The form could not be read, and nothing was stored. Please fill it in again.",
            ),
            Self::Database(error) if !database::is_denied(error) => (
                "Database not available",
                "The database does not answer as it should, and nothing was stored. Please try again in a moment.",
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
