//! What stands on the screen, as rows of text for a size. Pure.

use super::change::{Change, standing, word};
use super::state::State;
use labcheck_core::grade::{Graded, Mark, Outcome};
use labcheck_core::report::ReportVerdict;
use labcheck_core::text::{self, say};

/// Colour, as a second signal; the words tell everything without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Bold,
    Dim,
    Good,
    Bad,
    Odd,
}

/// A row: pieces of text with their ink.
pub(crate) type Row = Vec<(Ink, String)>;

/// A text that takes the place of the list of checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub title: String,
    pub lines: Vec<String>,
    /// Lines left out at the top.
    pub from: usize,
    /// Whether it is a container's log, of which the end matters.
    pub log: bool,
}

/// What is shown.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// The check that was chosen; without one, it is the one to mend first.
    pub chosen: Option<String>,
    /// The last thing that was said beside the marks.
    pub said: Option<String>,
    pub page: Option<Page>,
}

impl View {
    /// The check that keys are about.
    pub(crate) fn check<'s>(&self, state: &'s State) -> Option<&'s Graded> {
        let grade = state.grade.as_ref()?;
        let chosen = self.chosen.as_deref().and_then(|id| grade.check(id));
        let unknown = || {
            let mut all = grade.checks.iter();
            all.find(|check| !check.mark.passed())
        };
        chosen
            .or_else(|| grade.next())
            .or_else(unknown)
            .or(grade.checks.first())
    }
}

/// The whole screen: exactly `height` rows, none longer than `width`.
pub(crate) fn frame(state: &State, view: &View, (width, height): (usize, usize)) -> Vec<Row> {
    let mut top = head(state, width);
    let foot = foot(state, view, width);
    // On a low screen the check counts more than what stands around it.
    top.truncate(height.saturating_sub(foot.len() + 3).max(1));
    let room = height.saturating_sub(top.len() + foot.len());
    let body = match &view.page {
        Some(page) => paged(page, width, room),
        None => list(state, view, width, room),
    };
    let mut rows = top;
    rows.extend(body.into_iter().take(room));
    rows.resize(height.saturating_sub(foot.len()), Row::new());
    rows.extend(foot);
    rows.truncate(height);
    rows.into_iter().map(|row| fit(row, width)).collect()
}

fn head(state: &State, width: usize) -> Vec<Row> {
    let title = format!(
        "{}  {}",
        state.lab.id.as_str().to_uppercase(),
        text::clean(&state.lab.title)
    );
    let mut rows = vec![vec![(Ink::Bold, title)]];
    if let Some(grade) = &state.grade {
        let ink = match grade.outcome() {
            Outcome::Passed => Ink::Good,
            Outcome::Failed => Ink::Bad,
            Outcome::Unknown => Ink::Odd,
        };
        rows.push(vec![(ink, standing(grade))]);
    }
    let notes = state
        .stale
        .iter()
        .cloned()
        .chain(state.engine.iter().map(|why| {
            say!(
                "the engine's events broke off ({why}); asking it again and again",
                why
            )
        }))
        .chain(state.polls());
    for note in notes {
        let lead = say!("note: ");
        for (number, part) in text::wrap(&text::clean(&note), width.saturating_sub(lead.len()))
            .into_iter()
            .enumerate()
        {
            let lead = if number == 0 {
                lead.to_owned()
            } else {
                " ".repeat(lead.len())
            };
            rows.push(vec![(Ink::Odd, format!("{lead}{part}"))]);
        }
    }
    rows.push(Row::new());
    rows
}

fn foot(state: &State, view: &View, width: usize) -> Vec<Row> {
    // What is to be mended first tells more than another fail, and a fail more than what waits for it.
    let first = state.grade.as_ref().and_then(|grade| grade.next());
    let rank = |change: &&Change| match change.now {
        ReportVerdict::Fail => {
            u8::from(first.is_none_or(|first| first.entry.id.as_str() != change.id))
        }
        ReportVerdict::Unknown => 2,
        ReportVerdict::Pass => 3,
        ReportVerdict::Skipped => 4,
    };
    let doing = match (&state.doing, state.changed.iter().min_by_key(rank)) {
        (Some(doing), _) => format!("{} …", text::clean(doing)),
        (None, _) if view.said.is_some() => view.said.clone().unwrap_or_default(),
        (None, Some(change)) if change.before.is_some() => match state.changed.len() {
            1 => change.to_string(),
            more => say!("{change}, and {} more", more - 1, change),
        },
        (None, _) => String::new(),
    };
    let keys = match (&view.page, width) {
        (Some(_), _) => say!("up, down: scroll  Esc: back  q: quit"),
        (None, ..60) => say!("h hint e explain l log o page q quit"),
        (None, _) => {
            say!("h hint  e explain  l log  o open page  up, down: choose  r again  q quit")
        }
    };
    vec![vec![(Ink::Dim, doing)], vec![(Ink::Dim, keys.to_owned())]]
}

