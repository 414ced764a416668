//! Telling `UIkit` by what a file holds: minified or not, with its banner or without, alone or in a bundle.
//!
//! Names of files and banners count for nothing: either is written in a second. Judges nothing else.

use std::collections::BTreeSet;

use labcheck_core::facts::Part;

/// The parts of `UIkit` whose content is in a text.
pub(crate) fn parts(text: &str) -> BTreeSet<Part> {
    let found = [
        (Part::Styles, styles(text)),
        (Part::Scripts, scripts(text)),
        (Part::Icons, icons(text)),
    ];
    found
        .into_iter()
        .filter_map(|(part, there)| there.then_some(part))
        .collect()
}

/// Classes that its style sheet has had rules for since version 3.0, of every corner of it.
const CLASSES: [&str; 12] = [
    "container",
    "navbar-nav",
    "button-primary",
    "section",
    "card-default",
    "icon",
    "offcanvas",
    "flex-middle",
    "margin-large",
    "modal",
    "accordion-title",
    "width-1-2",
];
/// Words that its components have as texts of their own, whatever a minifier does to the names around them.
const WORDS: [&str; 14] = [
    "uk-open",
    "uk-active",
    "uk-offcanvas",
    "uk-offcanvas-page",
    "uk-modal-body",
    "uk-drop-stack",
    "uk-sticky-fixed",
    "uk-sticky-below",
    "uk-scrollspy-inview",
    "uk-togglable-enter",
    "uk-togglable-leave",
    "uk-svg",
    "uk-transition",
    "uk-transition-active",
];
/// Icons that most pages use.
const ICONS: [&str; 12] = [
    "home",
    "search",
    "plus-circle",
    "user",
    "lock",
    "cog",
    "mail",
    "heart",
    "star",
    "trash",
    "check",
    "close",
];

/// Most of the known classes, and at least a hundred of them with rules.
fn styles(text: &str) -> bool {
    const MOST: usize = 9;
    const CLASSES_AT_LEAST: usize = 100;
    let text = without_comments(text);
    if !text.contains('{') {
        return false;
    }
    let mut there = BTreeSet::new();
    for (at, _) in text.match_indices(".uk-") {
        let rest = &text[at + 4..];
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .unwrap_or(rest.len());
        there.insert(&rest[..end]);
    }
    let known = CLASSES.iter().filter(|class| there.contains(**class));
    known.count() >= MOST && there.len() >= CLASSES_AT_LEAST
}

/// Most of the known words, as texts of a program that is not a toy's size.
fn scripts(text: &str) -> bool {
    const MOST: usize = 11;
    const BYTES_AT_LEAST: usize = 30_000;
    let known = WORDS.iter().filter(|word| quoted(text, word));
    text.len() >= BYTES_AT_LEAST && known.count() >= MOST
}

fn quoted(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        before == after && matches!(before, Some('"' | '\'' | '`'))
    })
}

/// Half of the known icons, each a name with a drawing.
fn icons(text: &str) -> bool {
    const MOST: usize = 6;
    let drawn = |name: &&&str| {
        text.match_indices(**name)
            .any(|(at, _)| draws(text, at, name))
    };
    ICONS.iter().filter(drawn).count() >= MOST
}

/// Whether `name: "<svg …` stands at a place, the name quoted or not.
fn draws(text: &str, at: usize, name: &str) -> bool {
    let edge = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$'));
    if !text[..at].chars().next_back().is_none_or(edge) {
        return false;
    }
    let quote = |c: char| matches!(c, '"' | '\'' | '`');
    let rest = &text[at + name.len()..];
    let rest = rest.strip_prefix(quote).unwrap_or(rest).trim_start();
    let Some(value) = rest.strip_prefix(':') else {
        return false;
    };
    let value = value.trim_start();
    value
        .strip_prefix(quote)
        .is_some_and(|drawing| drawing.starts_with("<svg"))
}

/// A style sheet without its comments; an open one ends with the text.
pub(crate) fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        let comment = &rest[start + 2..];
        rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(classes: usize) -> String {
        let known = CLASSES.map(|class| format!(".uk-{class}{{a:b}}")).concat();
        let more: Vec<String> = (0..classes).map(|nth| format!(".uk-x{nth} {{}}")).collect();
        format!("{known}{}", more.concat())
    }

    fn program() -> String {
        let words = WORDS.map(|word| format!("f(\"{word}\");")).concat();
        format!("{words}{}", "g();".repeat(10_000))
    }

    fn drawings(quote: &str) -> String {
        let each = ICONS.map(|name| format!("{quote}{name}{quote}: '<svg width=\"20\">',"));
        format!("add({{{}}})", each.concat())
    }

    fn only(part: Part) -> BTreeSet<Part> {
        BTreeSet::from([part])
    }

    #[test]
    fn each_part_is_told_by_what_it_holds() {
        assert_eq!(parts(&sheet(120)), only(Part::Styles));
        assert_eq!(parts(&program()), only(Part::Scripts));
        assert_eq!(parts(&drawings("\"")), only(Part::Icons));
        assert_eq!(parts(&drawings("")), BTreeSet::from([Part::Icons]));
    }

    #[test]
    fn a_bundle_holds_several() {
        let bundle = format!("{}\n;{}", program(), drawings("\""));
        assert_eq!(parts(&bundle), BTreeSet::from([Part::Scripts, Part::Icons]));
    }

    #[test]
    fn a_banner_a_name_or_a_few_classes_are_not_enough() {
        for text in [
            "/*! UIkit 3.25.29 | https://www.getuikit.com */",
            "",
            &format!("/*{}*/", sheet(200)),
            &sheet(10),
            &WORDS.map(|word| format!("'{word}'")).concat(),
            "window.UIkit = { use() {}, icon: { add() {} } }",
            &ICONS
                .map(|name| format!("<span uk-icon=\"{name}\"></span>"))
                .concat(),
        ] {
            assert_eq!(parts(text), BTreeSet::new(), "{text}");
        }
    }

    #[test]
    fn comments_that_never_end_are_comments() {
        assert_eq!(without_comments("a/*b*/c/*d"), "ac");
    }
}
