//! What stands on a fetched page: long hexadecimal words, marks that came back as markup, and where its images are.

use super::tokenizer::{Piece, decoded, pieces};

/// A shorter hexadecimal word is no hash.
const SHORTEST: usize = 32;
/// Hexadecimal words kept of a page.
const MOST_WORDS: usize = 64;
/// Pictures that are looked at: the longest drawings, and so many addresses.
const MOST_PICTURES: usize = 48;

/// Words of 32 or more hexadecimal digits that a reader sees, each once, in the order of the page.
pub(crate) fn hashes(html: &str) -> Vec<String> {
    let visible_text = visible_text(html);
    let mut all: Vec<String> = Vec::new();
    let words = visible_text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| (SHORTEST..=1024).contains(&word.len()))
        .filter(|word| word.chars().all(|c| c.is_ascii_hexdigit()));
    for word in words {
        if all.len() < MOST_WORDS && !all.iter().any(|known| known == word) {
            all.push(word.to_owned());
        }
    }
    all
}

/// The longest of some words; the first of several.
pub(crate) fn longest<'w>(words: impl IntoIterator<Item = &'w String>) -> Option<&'w String> {
    let mut best: Option<&String> = None;
    for word in words {
        if best.is_none_or(|known| word.len() > known.len()) {
            best = Some(word);
        }
    }
    best
}

/// The text of a page: no tags, no scripts, no styles.
fn visible_text(html: &str) -> String {
    let mut out = String::new();
    let mut hidden = false;
    let mut templates = 0_usize;
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) if !hidden && templates == 0 => {
                out.push_str(text);
                out.push(' ');
            }
            Piece::Text(_) => {}
            Piece::Open(_, name, _) => {
                hidden = matches!(name.as_str(), "script" | "style");
                templates += usize::from(name == "template");
            }
            Piece::Close(name, _) => {
                hidden = false;
                templates = templates.saturating_sub(usize::from(name == "template"));
            }
        }
    }
    out
}

/// The attribute by which markup of the round trip is recognised.
pub(crate) const MARK: &str = "data-kx7";
/// What its script says.
pub(crate) const CALL: &str = "kx7(";

/// Whether a browser would take markup of the round trip for markup: a tag with its mark, or its script.
pub(crate) fn marked(html: &str) -> bool {
    let mut script = false;
    for piece in pieces(html) {
        match piece {
            Piece::Open(_, name, attributes) => {
                script = name == "script";
                let ours = |(name, value): &(&str, &str)| {
                    name.eq_ignore_ascii_case(MARK)
                        || (name.eq_ignore_ascii_case("onerror") && value.starts_with(CALL))
                };
                if attributes.iter().any(ours) {
                    return true;
                }
            }
            Piece::Text(text) if script && text.trim_start().starts_with(CALL) => return true,
            Piece::Text(_) | Piece::Close(..) => script = false,
        }
    }
    false
}

/// A page without what its hidden fields hold: tokens that are made anew each time, and may be secrets.
pub(crate) fn without_hidden(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut done = 0;
    for piece in pieces(html) {
        let Piece::Open(from, name, attributes) = piece else {
            continue;
        };
        let named = |key: &str| {
            let mut all = attributes.iter();
            all.find(|(name, _)| name.eq_ignore_ascii_case(key))
        };
        let hidden = named("type").is_some_and(|(_, kind)| kind.eq_ignore_ascii_case("hidden"));
        let value = named("value").filter(|_| hidden && name == "input");
        if let Some((_, value)) = value.filter(|(_, value)| !value.is_empty()) {
            // The value is a part of the page, so its place is the distance from the page's beginning.
            let at = (value.as_ptr() as usize).saturating_sub(html.as_ptr() as usize);
            if at >= from.max(done) && html.get(at..at + value.len()) == Some(value) {
                out.push_str(&html[done..at]);
                out.push('…');
                done = at + value.len();
            }
        }
    }
    out.push_str(&html[done..]);
    out
}

/// The title of a page as a browser shows it; `None` without one.
pub(crate) fn title(html: &str) -> Option<String> {
    let mut drawings = 0_usize;
    let mut wanted = false;
    for piece in pieces(html) {
        match piece {
            Piece::Open(_, name, _) => {
                drawings += usize::from(name == "svg");
                // A title inside an SVG is a tooltip, not the page's.
                wanted = name == "title" && drawings == 0;
            }
            Piece::Text(text) if wanted => {
                let text: String = text.chars().take(4000).collect();
                let title = scraper::Html::parse_fragment(&format!("<textarea>{text}</textarea>"));
                let text: String = title.root_element().text().collect();
                return Some(labcheck_core::text::cut(
                    &labcheck_core::text::clean(&text),
                    200,
                ));
            }
            Piece::Text(_) => {}
            Piece::Close(name, _) => {
                wanted = false;
                drawings = drawings.saturating_sub(usize::from(name == "svg"));
            }
        }
    }
    None
}

/// An image of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Picture {
    /// At an address, which may be a data URI.
    At(String),
    /// SVG that stands in the page.
    Inline(String),
}