fn list(state: &State, view: &View, width: usize, room: usize) -> Vec<Row> {
    let Some(grade) = &state.grade else {
        let said = match &state.waiting {
            Some(waiting) => say!("Waiting for the stack: {waiting}", waiting),
            None => say!("Looking for the first time.").to_owned(),
        };
        return text::wrap(&text::clean(&said), width)
            .into_iter()
            .map(|part| vec![(Ink::Plain, part)])
            .collect();
    };
    let chosen = view.check(state).map(|check| check.entry.id.as_str());
    let detail = view
        .check(state)
        .map(|check| detail(check, width))
        .unwrap_or_default();
    let all = grade.checks.len();
    // Where not everything fits, two thirds are the list's.
    let below = detail.len().min(room.saturating_sub(all.min(room * 2 / 3)));
    let rows = room.saturating_sub(below);
    let at = grade
        .checks
        .iter()
        .position(|check| Some(check.entry.id.as_str()) == chosen)
        .unwrap_or_default();
    let from = at.saturating_sub(rows / 2).min(all.saturating_sub(rows));
    let mut out: Vec<Row> = grade
        .checks
        .iter()
        .skip(from)
        .take(rows)
        .map(|check| line(check, Some(check.entry.id.as_str()) == chosen))
        .collect();
    out.extend(detail.into_iter().take(below));
    out
}

fn line(check: &Graded, chosen: bool) -> Row {
    let (sign, ink) = match &check.mark {
        Mark::Pass(_) => ("✓", Ink::Good),
        Mark::Fail(_) => ("✗", Ink::Bad),
        Mark::Skipped { .. } => ("-", Ink::Dim),
        Mark::Unknown(_) => ("?", Ink::Odd),
    };
    let pointer = if chosen { "> " } else { "  " };
    let title = if chosen { Ink::Bold } else { Ink::Plain };
    vec![
        (title, pointer.to_owned()),
        (
            ink,
            format!("{sign} {:<8}", word(ReportVerdict::of(&check.mark))),
        ),
        (title, text::clean(&check.entry.title)),
    ]
}

/// What was expected and found of the chosen check.
fn detail(check: &Graded, width: usize) -> Vec<Row> {
    let mut rows = vec![Row::new(), vec![(Ink::Bold, check.entry.id.to_string())]];
    let mut field = |label: &str, value: &str| {
        let lead = format!("  {label:<9} ");
        let parts = text::wrap(
            &text::clean(value),
            width.saturating_sub(lead.len()).max(10),
        );
        for (number, part) in parts.into_iter().enumerate() {
            let lead = if number == 0 {
                lead.clone()
            } else {
                " ".repeat(lead.len())
            };
            rows.push(vec![(Ink::Plain, format!("{lead}{part}"))]);
        }
    };
    match &check.mark {
        Mark::Skipped { cause, .. } => field(say!("after"), cause.as_str()),
        mark => {
            if let Some(finding) = mark.finding() {
                field(say!("expected"), &finding.expected);
                field(say!("found"), &finding.found);
            }
        }
    }
    rows
}

fn paged(page: &Page, width: usize, room: usize) -> Vec<Row> {
    let mut rows = vec![vec![(Ink::Bold, page.title.clone())]];
    rows.extend(
        wrapped(page, width)
            .into_iter()
            .skip(page.from)
            .take(room.saturating_sub(1))
            .map(|line| vec![(Ink::Plain, line)]),
    );
    rows
}

/// A page's lines for a width; leading blanks stay, as they show what belongs together.
pub(crate) fn wrapped(page: &Page, width: usize) -> Vec<String> {
    let mut out = Vec::new();
    for line in &page.lines {
        let line = unfolded(line);
        if line.chars().count() <= width {
            out.push(line);
            continue;
        }
        let lead = line.len() - line.trim_start_matches(' ').len();
        let lead = " ".repeat(lead.min(width / 2));
        let room = width.saturating_sub(lead.len()).max(1);
        let parts = broken(line.trim_start_matches(' '), room);
        out.extend(parts.into_iter().map(|part| format!("{lead}{part}")));
    }
    out
}

/// A line in parts of at most `room` characters, at blanks where there are any; blanks within a part stay as they are,
/// as a table or a program's text stands by them.
fn broken(line: &str, room: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = line;
    while let Some((end, _)) = rest.char_indices().nth(room) {
        let head = &rest[..end];
        let whole = rest[end..].starts_with(' ');
        let at = if whole { Some(end) } else { head.rfind(' ') };
        let at = at
            .filter(|at| !rest[..*at].trim().is_empty())
            .unwrap_or(end);
        parts.push(rest[..at].trim_end().to_owned());
        rest = rest[at..].trim_start();
    }
    parts.push(rest.to_owned());
    parts
}

/// A line without control characters, its blanks as they are.
fn unfolded(line: &str) -> String {
    let line = line.trim_end().replace('\t', "    ");
    line.chars()
        .filter(|c| !c.is_control() && !text::invisible(*c))
        .collect()
}

/// Cuts a row to the width.
fn fit(row: Row, width: usize) -> Row {
    let mut left = width;
    let mut out = Row::new();
    for (ink, piece) in row {
        let count = piece.chars().count();
        if count <= left {
            left -= count;
            out.push((ink, piece));
        } else {
            if left > 0 {
                let kept: String = piece.chars().take(left - 1).collect();
                out.push((ink, format!("{kept}…")));
            }
            break;
        }
    }
    out
}

#[cfg(test)]
#[path = "screen_tests.rs"]
mod tests;
