//! Nothing in the book leads nowhere: includes, links, anchors, chapters of lab files, pages of the summary.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use labcheck::book::{PageAddress, Rendered};
use labcheck_core::error::Explain as _;
use labcheck_core::lab::Course;
use scraper::{Html, Selector};

pub(crate) fn book() -> &'static Rendered {
    static BOOK: OnceLock<Rendered> = OnceLock::new();
    BOOK.get_or_init(|| Rendered::make().unwrap_or_else(|err| panic!("{err}: {:?}", err.cause())))
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/src")
}

/// Every Markdown file by its path below `book/src`.
pub(crate) fn sources() -> BTreeMap<String, String> {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, root, found);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let name = path.strip_prefix(root).expect("below").display();
                let text = std::fs::read_to_string(&path).expect("text");
                found.insert(name.to_string(), text);
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(&root(), &root(), &mut found);
    found
}

/// Whether a file of the book is a page.
pub(crate) fn is_page(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|ending| ending == "html")
}

/// Pages that readers see; mdBook adds one of everything for printers, and one for addresses that are wrong.
fn pages() -> impl Iterator<Item = (&'static String, Html)> {
    let html = book().files.iter().filter(|(path, _)| {
        is_page(path) && !["print.html", "toc.html", "404.html"].contains(&path.as_str())
    });
    html.map(|(path, bytes)| (path, Html::parse_document(&String::from_utf8_lossy(bytes))))
}

fn select(css: &str) -> Selector {
    Selector::parse(css).expect("a selector")
}

#[test]
fn every_include_is_there_and_is_not_empty() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (page, text) in sources() {
        for part in text.split("{{#").skip(1) {
            let inside = part.split("}}").next().unwrap_or_default();
            let Some(path) = inside.strip_prefix("include ") else {
                wrong.push(format!("{page}: {{{{#{inside}}}}} is no include"));
                continue;
            };
            count += 1;
            let path = root().join(&page).parent().expect("a folder").join(path);
            let there = std::fs::read_to_string(&path).unwrap_or_default();
            if there.trim().is_empty() {
                wrong.push(format!("{page}: {inside}: nothing is there"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 60, "only {count} includes were found");
    for (page, html) in pages() {
        assert!(!html.html().contains("{{#"), "{page}");
    }
}

#[test]
fn every_part_that_is_generated_is_shown_somewhere() {
    let sources = sources();
    let all: String = sources.values().map(String::as_str).collect();
    for part in sources.keys().filter(|page| page.starts_with("generated/")) {
        assert!(all.contains(&format!("{{{{#include {part}}}}}")), "{part}");
    }
}

#[test]
fn every_page_is_in_the_summary() {
    let sources = sources();
    let summary = &sources["SUMMARY.md"];
    for page in sources
        .keys()
        .filter(|page| !page.starts_with("generated/"))
    {
        let listed = summary.contains(&format!("]({page})"));
        assert!(listed || page == "SUMMARY.md", "{page} is in no list");
    }
    let listed = summary.matches("](").count();
    // The first page is there twice, under its own name and as the index.
    assert_eq!(pages().count(), listed + 1);
}

#[test]
fn every_link_leads_somewhere() {
    let with_id = select("[id]");
    let ids: BTreeMap<&str, BTreeSet<String>> = pages()
        .map(|(path, html)| {
            let ids = html.select(&with_id).map(|it| it.value().id());
            let ids = ids.flatten().map(str::to_owned).collect();
            (path.as_str(), ids)
        })
        .collect();
    let mut wrong = Vec::new();
    let mut count = 0;
    for (page, html) in pages() {
        let base = reqwest::Url::parse("http://book.invalid/").expect("an address");
        let here = base.join(page).expect("an address");
        for element in html.select(&select("a[href], link[href], img[src], script[src]")) {
            let value = element.value();
            let to = value.attr("href").or(value.attr("src")).unwrap_or_default();
            let Ok(address) = here.join(to) else {
                wrong.push(format!("{page}: {to} is no address"));
                continue;
            };
            if address.host() != base.host() {
                continue;
            }
            count += 1;
            let path = match address.path().trim_start_matches('/') {
                "" => "index.html",
                path => path,
            };
            let mdbooks_own = path == "print.html" && book().files.contains_key(path);
            let there = book().files.contains_key(path);
            let heading = address
                .fragment()
                .is_none_or(|id| mdbooks_own || ids.get(path).is_some_and(|ids| ids.contains(id)));
            if !there || !heading {
                wrong.push(format!("{page}: {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 1000, "only {count} links were looked at");
}

#[test]
fn every_chapter_of_a_check_is_a_heading() {
    for lab in Course::embedded().expect("a course").manifests() {
        for entry in &lab.checks {
            let place = PageAddress::find(&entry.chapter, book());
            let place = place.unwrap_or_else(|err| panic!("{}: {err}", entry.id));
            assert_eq!(place.path(), entry.chapter);
        }
    }
}

#[test]
fn every_picture_says_in_words_what_it_shows() {
    let mut count = 0;
    for (page, html) in pages() {
        for image in html.select(&select("main img")) {
            let words = image.value().attr("alt").unwrap_or_default();
            assert!(words.len() > 20, "{page}: {}", image.html());
            count += 1;
        }
        for drawing in html.select(&select("main figure svg")) {
            let words = |css: &str| {
                let found = drawing.select(&select(css)).next();
                found.map_or(0, |it| it.text().collect::<String>().len())
            };
            assert_eq!(drawing.value().attr("role"), Some("img"), "{page}");
            assert!(words("title") > 5 && words("desc") > 40, "{page}");
            count += 1;
        }
    }
    assert!(count > 20, "only {count} pictures were looked at");
}

#[test]
fn every_picture_is_small_and_shown() {
    let all: String = sources().values().map(String::as_str).collect();
    let mut left = vec![root().join("images")];
    let mut count = 0;
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
                continue;
            }
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let bytes = entry.metadata().expect("it is there").len();
            assert!(bytes <= 60 * 1024, "{name}: {bytes} bytes");
            assert!(all.contains(&format!("/{name}")), "{name} is shown nowhere");
            count += 1;
        }
    }
    assert!(count > 20, "only {count} pictures were looked at");
}
