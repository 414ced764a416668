//! The labs with their last and best result: a table, or two lines a lab on a narrow terminal. Pure.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::progress::{Kept, Past};
use labcheck_core::text::{self, say};

/// One row a lab.
pub(super) fn table(labs: &[(String, String)], past: &BTreeMap<String, Past>, now: i64) -> String {
    let wide = labs.iter().map(|(_, title)| title.chars().count()).max();
    let wide = wide.unwrap_or_default();
    let mut out = format!(
        "{:<4} {:wide$}  {:<18}  {:<18}  {}\n",
        say!("lab"),
        say!("title"),
        say!("last"),
        say!("best"),
        say!("when")
    );
    for (lab, title) in labs {
        let (last, best, when) = cells(past.get(lab), now);
        let pad = " ".repeat(wide.saturating_sub(title.chars().count()));
        let row = format!("{lab:<4} {title}{pad}  {last:<18}  {best:<18}  {when}");
        let _ = writeln!(out, "{}", row.trim_end());
    }
    out
}

/// The same for a narrow terminal: two lines a lab.
pub(super) fn stacked(
    labs: &[(String, String)],
    past: &BTreeMap<String, Past>,
    now: i64,
    columns: usize,
) -> String {
    let mut out = String::new();
    for (lab, title) in labs {
        let room = columns.max(20) - 5;
        let mut name = lab.as_str();
        for part in text::wrap(title, room) {
            let _ = writeln!(out, "{name:<4} {part}");
            name = "";
        }
        let (last, best, when) = cells(past.get(lab), now);
        let said = if when.is_empty() {
            last
        } else {
            say!("last {last}; best {best}; {when}", last, best, when)
        };
        for part in text::wrap(&said, room) {
            let _ = writeln!(out, "     {part}");
        }
    }
    out
}

fn cells(past: Option<&Past>, now: i64) -> (String, String, String) {
    match past {
        Some(past) => (
            result(&past.last),
            result(&past.best),
            ago(now - past.last.at),
        ),
        None => (say!("not graded yet").into(), String::new(), String::new()),
    }
}

fn result(kept: &Kept) -> String {
    let word = kept.outcome.said();
    format!("{word}, {}/{}", kept.earned, kept.possible)
}

/// How long ago, in words.
fn ago(seconds: i64) -> String {
    let some = |number: i64, one: &str, many: &str| {
        let number = u64::try_from(number).unwrap_or_default();
        say!("{} ago", text::count(number, one, many))
    };
    match seconds {
        ..60 => say!("just now").into(),
        60..3600 => some(seconds / 60, say!("minute"), say!("minutes")),
        3600..86_400 => some(seconds / 3600, say!("hour"), say!("hours")),
        _ => some(seconds / 86_400, say!("day"), say!("days")),
    }
}
