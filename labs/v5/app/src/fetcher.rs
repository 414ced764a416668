//! The fetcher: looks a manufacturer up by id or by name, and shows a card with its hash and QR code.

use askama::Template;
use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::manufacturer::Manufacturer;
use crate::page::Page;
use crate::{AppError, AppState, manufacturer, qr};

/// The form as it arrives; a field that was not sent counts as empty.
#[derive(Default, Deserialize)]
#[serde(default)]
struct FetchForm {
    manufacturer_id: String,
    manufacturer_name: String,
}

struct Card {
    manufacturer: Manufacturer,
    qr_code: String,
}

#[derive(Template, Default)]
#[template(path = "fetch.html")]
struct FetchPage {
    form: FetchForm,
    /// Set when the form cannot be used as it is.
    problem: Option<&'static str>,
    /// Whether the database was asked.
    asked: bool,
    cards: Vec<Card>,
}

/// `GET /fetch` and `POST /fetch`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/fetch", get(show).post(find))
}

async fn show() -> Page<FetchPage> {
    Page(FetchPage::default())
}

async fn find(
    State(state): State<AppState>,
    form: Result<Form<FetchForm>, FormRejection>,
) -> Result<Response, AppError> {
    let Form(form) = form?;
    let id = match form.wanted_id() {
        Ok(id) => id,
        Err(problem) => {
            let page = FetchPage {
                form,
                problem: Some(problem),
                ..FetchPage::default()
            };
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response());
        }
    };
    let mut found = Vec::new();
    if let Some(id) = id {
        found.extend(manufacturer::by_id(&state.db, id).await?);
    }
    let name = form.manufacturer_name.trim();
    if !name.is_empty() {
        let hit = manufacturer::by_name(&state.db, name).await?;
        // Id and name may mean the same row.
        found.extend(hit.filter(|hit| Some(hit.id) != id));
    }
    let page = FetchPage {
        form,
        problem: None,
        asked: true,
        cards: found.into_iter().map(Card::new).collect::<Result<_, _>>()?,
    };
    Ok(Page(page).into_response())
}

impl FetchForm {
    /// The id to look for, if one was given; a form without id and name is a problem of its own.
    fn wanted_id(&self) -> Result<Option<u64>, &'static str> {
        match (self.manufacturer_id.trim(), self.manufacturer_name.trim()) {
            ("", "") => Err("Give an id or a name to look for."),
            ("", _) => Ok(None),
            (id, _) => id
                .parse()
                .map(Some)
                .map_err(|_| "The id needs to be a whole number."),
        }
    }
}

impl Card {
    fn new(manufacturer: Manufacturer) -> Result<Self, AppError> {
        Ok(Self {
            qr_code: qr::data_uri(&manufacturer.hash)?,
            manufacturer,
        })
    }
}
