//! `--format markdown`: for a comment, a wiki or a job summary. `CommonMark` with tables.

use std::fmt::Write as _;

use super::json_v1::Report;
use super::parts;
use crate::text::{self, say};

/// The report as Markdown.
pub fn render(report: &Report) -> String {
    let mut out = format!("# {}\n\n", escaped(&parts::summary(report)));
    let _ = writeln!(
        out,
        "| {} | {} | | {} |\n|---|---|---|---|",
        say!("verdict"),
        say!("points"),
        say!("check")
    );
    for check in &report.checks {
        let _ = writeln!(
            out,
            "| {} | {}/{} | {} | {} |",
            parts::verdict(check),
            check.earned,
            check.points,
            parts::kind(check),
            escaped(&check.title)
        );
    }
    for check in &report.checks {
        let fields = parts::fields(check);
        if fields.is_empty() {
            continue;
        }
        let _ = write!(
            out,
            "\n## {}\n\n`{}`, {}\n\n",
            escaped(&check.title),
            text::clean(&check.id),
            parts::verdict(check)
        );
        for (key, value) in fields {
            let value = if key == "command" {
                code(&value)
            } else {
                escaped(&value)
            };
            let _ = writeln!(out, "- **{}:** {value}", parts::label(key));
        }
    }
    out
}

/// Text from outside stays text: no markup, no link, no table cell, no mention of a person.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text::clean(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// A code span whose fence is longer than any run of ticks in it.
fn code(text: &str) -> String {
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    format!("{fence} {text} {fence}")
}
