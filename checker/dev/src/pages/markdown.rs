//! Text into Markdown, whatever it holds.

use labcheck_core::text;

/// For a cell of a table.
pub(super) fn cell(text: &str) -> String {
    plain(text).replace('|', "\\|")
}

/// One line of prose; what would be markup of a page is not, outside of `code`.
pub(super) fn plain(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts = text::clean(&line);
    let parts = parts.split('`').enumerate();
    let kept = parts.map(|(number, part)| {
        if number % 2 == 1 {
            part.to_owned()
        } else {
            part.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('*', "\\*")
        }
    });
    kept.collect::<Vec<_>>().join("`")
}

/// Text of an HTML element.
pub(super) fn html(text: &str) -> String {
    text::clean(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A block of code; the fence is longer than any in it.
pub(super) fn fenced(kind: &str, code: &str) -> String {
    let mut fence = "```".to_owned();
    while code.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}{kind}\n{}\n{fence}\n", code.trim_end())
}

/// The first paragraph of a doc comment, or all of it as one line; links to code lose their brackets.
pub(super) fn doc(text: &str) -> String {
    plain(
        &text
            .replace("[`", "`")
            .replace("`]", "`")
            .replace('\n', " "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stays_text_outside_of_code() {
        assert_eq!(plain("a <b> & `<c>`\n d*"), "a &lt;b> &amp; `<c>` d\\*");
        assert_eq!(cell("a|b"), "a\\|b");
    }

    #[test]
    fn a_fence_is_longer_than_what_is_inside() {
        assert_eq!(
            fenced("text", "```\nx\n```\n"),
            "````text\n```\nx\n```\n````\n"
        );
    }
}
