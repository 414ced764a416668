//! Pages and files that need no data.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};

use crate::support::Site;

#[tokio::test]
async fn home_has_a_title_and_leads_to_both_modules() {
    let page = Site::new().await.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.body.contains("<html lang=\"en\">"));
    assert!(page.between("<title>", "</title>").contains("registry"));
    for link in ["href=\"/\"", "href=\"/fetch\"", "href=\"/inserter\""] {
        assert!(page.between("<nav", "</nav>").contains(link), "{link}");
    }
    for other in ["http://", "https://", "//cdn"] {
        assert!(!page.body.contains(other), "loads from {other}");
    }
}

#[tokio::test]
async fn an_unknown_path_is_a_page_with_404() {
    let page = Site::new().await.get("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.between("<title>", "</title>").contains("not found"));
}

#[tokio::test]
async fn another_method_is_a_page_with_405() {
    let request = Request::builder().method(Method::DELETE).uri("/inserter");
    let answer = Site::new()
        .await
        .ask(request.body(Body::empty()).expect("a request"))
        .await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.body.contains("<title>"));
}

#[tokio::test]
async fn assets_carry_their_type_and_can_be_cached() {
    let answer = Site::new().await.get("/static/registry.css").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/css");
    assert!(answer.header("cache-control").contains("max-age="));
    assert!(!answer.header("last-modified").is_empty());
}

#[tokio::test]
async fn an_asset_that_has_not_changed_is_not_sent_again() {
    let site = Site::new().await;
    let first = site.get("/static/registry.css").await;
    let request = Request::get("/static/registry.css")
        .header("if-modified-since", first.header("last-modified"));
    let second = site
        .ask(request.body(Body::empty()).expect("a request"))
        .await;
    assert_eq!(second.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn transfer_is_compressed_for_those_who_can_read_it() {
    let site = Site::new().await;
    for path in ["/", "/static/registry.css"] {
        let request = Request::get(path).header("accept-encoding", "gzip");
        let answer = site
            .ask(request.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(answer.header("content-encoding"), "gzip", "{path}");
        let plain = site.get(path).await;
        assert!(!plain.headers.contains_key("content-encoding"), "{path}");
    }
}

#[tokio::test]
async fn there_is_no_way_out_of_the_folder_of_assets() {
    let site = Site::new().await;
    for path in [
        "/static/missing.css",
        "/static/",
        "/static/../Cargo.toml",
        "/static/..%2fCargo.toml",
        "/static/%2e%2e/Cargo.toml",
        "/static/%2e%2e%2fCargo.toml",
        "/static/..%5cCargo.toml",
        "/static//etc/passwd",
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.headers.contains_key("cache-control"), "{path}");
    }
}

#[tokio::test]
async fn health_tells_process_and_database_apart() {
    let site = Site::new().await;
    assert_eq!(site.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(site.get("/readyz").await.status, StatusCode::OK);
}
