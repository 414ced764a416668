//! What a style sheet loads in turn: `@import` and `url(…)`. Pure; good enough for well-formed sheets, harmless for others.

use super::uikit::without_comments;

/// Something that a style sheet loads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The address, as written.
    pub at: String,
    /// Whether it is another style sheet.
    pub import: bool,
}

/// What a style sheet loads, in order, at most two hundred; what stands in it as `data:` is not loaded.
pub(crate) fn references(css: &str) -> Vec<Reference> {
    const MOST: usize = 200;
    let css = without_comments(css);
    let mut found = Vec::new();
    let mut rest = css.as_str();
    while found.len() < MOST {
        let Some(at) = rest.find(['"', '\'', '@', 'u', 'U']) else {
            break;
        };
        let here = &rest[at..];
        let (import, value) = if let Some(value) = keyword(here, "@import") {
            let value = value.trim_start();
            (true, keyword(value, "url(").unwrap_or(value))
        } else if let Some(value) = keyword(here, "url(") {
            (false, value)
        } else if here.starts_with(['"', '\'']) {
            // A text that is not an address, such as a picture's name or a font's.
            rest = text(here).map_or("", |(_, after)| after);
            continue;
        } else {
            let step = here.chars().next().map_or(1, char::len_utf8);
            rest = &here[step..];
            continue;
        };
        let value = value.trim_start();
        let (word, after) = text(value).unwrap_or_else(|| {
            let end = value
                .find(|c: char| c == ')' || c == ';' || c.is_whitespace())
                .unwrap_or(value.len());
            (&value[..end], &value[end..])
        });
        rest = after;
        let loaded = !word.is_empty() && !word.starts_with('#');
        if loaded && !word.to_ascii_lowercase().starts_with("data:") {
            found.push(Reference {
                at: word.to_owned(),
                import,
            });
        }
    }
    found
}

fn keyword<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let start = text.get(..word.len())?;
    start
        .eq_ignore_ascii_case(word)
        .then(|| &text[word.len()..])
}

/// A quoted text at the start, and what follows it.
fn text(value: &str) -> Option<(&str, &str)> {
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inside = &value[1..];
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some((&inside[..at], &inside[at + 1..])),
            _ => {}
        }
    }
    Some((inside, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_and_addresses_are_found_and_data_is_not_loaded() {
        let css = r#"@import "a.css"; @IMPORT url(//cdn.example/b.css) screen; /* url(c) */
            i { background: url( "data:image/svg+xml;<svg xmlns='http://www.w3.org/2000/svg'>" ); src: url(f.woff2) format("url(no)"), URL('g') }"#;
        let found: Vec<(String, bool)> = references(css)
            .into_iter()
            .map(|found| (found.at, found.import))
            .collect();
        let expected = [
            ("a.css", true),
            ("//cdn.example/b.css", true),
            ("f.woff2", false),
            ("g", false),
        ];
        assert_eq!(found, expected.map(|(at, import)| (at.to_owned(), import)));
    }

    #[test]
    fn broken_sheets_end() {
        for css in ["url(", "@import", "url(\"", "'", "@import url('x", "ü@ü"] {
            assert!(references(css).len() <= 1, "{css}");
        }
        assert_eq!(references(&"url(x)".repeat(500)).len(), 200);
    }
}
