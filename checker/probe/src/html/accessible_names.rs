//! Names that people who do not see a page hear: which controls, pictures, links and buttons have none. Pure.

use scraper::{ElementRef, Html, Selector};

use labcheck_core::text;

/// Icons that `UIkit` gives a label of its own.
const LABELLED: &str = "[uk-close], [uk-navbar-toggle-icon], [uk-search-icon], [uk-totop], [uk-marker], [uk-slidenav-next], \
    [uk-slidenav-previous], [uk-pagination-next], [uk-pagination-previous], .uk-close, .uk-navbar-toggle-icon, .uk-search-icon";

/// The name of a link, button or control, from what stands in it and on it; empty without one.
pub(crate) fn name(page: &Html, element: ElementRef<'_>) -> String {
    let attr = |name: &str| {
        element
            .attr(name)
            .map(text::clean)
            .filter(|text| !text.is_empty())
    };
    let by = element.attr("aria-labelledby").and_then(|ids| {
        let all: Vec<String> = ids
            .split_whitespace()
            .filter_map(|id| by_id(page, id))
            .collect();
        Some(all.join(" ")).filter(|text| !text.is_empty())
    });
    let inside = text::clean(&spoken(element));
    by.or_else(|| attr("aria-label"))
        .or(Some(inside).filter(|text| !text.is_empty()))
        .or_else(|| attr("title"))
        .unwrap_or_default()
}

/// What is read out of an element: texts, and the names of pictures in it.
fn spoken(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    for node in element.descendants() {
        if let Some(text) = node.value().as_text() {
            out.push_str(text);
        } else if let Some(inner) = ElementRef::wrap(node) {
            let said = match inner.value().name() {
                "img" => inner.attr("alt"),
                _ if inner.id() != element.id() => inner.attr("aria-label"),
                _ => None,
            };
            out.push(' ');
            out.push_str(said.unwrap_or_default());
        }
    }
    out
}

fn by_id(page: &Html, id: &str) -> Option<String> {
    let mut all = page.root_element().descendent_elements();
    let found = all.find(|element| element.attr("id") == Some(id))?;
    Some(text::clean(&spoken(found)))
}

/// Elements without a name, as short pieces of markup, at most a dozen.
pub(crate) fn nameless(page: &Html) -> Vec<String> {
    const MOST: usize = 12;
    let all = page.root_element().descendent_elements();
    let nameless = all.filter(|element| !hidden(*element) && is_nameless(page, *element));
    nameless
        .take(MOST)
        .map(|element| start_tag(element.value()))
        .collect::<Vec<_>>()
}

fn is_nameless(page: &Html, element: ElementRef<'_>) -> bool {
    let kind = element
        .attr("type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    match element.value().name() {
        "img" => element.attr("alt").is_none() && name(page, element).is_empty(),
        "input" if matches!(kind.as_str(), "hidden" | "submit" | "reset") => false,
        "input" if matches!(kind.as_str(), "image" | "button") => {
            let own = ["alt", "value"]
                .into_iter()
                .filter_map(|key| element.attr(key));
            own.chain([name(page, element).as_str()])
                .all(|text| text.trim().is_empty())
        }
        "input" | "select" | "textarea" => name_of_control(page, element).is_empty(),
        "a" => element.attr("href").is_some() && unnamed(page, element),
        "button" => unnamed(page, element),
        _ => false,
    }
}

fn unnamed(page: &Html, element: ElementRef<'_>) -> bool {
    let labelled = Selector::parse(LABELLED)
        .is_ok_and(|rule| rule.matches(&element) || element.select(&rule).next().is_some());
    !labelled && name(page, element).is_empty()
}

/// A control's label: around it, for its id, or on it. What stands in a control is its value, not its name.
fn name_of_control(page: &Html, control: ElementRef<'_>) -> String {
    let around = control
        .ancestors()
        .filter_map(ElementRef::wrap)
        .find(|up| up.value().name() == "label");
    let id = control.attr("id");
    let mut all = page.root_element().descendent_elements();
    let label = around.or_else(|| {
        all.find(|label| label.value().name() == "label" && id.is_some() && label.attr("for") == id)
    });
    let said = label
        .map(|label| text::clean(&spoken(label)))
        .unwrap_or_default();
    let own = ["aria-label", "aria-labelledby", "title"]
        .into_iter()
        .filter_map(|key| control.attr(key));
    if said.is_empty() {
        own.map(text::clean).collect::<Vec<_>>().join(" ")
    } else {
        said
    }
}

fn hidden(element: ElementRef<'_>) -> bool {
    let off =
        |up: ElementRef<'_>| up.attr("hidden").is_some() || up.attr("aria-hidden") == Some("true");
    off(element) || element.ancestors().filter_map(ElementRef::wrap).any(off)
}

/// The element's own tag, cut.
fn start_tag(element: &scraper::node::Element) -> String {
    let attributes: Vec<String> = element
        .attrs()
        .map(|(name, value)| format!(" {name}=\"{value}\""))
        .collect();
    text::cut(
        &text::clean(&format!("<{}{}>", element.name(), attributes.concat())),
        100,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nameless_in(html: &str) -> Vec<String> {
        nameless(&Html::parse_document(html))
    }

    #[test]
    fn what_has_a_name_is_not_listed() {
        let html = r#"<img src=a alt=""><a href="/">Home</a><a href=x><img src=y alt="Y"></a><button aria-label="Go"></button>
            <label>Name <input name=n></label><label for=e>Email</label><input id=e><input type=hidden><textarea title=T></textarea>
            <a href="x" uk-totop></a><a href=x aria-hidden=true></a><h2 id=h>Find</h2><select aria-labelledby=h></select>"#;
        assert_eq!(nameless_in(html), Vec::<String>::new());
    }

    #[test]
    fn what_has_none_is_shown_as_markup() {
        let html = r#"<img src="a"><a href="/x"><span uk-icon="home"></span></a><button></button><input placeholder="Name"><label for=z>Z</label>"#;
        assert_eq!(
            nameless_in(html),
            [
                r#"<img src="a">"#,
                r#"<a href="/x">"#,
                "<button>",
                r#"<input placeholder="Name">"#
            ]
        );
    }
}
