//! What a page loads, and its navigations. Pure.

use std::collections::BTreeSet;

use reqwest::Url;
use scraper::{ElementRef, Html, Selector, node::Element};

use super::accessible_names::name;
use super::css::references;
use labcheck_core::facts::{AssetKind, Link, Nav};
use labcheck_core::text;

/// Something that a page loads: what for, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Load {
    pub kind: Kind,
    pub url: Url,
}

/// As [`AssetKind`], in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Stylesheet,
    Script,
    Other,
}

impl From<Kind> for AssetKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Stylesheet => Self::Stylesheet,
            Kind::Script => Self::Script,
            Kind::Other => Self::Other,
        }
    }
}

/// The address that a page's own addresses are relative to (`base href`).
pub(crate) fn base(page: &Html, at: &Url) -> Url {
    let found = Selector::parse("base[href]").ok();
    let href = found.and_then(|rule| page.select(&rule).next());
    href.and_then(|base| at.join(base.attr("href")?.trim()).ok())
        .unwrap_or_else(|| at.clone())
}

/// Everything a page loads by itself, in its order, each once.
pub(crate) fn loads(page: &Html, base: &Url) -> Vec<Load> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for element in page.root_element().descendent_elements() {
        for (kind, at) in of(&element) {
            let Some(url) = address(base, &at) else {
                continue;
            };
            let load = Load { kind, url };
            if seen.insert(load.clone()) {
                all.push(load);
            }
        }
    }
    all
}

/// The address of something that is fetched over the network.
pub(crate) fn address(base: &Url, at: &str) -> Option<Url> {
    let at = at.trim();
    if at.is_empty() || at.starts_with('#') {
        return None;
    }
    let mut url = base.join(at).ok()?;
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn of(element: &ElementRef<'_>) -> Vec<(Kind, String)> {
    let it = element.value();
    let attr = |name: &str| it.attr(name).map(str::to_owned);
    let mut all: Vec<(Kind, String)> = match it.name() {
        "link" => link(it).into_iter().collect(),
        "script" if runs(it) => attr("src")
            .map(|at| (Kind::Script, at))
            .into_iter()
            .collect(),
        "style" => sheet(&element.text().collect::<String>()),
        "img" | "source" | "video" | "audio" | "iframe" | "embed" | "track" | "input" => {
            let places = ["src", "poster"].into_iter().filter_map(attr);
            let sets = it.attr("srcset").map(candidates).unwrap_or_default();
            places.chain(sets).map(|at| (Kind::Other, at)).collect()
        }
        "object" => attr("data")
            .map(|at| (Kind::Other, at))
            .into_iter()
            .collect(),
        "image" | "use" => ["href", "xlink:href"]
            .into_iter()
            .filter_map(attr)
            .map(|at| (Kind::Other, at))
            .collect(),
        _ => Vec::new(),
    };
    all.extend(it.attr("style").map(sheet).unwrap_or_default());
    all
}

fn link(link: &Element) -> Option<(Kind, String)> {
    let href = link.attr("href")?.to_owned();
    let rel = link.attr("rel").unwrap_or_default().to_ascii_lowercase();
    let has = |word: &str| rel.split_ascii_whitespace().any(|found| found == word);
    if has("stylesheet") {
        return (!has("alternate")).then_some((Kind::Stylesheet, href));
    }
    let loads = [
        "icon",
        "apple-touch-icon",
        "mask-icon",
        "manifest",
        "preload",
        "modulepreload",
        "prefetch",
    ];
    loads.into_iter().any(has).then_some((Kind::Other, href))
}

/// Whether a browser runs the script: data blocks have a type of their own.
fn runs(script: &Element) -> bool {
    let kind = script
        .attr("type")
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    kind.is_empty() || kind == "module" || AssetKind::Script.is_type(&kind)
}

fn sheet(css: &str) -> Vec<(Kind, String)> {
    let kind = |import| {
        if import {
            Kind::Stylesheet
        } else {
            Kind::Other
        }
    };
    references(css)
        .into_iter()
        .map(|found| (kind(found.import), found.at))
        .collect()
}

/// The addresses of a `srcset`.
fn candidates(set: &str) -> Vec<String> {
    let each = set
        .split(", ")
        .filter_map(|one| one.split_whitespace().next());
    each.map(|at| at.trim_end_matches(',').to_owned()).collect()
}

/// The navigations of a page, at most a dozen.
pub(crate) fn navs(page: &Html, base: &Url) -> Vec<Nav> {
    const MOST: usize = 12;
    const MARKS: &str =
        "nav, [role=navigation], [uk-navbar], [data-uk-navbar], .uk-navbar, .uk-navbar-container";
    const UIKIT: &str =
        "[uk-navbar], [data-uk-navbar], .uk-navbar, .uk-navbar-container, .uk-navbar-nav";
    let (Ok(marks), Ok(uikit), Ok(links)) = (
        Selector::parse(MARKS),
        Selector::parse(UIKIT),
        Selector::parse("a[href]"),
    ) else {
        return Vec::new();
    };
    let nav = |element: ElementRef<'_>| Nav {
        uikit: uikit.matches(&element) || element.select(&uikit).next().is_some(),
        links: element
            .select(&links)
            .take(40)
            .map(|a| to(page, a, base))
            .collect(),
    };
    page.select(&marks).take(MOST).map(nav).collect()
}

