//! The inserter: what is stored, what is refused, and what the visitor is told.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::support::{Site, form};

const COUNT: &str = "SELECT COUNT(*) FROM manufacturers";

#[tokio::test]
async fn every_field_has_a_label() {
    let page = Site::new().await.get("/inserter").await;
    assert_eq!(page.status, StatusCode::OK);
    for field in ["name", "email", "number", "website"] {
        assert!(page.body.contains(&format!("for=\"{field}\"")), "{field}");
        assert!(page.body.contains(&format!("id=\"{field}\"")), "{field}");
    }
}

#[tokio::test]
async fn a_manufacturer_is_stored_and_the_page_says_so() {
    let site = Site::new().await;
    let page = site.store("Example AG").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains("“Example AG” is stored"),
        "{}",
        page.body
    );
    assert_eq!(site.database.number(COUNT).await, 1);
    let joined = "SELECT COUNT(*) FROM manufacturers m JOIN qrcode q ON q.manufacturer_id = m.id AND q.hash = m.hash";
    assert_eq!(site.database.number(joined).await, 1);
}

#[tokio::test]
async fn the_same_name_again_updates() {
    let site = Site::new().await;
    site.store("Example AG").await;
    let before = site.fetch("Example AG").await;
    let mut again = form("Example AG");
    again[1].1 = "new@example.com";
    let answer = site.post("/inserter", &again).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let after = site.fetch("Example AG").await;
    assert!(after.body.contains("new@example.com"));
    assert!(!after.body.contains("info@example.com"));
    let hash = |page: &crate::support::Answer| page.between("<code>", "</code>").to_owned();
    assert_ne!(hash(&before), hash(&after));
    assert_eq!(site.database.number(COUNT).await, 1);
    let codes = "SELECT COUNT(*) FROM qrcode";
    assert_eq!(site.database.number(codes).await, 1);
}

#[tokio::test]
async fn names_of_all_scripts_keep_every_character() {
    let site = Site::new().await;
    for name in [
        "Zürcher Käse & Söhne",
        "日本電気",
        "Ñandú’s “Co”",
        "🦀 GmbH",
        "muller",
        "Müller",
    ] {
        site.store(name).await;
        assert_eq!(site.fetch(name).await.cards(), 1, "{name}");
    }
    assert_eq!(site.database.number(COUNT).await, 6);
}

#[tokio::test]
async fn every_failed_field_is_named_beside_the_field() {
    let site = Site::new().await;
    let page = site.post("/inserter", &[]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["name", "email", "number", "website"] {
        let id = format!("aria-describedby=\"{field}-problem\"");
        assert!(page.body.contains(&id), "{field}");
        let text = format!("id=\"{field}-problem\">The {field} is missing.");
        assert!(page.body.contains(&text), "{field}: {}", page.body);
    }
    assert_eq!(site.database.number(COUNT).await, 0);
}

#[tokio::test]
async fn one_wrong_field_stores_nothing_and_keeps_what_was_typed() {
    let site = Site::new().await;
    let long = "x".repeat(300);
    let mail = format!("{long}@example.com");
    for (at, value) in [
        (0, long.as_str()),
        (0, "   "),
        (0, "two\nlines"),
        (1, "nobody"),
        (1, "a b@example.com"),
        (1, mail.as_str()),
        (2, "call me"),
        (2, "---"),
        (3, "example.com"),
        (3, "javascript:alert(1)"),
    ] {
        let mut fields = form("Example AG");
        fields[at].1 = value;
        let page = site.post("/inserter", &fields).await;
        let field = fields[at].0;
        assert_eq!(
            page.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field} {value}"
        );
        assert_eq!(
            page.body.matches("class=\"problem\"").count(),
            1,
            "{field} {value}"
        );
        assert!(
            page.body.contains(&format!("id=\"{field}-problem\">")),
            "{field} {value}"
        );
        assert!(page.body.contains("+41 44 000 00 00") || at == 2);
    }
    assert_eq!(site.database.number(COUNT).await, 0);
}

#[tokio::test]
async fn the_longest_values_still_fit_into_their_columns() {
    let site = Site::new().await;
    let name = "ü".repeat(100);
    let email = format!("{}@example.com", "m".repeat(254 - 12));
    let website = format!("https://{}", "w".repeat(200 - 8));
    let fields = [
        ("name", name.as_str()),
        ("email", &email),
        ("number", "0123456789012345678901234567890123456789"),
        ("website", &website),
    ];
    let answer = site.post("/inserter", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = site.fetch(&name).await;
    assert!(page.body.contains(&email) && page.body.contains(&website));
}

#[tokio::test]
async fn markup_comes_back_as_text() {
    let site = Site::new().await;
    let page = site.store("<script>alert(1)</script>").await;
    assert!(!page.body.contains("<script>alert"));
    assert!(
        page.body.contains("&#60;script&#62;alert(1)"),
        "{}",
        page.body
    );
    let refused = site
        .post("/inserter", &[("name", "\"><script>alert(2)")])
        .await;
    assert!(!refused.body.contains("<script>alert"));
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused_with_a_page() {
    let site = Site::new().await;
    let form = "application/x-www-form-urlencoded";
    for (kind, body, status) in [
        (
            "application/json",
            "{}".to_owned(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            form,
            "name=a&name=b".to_owned(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            form,
            format!("name={}", "x".repeat(inventory::BODY_LIMIT)),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
    ] {
        let request = Request::post("/inserter").header("content-type", kind);
        let answer = site
            .ask(request.body(Body::from(body)).expect("a request"))
            .await;
        assert_eq!(answer.status, status);
        assert!(answer.body.contains("nothing was stored"));
    }
    assert_eq!(site.database.number(COUNT).await, 0);
}

#[tokio::test]
async fn a_mangled_message_shows_the_plain_form() {
    let site = Site::new().await;
    for query in ["?stored=1", "?stored=x", "?stored=1&stored=2", "?other"] {
        let page = site.get(&format!("/inserter{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        assert!(!page.body.contains("is stored with"), "{query}");
    }
}
