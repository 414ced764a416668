//! What a lab asks, as a table.

use std::fmt::Write as _;

use super::markdown::cell;
use labcheck_core::lab::Manifest;

/// The table of a lab's own checks, and the names of those it asks again.
pub(super) fn checks(lab: &Manifest) -> String {
    let page = format!("{}.html", lab.lab);
    let mut out = String::from("| check | counts as | points | why |\n|---|---|---:|---|\n");
    for entry in &lab.checks {
        let title = cell(&entry.title);
        let title = match entry.chapter.split_once('#') {
            Some((there, heading)) if there == page => format!("[{title}](#{heading})"),
            _ => title,
        };
        let counts = if entry.core { "core" } else { "star" };
        let (id, points, why) = (&entry.id, entry.points, cell(&entry.why));
        let _ = writeln!(out, "| {title}<br>`{id}` | {counts} | {points} | {why} |");
    }
    if !lab.again.is_empty() {
        let again: Vec<String> = lab
            .again
            .iter()
            .map(|again| format!("`{}`", again.id))
            .collect();
        let _ = write!(
            out,
            "\nAsked again, because they must still hold: {}.\n",
            again.join(", ")
        );
    }
    out
}
