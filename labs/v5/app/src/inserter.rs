//! The inserter: a form that stores a manufacturer, or updates the one of the same name.

use askama::Template;
use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::entry::{EntryForm, FieldErrors};
use crate::page::Page;
use crate::{AppError, AppState, manufacturer};

#[derive(Template, Default)]
#[template(path = "inserter.html")]
struct InserterPage {
    form: EntryForm,
    errors: FieldErrors,
    stored: Option<manufacturer::Manufacturer>,
}

/// After a redirect: the manufacturer that was stored just before.
#[derive(Deserialize)]
struct Message {
    // Text, so that a mangled address shows the plain form instead of an error.
    stored: Option<String>,
}

/// `GET /inserter` and `POST /inserter`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/inserter", get(show).post(store))
}

async fn show(
    State(state): State<AppState>,
    message: Result<Query<Message>, QueryRejection>,
) -> Result<Response, AppError> {
    let id = message
        .ok()
        .and_then(|Query(message)| message.stored)
        .and_then(|id| id.parse().ok());
    let stored = match id {
        Some(id) => manufacturer::by_id(&state.db, id).await?,
        None => None,
    };
    let page = InserterPage {
        stored,
        ..InserterPage::default()
    };
    Ok(Page(page).into_response())
}

async fn store(
    State(state): State<AppState>,
    form: Result<Form<EntryForm>, FormRejection>,
) -> Result<Response, AppError> {
    let Form(form) = form?;
    match form.check() {
        Ok(entry) => {
            let id = manufacturer::store(&state.db, &entry).await?;
            // Reloading the page that follows does not send the form again.
            Ok(Redirect::to(&format!("/inserter?stored={id}")).into_response())
        }
        Err(errors) => {
            let page = InserterPage {
                form,
                errors,
                stored: None,
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
    }
}