/// The images of a page, those at an address first, then the drawings that stand in it, the longest first: a QR code
/// is longer than an icon. `true` when there are more than are looked at.
pub(crate) fn pictures(html: &str) -> (Vec<Picture>, bool) {
    let mut at = Vec::new();
    let mut drawn: Vec<&str> = Vec::new();
    let (mut depth, mut begin) = (0_usize, 0);
    for piece in pieces(html) {
        match piece {
            Piece::Open(from, name, attributes) => {
                let key: &[&str] = match name.as_str() {
                    "img" | "embed" => &["src"],
                    "object" => &["data"],
                    "image" if depth > 0 => &["href", "xlink:href"],
                    _ => &[],
                };
                let source = attributes
                    .iter()
                    .find(|(name, _)| key.iter().any(|key| name.eq_ignore_ascii_case(key)));
                at.extend(source.map(|(_, value)| decoded(value.trim())));
                if name == "svg" {
                    begin = if depth == 0 { from } else { begin };
                    depth += 1;
                }
            }
            Piece::Close(name, end) if name == "svg" && depth > 0 => {
                depth -= 1;
                drawn.extend((depth == 0).then(|| &html[begin..end]));
            }
            Piece::Text(_) | Piece::Close(..) => {}
        }
    }
    let cut = at.len() > MOST_PICTURES || drawn.len() > MOST_PICTURES;
    drawn.sort_by_key(|drawing| std::cmp::Reverse(drawing.len()));
    let at = at.into_iter().take(MOST_PICTURES).map(Picture::At);
    let drawn = drawn.into_iter().take(MOST_PICTURES);
    let all = at.chain(drawn.map(|drawing| Picture::Inline(drawing.to_owned())));
    (all.collect(), cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_read_from_the_text_and_not_from_tags_or_scripts() {
        let long = "0123456789abcdef".repeat(4);
        let html = format!(
            "<script>var a='{0}{0}'</script><a href='/{0}'>x</a><template>{0}{0}</template><p>Hash: <code>{0}</code></p><p>{1}</p>",
            long,
            "f".repeat(32)
        );
        assert_eq!(hashes(&html), [long.clone(), "f".repeat(32)]);
        assert_eq!(longest(&hashes(&html)), Some(&long));
        assert!(hashes(&format!("<p>{}</p>", "a".repeat(31))).is_empty());
        assert!(hashes(&format!("<p>{}z</p>", "a".repeat(40))).is_empty());
    }

    #[test]
    fn tags_nested_without_end_are_gone_through_once() {
        let long = "ab".repeat(32);
        for tag in ["<div>x", "<b><p>", "<svg><g>", "<template>", "<a x='"] {
            let html = format!("<p>{long}</p>{}", tag.repeat(300_000));
            assert_eq!(hashes(&html), std::slice::from_ref(&long));
            assert!(!marked(&html) && title(&html).is_none());
            assert!(pictures(&html).0.is_empty());
        }
    }

    #[test]
    fn pictures_are_found_in_every_shape() {
        let html = "<img src='data:image/png;base64,A&#43;A'><img alt=x><svg><g/></svg><svg viewBox='0 0 1 1'><svg></svg><path d='M0 0h1v1z'/></svg>";
        let (found, cut) = pictures(html);
        assert!(!cut);
        assert_eq!(found[0], Picture::At("data:image/png;base64,A+A".into()));
        assert!(
            matches!(&found[1], Picture::Inline(svg) if svg.contains("viewBox") && svg.ends_with("z'/></svg>"))
        );
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn a_code_among_many_icons_comes_first_and_a_cut_is_told() {
        let code = format!("<svg><path d='{}'/></svg>", "M0 0".repeat(100));
        let icons = "<svg><path d='M1 1'/></svg>".repeat(60);
        let (found, cut) = pictures(&format!("{icons}{code}"));
        assert!(cut && found[0] == Picture::Inline(code));
    }

    #[test]
    fn markup_that_came_back_is_told_from_its_text() {
        for raw in [
            "<p><script>kx7(\"x\")</script>",
            "<img src=x onerror=kx7()>",
            "<input value=\"\"'><b data-kx7>\">",
            "<a href='https://example.org/\"'><b data-kx7>x'>",
        ] {
            assert!(marked(raw), "{raw}");
        }
        for escaped in [
            "&lt;script>kx7(\"x\")&lt;/script>",
            "<textarea><img src=x onerror=kx7()></textarea>",
            "<input value=\"&quot;'><b data-kx7>\">",
            "<title><b data-kx7></title><td class=\"x\"><b>keller</b>",
        ] {
            assert!(!marked(escaped), "{escaped}");
        }
    }

    #[test]
    fn hidden_fields_lose_their_value_and_nothing_else() {
        let page = |token: &str| {
            format!(
                "ö<input type='HIDDEN' name=t value=\"{token}\"><input value=x type=text> {token}"
            )
        };
        let kept = without_hidden(&page("made-up"));
        assert_eq!(kept, page("made-up").replacen("made-up", "…", 1));
        assert_eq!(without_hidden(&kept), kept);
    }

    #[test]
    fn titles_are_the_pages_own() {
        assert_eq!(
            title("<html><title> A &amp; \n page </title>"),
            Some("A & page".into())
        );
        assert_eq!(title("<svg><title>icon</title></svg>"), None);
        assert_eq!(title("<title></title>"), Some(String::new()));
        assert_eq!(title("no markup"), None);
    }
}
