//! The HTML report in a browser, looked at by axe: light and dark, a phone's width and a desktop's.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use labcheck_core::report;
use labcheck_core::text::{Language, within};

use super::axe::{Themes, nothing_serious};
use super::{hostile, recorded};

#[tokio::test]
async fn axe_finds_nothing_serious_on_the_report() {
    let german = || {
        within(Language::German, || {
            report::html(&recorded("v6", "starter"))
        })
    };
    let pages = [
        ("passed", report::html(&recorded("v6", "solution"))),
        ("failed", report::html(&recorded("v4", "app-still-root"))),
        ("open", report::html(&recorded("v1", "leftover-stack"))),
        ("german", german()),
        ("hostile", report::html(&hostile())),
    ];
    let mut site = Router::new();
    let mut names = Vec::new();
    for (name, html) in pages {
        names.push(name.to_owned());
        site = site.route(&format!("/{name}"), get(move || async move { Html(html) }));
    }
    nothing_serious(&site, &names, Themes::System).await;
}
