//! What stands on a fetched page: the hash, and where its images are.

use scraper::{Html, Selector};

/// The longest word of 32 or more hexadecimal digits a reader sees; the first of several.
pub(super) fn hash(html: &str) -> Option<String> {
    const SHORTEST: usize = 32;
    let shown = shown(html);
    let words = shown
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() >= SHORTEST && word.len() <= 1024);
    let mut best: Option<&str> = None;
    for word in words.filter(|word| word.chars().all(|c| c.is_ascii_hexdigit())) {
        if best.is_none_or(|known| word.len() > known.len()) {
            best = Some(word);
        }
    }
    best.map(str::to_owned)
}

/// The text of a page: no tags, no scripts, no styles.
fn shown(html: &str) -> String {
    let page = Html::parse_document(html);
    let mut out = String::new();
    for node in page.tree.nodes() {
        let Some(text) = node.value().as_text() else {
            continue;
        };
        let hidden = node.ancestors().any(|up| {
            up.value()
                .as_element()
                .is_some_and(|up| matches!(up.name(), "script" | "style" | "template"))
        });
        if !hidden {
            out.push_str(text);
            out.push(' ');
        }
    }
    out
}

/// An image of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Picture {
    /// At an address, which may be a data URI.
    At(String),
    /// SVG that stands in the page.
    Inline(String),
}

/// The images of a page, pictures with an address first, at most a dozen.
pub(super) fn pictures(html: &str) -> Vec<Picture> {
    const MOST: usize = 12;
    let page = Html::parse_document(html);
    let select = |rule: &str| Selector::parse(rule).ok();
    let mut all = Vec::new();
    for (rule, attribute) in [
        ("img[src]", "src"),
        ("object[data]", "data"),
        ("embed[src]", "src"),
        ("svg image", "href"),
    ] {
        let Some(selector) = select(rule) else {
            continue;
        };
        all.extend(
            page.select(&selector)
                .filter_map(|found| found.value().attr(attribute))
                .map(|at| Picture::At(at.trim().to_owned())),
        );
    }
    if let Some(selector) = select("svg") {
        all.extend(
            page.select(&selector)
                .map(|found| Picture::Inline(found.html())),
        );
    }
    all.truncate(MOST);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_read_from_the_text_and_not_from_tags_or_scripts() {
        let long = "0123456789abcdef".repeat(4);
        let html = format!(
            "<script>var a='{0}{0}'</script><a href='/{0}'>x</a><p>Hash: <code>{0}</code></p><p>{1}</p>",
            long,
            "f".repeat(32)
        );
        assert_eq!(hash(&html), Some(long));
        assert_eq!(hash(&format!("<p>{}</p>", "a".repeat(31))), None);
        assert_eq!(hash(&format!("<p>{}z</p>", "a".repeat(40))), None);
    }

    #[test]
    fn pictures_are_found_in_every_shape() {
        let html = "<img src='data:image/png;base64,AA'><img alt=x><svg viewBox='0 0 1 1'><path d='M0 0h1v1z'/></svg>";
        let found = pictures(html);
        assert_eq!(found[0], Picture::At("data:image/png;base64,AA".into()));
        assert!(
            matches!(&found[1], Picture::Inline(svg) if svg.contains("viewBox") && svg.contains("<path"))
        );
    }
}
