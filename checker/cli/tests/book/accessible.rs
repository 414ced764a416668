//! Every page in a browser, looked at by axe: both themes, a phone's width and a desktop's.

use super::axe::{Themes, nothing_serious};
use super::pages::{book, is_page};

#[tokio::test]
async fn axe_finds_nothing_serious_on_any_page() {
    let own = ["print.html", "toc.html"];
    let pages = book().files.keys().filter(|path| is_page(path));
    // `LABCHECK_PAGE=v1` looks at fewer, while one is being written.
    let wanted = std::env::var("LABCHECK_PAGE").unwrap_or_default();
    let pages = pages.filter(|path| !own.contains(&path.as_str()) && path.contains(&wanted));
    let pages: Vec<String> = pages.cloned().collect();
    let site = labcheck::book::router(book().clone());
    nothing_serious(&site, &pages, Themes::Own(&["light", "navy"])).await;
}