fn to(page: &Html, link: ElementRef<'_>, base: &Url) -> Link {
    let to = link
        .attr("href")
        .and_then(|href| base.join(href.trim()).ok());
    let own = to.filter(|to| to.host() == base.host());
    let path = own.map_or_else(String::new, |to| to.path().to_owned());
    Link {
        name: text::cut(&name(page, link), 60),
        path: text::cut(&path, 120),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Url {
        Url::parse("http://127.0.0.1:5000/").expect("an address")
    }

    fn found(html: &str) -> Vec<(Kind, String)> {
        let page = Html::parse_document(html);
        let base = base(&page, &at());
        loads(&page, &base)
            .into_iter()
            .map(|load| (load.kind, load.url.to_string()))
            .collect()
    }

    #[test]
    fn what_a_browser_fetches_is_found_and_nothing_else() {
        let html = r#"<link rel="icon" href="data:,"><link rel="stylesheet" href="/s/a.css"><link rel="stylesheet" href="/s/a.css">
            <link rel="canonical" href="https://example.org/"><link rel="preconnect" href="https://cdn.example">
            <script src="b.js" defer></script><script type="application/json" src="c.json"></script>
            <style>@import url(//cdn.example/d.css);</style><img src="e.png" srcset="f.png 1x, https://cdn.example/g.png 2x">
            <a href="https://example.org/h">h</a>"#;
        let here = |path: &str| format!("http://127.0.0.1:5000/{path}");
        assert_eq!(
            found(html),
            [
                (Kind::Stylesheet, here("s/a.css")),
                (Kind::Script, here("b.js")),
                (Kind::Stylesheet, "http://cdn.example/d.css".into()),
                (Kind::Other, here("e.png")),
                (Kind::Other, here("f.png")),
                (Kind::Other, "https://cdn.example/g.png".into()),
            ]
        );
    }

    #[test]
    fn a_base_moves_what_is_relative() {
        assert_eq!(
            found("<base href='/sub/'><script src='x.js'></script>"),
            [(Kind::Script, "http://127.0.0.1:5000/sub/x.js".into())]
        );
    }

    #[test]
    fn navigations_have_named_links() {
        let html = r#"<nav><div uk-navbar><a href="/">Home</a><a href="/fetch"><span uk-icon="x"></span> Find
            it</a><a href="https://example.org/" aria-label="Out"></a></div></nav>"#;
        let navs = navs(&Html::parse_document(html), &at());
        assert_eq!(navs.len(), 2);
        let links: Vec<(&str, &str)> = navs[0]
            .links
            .iter()
            .map(|link| (link.name.as_str(), link.path.as_str()))
            .collect();
        assert!(navs[0].uikit);
        assert_eq!(links, [("Home", "/"), ("Find it", "/fetch"), ("Out", "")]);
    }
}
