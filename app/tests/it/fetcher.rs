//! The fetcher: what is found, what is not, and what the card shows.

use axum::http::StatusCode;
use sha2::{Digest as _, Sha256};

use crate::support::{Site, decode};

#[tokio::test]
async fn a_stored_manufacturer_comes_back_by_name_and_by_id() {
    let site = Site::new().await;
    site.store("Example AG").await;
    let by_name = site.fetch("Example AG").await;
    assert_eq!(by_name.status, StatusCode::OK);
    assert_eq!(by_name.cards(), 1);
    for value in [
        "Example AG",
        "info@example.com",
        "+41 44 000 00 00",
        "https://example.com",
    ] {
        assert!(by_name.body.contains(value), "{value}");
    }
    let id = by_name.between("<dt>Id</dt><dd>", "</dd>");
    let by_id = site.post("/fetch", &[("manufacturer_id", id)]).await;
    assert_eq!(by_id.cards(), 1);
    let both = [("manufacturer_id", id), ("manufacturer_name", "Example AG")];
    assert_eq!(site.post("/fetch", &both).await.cards(), 1);
}

#[tokio::test]
async fn the_qr_code_holds_the_hash_of_the_values() {
    let site = Site::new().await;
    site.store("Example AG").await;
    let page = site.fetch("Example AG").await;
    let shown = page.between("<code>", "</code>");
    let values = "Example AG\ninfo@example.com\n+41 44 000 00 00\nhttps://example.com\n";
    let expected: String = Sha256::digest(values)
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect();
    assert_eq!(shown, expected);
    assert_eq!(decode(page.between("<img src=\"", "\"")), expected);
}

#[tokio::test]
async fn an_empty_form_is_refused_with_a_message() {
    let site = Site::new().await;
    for fields in [
        &[][..],
        &[("manufacturer_id", ""), ("manufacturer_name", "  ")],
    ] {
        let page = site.post("/fetch", fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("Give an id or a name"));
    }
}

#[tokio::test]
async fn an_id_that_is_no_number_is_refused_with_a_message() {
    let site = Site::new().await;
    for id in ["1 OR 1=1", "-1", "1e3", "99999999999999999999999"] {
        let page = site.post("/fetch", &[("manufacturer_id", id)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{id}");
        assert!(page.body.contains("whole number"), "{id}");
    }
}

#[tokio::test]
async fn no_hit_says_so() {
    let site = Site::new().await;
    site.store("Example AG").await;
    let other_id = [("manufacturer_id", "4711")];
    for page in [
        site.fetch("Other AG").await,
        site.post("/fetch", &other_id).await,
    ] {
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.cards(), 0);
        assert!(page.body.contains("No manufacturer fits."));
    }
}

#[tokio::test]
async fn sql_in_a_field_is_only_text() {
    let site = Site::new().await;
    site.store("Example AG").await;
    for text in [
        "' OR '1'='1",
        "' OR 1=1 -- ",
        "\\' OR 1=1 #",
        "%",
        "_xample AG",
    ] {
        let page = site.fetch(text).await;
        assert_eq!(page.status, StatusCode::OK, "{text}");
        assert_eq!(page.cards(), 0, "{text}");
    }
    // As a name it can even be stored.
    site.store("'); DROP TABLE qrcode; --").await;
    assert_eq!(site.fetch("'); DROP TABLE qrcode; --").await.cards(), 1);
}

#[tokio::test]
async fn markup_comes_back_as_text() {
    let site = Site::new().await;
    let name = "<script>alert(1)</script>";
    site.store(name).await;
    let page = site.fetch(name).await;
    assert_eq!(page.cards(), 1);
    assert!(!page.body.contains("<script>alert"));
}
