//! Cleaning of text from outside: what is seen of a stack, and what a file says that it holds.

use serde_json::Value;

use super::cut::cut;

/// Text from outside, made safe to show: control and bidirectional characters become spaces or vanish, white space is
/// folded into single spaces.
pub fn clean(text: &str) -> String {
    cleaned(text, true)
}

/// The same for a line of a log: its blanks stay, as they show what belongs together; a tab is four.
pub fn clean_line(text: &str) -> String {
    cleaned(text, false)
}

fn cleaned(text: &str, folds: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => skip_escape(&mut rest),
            '\t' if !folds => out.push_str("    "),
            c if c.is_whitespace() && !folds => out.push(' '),
            c if c.is_whitespace() || c.is_control() => {
                if !out.ends_with(' ') && !out.is_empty() {
                    out.push(' ');
                }
            }
            c if invisible(c) => {}
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    without_commands(out)
}

/// A word such as `::error::` or `::error file=x::`, by which GitHub's runner takes a printed line for a command
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>), is one no more: a blank parts its
/// colons. Lines are wrapped later, so that it may stand nowhere. Addresses such as `::1` stay.
fn without_commands(text: String) -> String {
    let ends = |rest: &str| rest.starts_with(' ') || rest.starts_with("::");
    let commands = |at: &usize| {
        let rest = &text[at + 2..];
        let name = rest.find(|c: char| !c.is_ascii_alphabetic() && c != '-');
        let begins = text[..*at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace);
        begins && name.is_some_and(|end| end > 2 && ends(&rest[end..]))
    };
    let found: Vec<usize> = text
        .match_indices("::")
        .map(|(at, _)| at)
        .filter(commands)
        .collect();
    if found.is_empty() {
        return text;
    }
    let mut out = String::with_capacity(text.len() + found.len());
    let mut done = 0;
    for at in found {
        out.extend([&text[done..=at], " "]);
        done = at + 1;
    }
    out.push_str(&text[done..]);
    out
}

/// Longest text of a file, in characters; what is seen of a stack is cut far below.
const LONGEST: usize = 64 * 1024;

/// The one text of facts that has lines: a page as it came. It is never printed as it is.
const WITH_LINES: &str = "body";

/// Every text of a file's JSON, cleaned as what is seen of a running stack: a file may be written by hand. Blanks stay.
pub fn clean_json(value: Value) -> Value {
    let text = |text: &str| cut(&clean_line(text), LONGEST);
    match value {
        Value::String(found) => Value::String(text(&found)),
        Value::Array(all) => Value::Array(all.into_iter().map(clean_json).collect()),
        Value::Object(all) => {
            let all = all.into_iter().map(|(key, value)| match value {
                Value::String(page) if key == WITH_LINES => {
                    let lines: Vec<String> = page.split('\n').map(clean_line).collect();
                    (key, Value::String(cut(&lines.join("\n"), LONGEST)))
                }
                value => (text(&key), clean_json(value)),
            });
            Value::Object(all.collect())
        }
        other => other,
    }
}

/// Drops the rest of an ANSI escape sequence (ECMA-48): CSI up to its final byte, OSC up to BEL or ST, else one byte.
fn skip_escape(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match rest.next() {
        Some('[') => while rest.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
        Some(']' | 'P' | '^' | '_' | 'X') => {
            while let Some(c) = rest.next() {
                if c == '\u{7}' || (c == '\u{1b}' && rest.next_if_eq(&'\\').is_some()) {
                    break;
                }
            }
        }
        _ => {}
    }
}

/// Characters that show nothing and turn or hide what stands around them (Unicode bidirectional controls, zero widths).
pub fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{80}'..='\u{9f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_loses_its_teeth() {
        assert_eq!(clean("a\u{1b}[31mred\u{1b}[0m\u{7}b"), "ared b");
        assert_eq!(
            clean("\u{1b}]0;title\u{7}x\u{1b}]8;;http://e\u{1b}\\link"),
            "xlink"
        );
        assert_eq!(clean("one\r\n  two\t"), "one two");
        assert_eq!(clean("\u{202e}evil\u{200b}"), "evil");
        assert_eq!(clean_line("  a\tb   c\u{1b}[0m\u{202e} \r"), "  a    b   c");
    }

    #[test]
    fn no_word_is_a_command_of_a_runner() {
        for (text, cleaned) in [
            ("::error::x", ": :error::x"),
            (
                "a\n  ::error file=b,line=1::x",
                "a : :error file=b,line=1::x",
            ),
            ("x ::stop-commands::y", "x : :stop-commands::y"),
        ] {
            assert_eq!(clean(text), cleaned);
        }
        for fine in [
            "listens on :: and ::1",
            "::ffff:10.0.0.1",
            "std::env::var",
            "[::]:80",
            "a::before",
        ] {
            assert_eq!(clean(fine), fine);
        }
    }

    #[test]
    fn every_text_of_a_file_is_cleaned() {
        let value = serde_json::json!({
            "nonce": "a\u{1b}]0;b\u{7}c\n::error ::d\u{202e}",
            "rows": [["\u{1b}[31mred"], 7, null, true],
            "k\u{7}": { "long": "x".repeat(100_000) },
        });
        let cleaned = clean_json(value);
        assert_eq!(cleaned["nonce"], "ac : :error ::d");
        assert_eq!(cleaned["rows"], serde_json::json!([["red"], 7, null, true]));
        let page = clean_json(serde_json::json!({ "body": "<p>\n\u{1b}[1mx\n" }));
        assert_eq!(page["body"], "<p>\nx\n");
        let long = cleaned["k"]["long"]
            .as_str()
            .map(|long| long.chars().count());
        assert_eq!(long, Some(LONGEST + 1));
    }
}
