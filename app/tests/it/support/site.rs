//! The application as a router with a database of its own, asked without a socket.

use std::path::PathBuf;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use inventory::{AppState, database, router};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::mysql::MySqlConnectOptions;
use tower::ServiceExt as _;

use super::{Rights, TestDatabase};

pub(crate) struct Site {
    router: Router,
    pub(crate) database: TestDatabase,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Site {
    pub(crate) async fn new() -> Self {
        Self::with(Rights::Least).await
    }

    pub(crate) async fn with(rights: Rights) -> Self {
        let database = TestDatabase::new(rights).await;
        let options = database.user();
        Self::behind(database, options).await
    }

    /// With another way to the database than the direct one.
    pub(crate) async fn behind(database: TestDatabase, options: MySqlConnectOptions) -> Self {
        let db = database::pool(options);
        database::create_tables(&db).await.expect("the two tables");
        let assets = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/static"));
        let router = router(AppState { db, assets });
        Self { router, database }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).body(Body::empty());
        self.ask(request.expect("a request")).await
    }

    /// Posts a form, without following where the answer leads.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(pairs.join("&")));
        self.ask(request.expect("a request")).await
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await;
        let (parts, body) = response.expect("an answer").into_parts();
        let body = body.collect().await.expect("its body").to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// Stores a manufacturer with this name and returns the page that says so.
    pub(crate) async fn store(&self, name: &str) -> Answer {
        let answer = self.post("/inserter", &form(name)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        self.get(answer.header(LOCATION.as_str())).await
    }

    pub(crate) async fn fetch(&self, name: &str) -> Answer {
        self.post("/fetch", &[("manufacturer_name", name)]).await
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .unwrap_or_else(|| panic!("no header {name}"))
            .to_str()
            .expect("a header of text")
    }

    /// How many cards the page shows.
    pub(crate) fn cards(&self) -> usize {
        self.body.matches("<article").count()
    }

    pub(crate) fn between(&self, start: &str, end: &str) -> &str {
        let (_, rest) = self.body.split_once(start).expect(start);
        rest.split_once(end).expect(end).0
    }
}

/// A form without a fault.
pub(crate) fn form(name: &str) -> [(&str, &str); 4] {
    [
        ("name", name),
        ("email", "info@example.com"),
        ("number", "+41 44 000 00 00"),
        ("website", "https://example.com"),
    ]
}
