//! The address of a page of the book and of a heading on it, as a report's `chapter` line names them.

use super::{BookError, Rendered};
use labcheck_core::text;

/// A page that is there, with a heading that is on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAddress(String);

impl PageAddress {
    /// From what was typed: `v1`, `v1.html`, `v1#publish-the-port`, `ideas/networks`, `teachers.md`.
    ///
    /// # Errors
    /// [`BookError::NoSuch`] with the nearest page or heading.
    pub fn find(typed: &str, book: &Rendered) -> Result<Self, BookError> {
        let (page, heading) = typed.split_once('#').unwrap_or((typed, ""));
        let page = page.trim_matches('/');
        let stem = page
            .strip_suffix(".html")
            .or_else(|| page.strip_suffix(".md"))
            .unwrap_or(page);
        let lower = stem.to_ascii_lowercase();
        let path = format!("{lower}.html");
        let Some(html) = book.page(&path) else {
            let known: Vec<String> = pages(book).collect();
            let near = labcheck_core::lab::nearest(&lower, &known)
                .map_or_else(String::new, |near| format!("did you mean `{near}`? "));
            return Err(BookError::NoSuch {
                what: format!("page `{}`", printable(stem)),
                help: format!(
                    "{near}`labcheck book` opens the first page, with all others beside it"
                ),
            });
        };
        if heading.is_empty() {
            return Ok(Self(path));
        }
        let known = headings(html);
        if known.iter().any(|known| known == heading) {
            return Ok(Self(format!("{path}#{heading}")));
        }
        let near = labcheck_core::lab::nearest(heading, &known).map_or_else(String::new, |near| {
            format!("did you mean `{lower}#{near}`? ")
        });
        Err(BookError::NoSuch {
            what: format!("heading `{}` on page `{lower}`", printable(heading)),
            help: format!("{near}`labcheck book {lower}` opens the page"),
        })
    }

    /// As it stands behind the address of the book.
    pub fn path(&self) -> &str {
        &self.0
    }
}

fn printable(typed: &str) -> String {
    text::cut(&text::clean(typed), 60)
}

/// Names of pages as they are typed; mdBook's own pages (`print`, `404`, `toc`) are not among them.
fn pages(book: &Rendered) -> impl Iterator<Item = String> {
    let own = ["print", "404", "toc"];
    book.files
        .keys()
        .filter_map(|path| path.strip_suffix(".html"))
        .filter(move |stem| !own.contains(stem))
        .map(str::to_owned)
}

/// The ids of a page's headings.
fn headings(html: &str) -> Vec<String> {
    let page = scraper::Html::parse_document(html);
    let Ok(wanted) = scraper::Selector::parse("main [id]") else {
        return Vec::new();
    };
    page.select(&wanted)
        .filter_map(|element| element.value().id().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::error::Explain as _;

    fn book() -> Rendered {
        let mut book = Rendered::default();
        for page in ["v1.html", "ideas/networks.html", "print.html"] {
            let html = b"<main><h2 id=\"publish-the-port\">x</h2></main>".to_vec();
            book.files.insert(page.into(), html);
        }
        book
    }

    #[test]
    fn a_page_is_found_however_it_is_written() {
        for typed in ["v1", "V1", "v1.html", "v1.md", "/v1"] {
            let place = PageAddress::find(typed, &book()).expect(typed);
            assert_eq!(place.path(), "v1.html");
        }
        let place = PageAddress::find("ideas/networks", &book()).expect("it is there");
        assert_eq!(place.path(), "ideas/networks.html");
    }

    #[test]
    fn a_heading_has_to_be_on_the_page() {
        let place = PageAddress::find("v1.html#publish-the-port", &book()).expect("it is there");
        assert_eq!(place.path(), "v1.html#publish-the-port");
        let err = PageAddress::find("v1#publish-the-ports", &book()).expect_err("it is not there");
        let help = err.help().unwrap_or_default();
        assert!(
            help.contains("did you mean `v1#publish-the-port`?"),
            "{help}"
        );
    }

    #[test]
    fn what_is_not_there_is_named_without_control_signs() {
        let err = PageAddress::find("v9\u{1b}[31m", &book()).expect_err("there is no such page");
        assert!(!err.to_string().contains('\u{1b}'), "{err}");
    }
}
