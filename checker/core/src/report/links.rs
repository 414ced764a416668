//! A check's chapter as a command that opens it.

use crate::text;

/// The list of the book's pages, from which mdBook makes them.
const SUMMARY: &str = include_str!("../../../../book/src/SUMMARY.md");

/// What a student types to read a check's chapter; the chapter itself where it is none of this book's pages, as a course
/// of one's own may have it.
pub fn reading(chapter: &str) -> String {
    let chapter = text::clean(chapter);
    let page = chapter.split('#').next().unwrap_or_default();
    let stem = page.strip_suffix(".html");
    match stem {
        Some(stem) if SUMMARY.contains(&format!("]({stem}.md)")) => {
            format!("labcheck book {chapter}")
        }
        _ => chapter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chapter_of_this_book_is_a_command_and_another_is_left_as_it_is() {
        assert_eq!(
            reading("v1.html#start-it"),
            "labcheck book v1.html#start-it"
        );
        assert_eq!(
            reading("ideas/networks.html"),
            "labcheck book ideas/networks.html"
        );
        for other in ["week-3.html#start-it", "https://example.org/v1.html", ""] {
            assert_eq!(reading(other), other);
        }
    }
}
