//! `say!`: a message, written in English where it is said, in the language that is spoken.

use std::fmt::{Display, Write as _};

use super::catalogue::german;
use super::{Language, spoken};

/// A message in the language that is spoken.
///
/// `say!("not yet")` is a `&'static str`; with something to fill in, it is a `String`:
/// `say!("{name} listens on {}", door.port(), name)`. A bare name fills the place of that name, any other expression the
/// next `{}`. Names are listed, never captured from around, so that a translation can be filled with them; a place
/// without an argument does not compile. Nothing is formatted in the braces (`{:.1}`): a translation could not know.
#[macro_export]
macro_rules! say {
    ($template:literal $(,)?) => {{
        const { $crate::text::plain($template) };
        $crate::text::word($template)
    }};
    ($template:literal, $($rest:tt)+) => {
        $crate::text::say!(@ $template; []; []; $($rest)+)
    };
    (@ $template:literal; [$($format:tt)*]; [$($fill:tt)*];) => {
        match $crate::text::translated($template) {
            Some(text) => $crate::text::fill(text, &[$($fill)*]),
            None => format!(concat!($template), $($format)*),
        }
    };
    (@ $template:literal; [$($format:tt)*]; [$($fill:tt)*]; $name:ident = $value:expr $(, $($rest:tt)*)?) => {
        $crate::text::say!(@ $template; [$($format)* $name = $value,]; [$($fill)* (stringify!($name), &$value),]; $($($rest)*)?)
    };
    (@ $template:literal; [$($format:tt)*]; [$($fill:tt)*]; $name:ident $(, $($rest:tt)*)?) => {
        $crate::text::say!(@ $template; [$($format)* $name = $name,]; [$($fill)* (stringify!($name), &$name),]; $($($rest)*)?)
    };
    (@ $template:literal; [$($format:tt)*]; [$($fill:tt)*]; $value:expr $(, $($rest:tt)*)?) => {
        $crate::text::say!(@ $template; [$($format)* $value,]; [$($fill)* ("", &$value),]; $($($rest)*)?)
    };
}
pub use say;

/// Refuses braces in a message that has nothing to fill in, when it is compiled.
///
/// # Panics
/// While compiling, for such a message.
pub const fn plain(text: &str) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        assert!(bytes[at] != b'{', "list what fills the braces");
        at += 1;
    }
}

/// The translation of a message with places to fill; `None` where English is spoken or it has none.
pub fn translated(template: &str) -> Option<&'static str> {
    match spoken() {
        Language::English => None,
        Language::German => german(template),
    }
}

/// The translation of a message without such places, or the message.
pub fn word(text: &'static str) -> &'static str {
    translated(text).unwrap_or(text)
}

/// A piece of a template.
enum Piece<'t> {
    Text(&'t str),
    Hole(&'t str),
}

/// A template in its pieces; a doubled brace is one brace.
fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push(Piece::Text(&rest[..at]));
        let (brace, after) = rest[at..].split_at(1);
        if let Some(doubled) = after.strip_prefix(brace) {
            out.push(Piece::Text(brace));
            rest = doubled;
        } else if let Some((name, behind)) = after.split_once('}').filter(|_| brace == "{") {
            out.push(Piece::Hole(name));
            rest = behind;
        } else {
            out.push(Piece::Text(brace));
            rest = after;
        }
    }
    out.push(Piece::Text(rest));
    out
}

/// A template with its places filled: `{name}` by name, `{}` one after the other, `{1}` by number from 0. What nothing
/// fills stays as it is.
pub fn fill(template: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut out = String::new();
    let mut next = 0..;
    for piece in pieces(template) {
        let name = match piece {
            Piece::Text(text) => {
                out.push_str(text);
                continue;
            }
            Piece::Hole(name) => name,
        };
        let number = match name {
            "" => next.next(),
            _ => name.parse().ok(),
        };
        let value = match number {
            Some(number) => values.get::<usize>(number),
            None => values.iter().find(|(named, _)| *named == name),
        };
        // Writing to a text cannot fail.
        let _ = match value {
            Some((_, value)) => write!(out, "{value}"),
            None => write!(out, "{{{name}}}"),
        };
    }
    out
}

/// The places of a template, in order of their names; `{}` is numbered.
pub fn holes(template: &str) -> Vec<String> {
    let mut next = 0..;
    let mut names: Vec<String> = pieces(template)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Hole("") => next.next().map(|number: usize| number.to_string()),
            Piece::Hole(name) => Some(name.to_owned()),
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The words of a template between its places, with those places' names.
pub(super) fn split(template: &str) -> (Vec<String>, Vec<String>) {
    let (mut words, mut names) = (vec![String::new()], Vec::new());
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => {
                if let Some(last) = words.last_mut() {
                    last.push_str(text);
                }
            }
            Piece::Hole(name) => {
                names.push(name.to_owned());
                words.push(String::new());
            }
        }
    }
    (words, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_by_name_by_turn_and_by_number() {
        let values: [(&str, &dyn Display); 3] = [("", &"a"), ("", &2), ("name", &"c")];
        assert_eq!(fill("{} {} {name}", &values), "a 2 c");
        assert_eq!(fill("{name}: {1} {0}", &values), "c: 2 a");
        assert_eq!(fill("{{{name}}} }} {nobody}", &values), "{c} } {nobody}");
        assert_eq!(fill("open { and }", &values), "open { and }");
        assert_eq!(holes("{b} {} {a} {} {b} {{no}}"), ["0", "1", "a", "b"]);
    }

    #[test]
    fn what_is_not_translated_is_said_in_english() {
        let name = "app";
        let both = || {
            (
                say!("nobody ever said this"),
                say!("`{name}` was never {}", "said", name),
            )
        };
        let expected = ("nobody ever said this", "`app` was never said".to_owned());
        assert_eq!(both(), expected);
        assert_eq!(super::super::within(Language::German, both), expected);
    }

    #[test]
    fn what_is_translated_is_said_in_german() {
        let said = || say!("not yet");
        assert_eq!(said(), "not yet");
        assert_eq!(super::super::within(Language::German, said), "noch nicht");
    }
}
