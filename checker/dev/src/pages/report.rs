//! Reports of the recordings: what a student really sees.

use std::fmt::Write as _;

use super::markdown::{fenced, html};
use crate::stack::{Case, CaseKind};
use crate::{DevError, Root};
use labcheck_core::check::Blame;
use labcheck_core::grade::{Grade, Mark, judge};
use labcheck_core::lab::Course;
use labcheck_core::report::{Style, explain, terminal};
use labcheck_probe::Replay;

const STYLE: Style = Style {
    colour: false,
    width: 80,
    took_ms: None,
    onward: true,
};

/// The grade of a recording; `None` where it is not recorded yet.
fn grade(root: &Root, course: &Course, lab: &str, stack: &str) -> Result<Option<Grade>, DevError> {
    let path = root.join(format!("checker/recordings/{lab}/{stack}.json"));
    if !path.is_file() {
        return Ok(None);
    }
    let facts = Replay::new(path)
        .read()
        .map_err(|err| DevError::wrong(err.to_string()))?;
    let lab = course
        .lab(lab)
        .map_err(|err| DevError::wrong(err.to_string()))?;
    Ok(Some(judge(&lab, facts)))
}

/// The report of a stack, whole.
pub(super) fn of(root: &Root, course: &Course, lab: &str, stack: &str) -> Result<String, DevError> {
    let told = grade(root, course, lab, stack)?.map(|grade| terminal(&grade, STYLE));
    Ok(fenced("text", &told.unwrap_or_else(not_yet)))
}

fn not_yet() -> String {
    "not recorded yet".into()
}

/// Every mistake of a lab, folded, with the report of the check that it turns red.
pub(super) fn mistakes(
    root: &Root,
    course: &Course,
    lab: &str,
    cases: &[Case],
) -> Result<String, DevError> {
    let asked = course
        .lab(lab)
        .map_err(|err| DevError::wrong(err.to_string()))?;
    let place =
        |id: &labcheck_core::lab::CheckId| asked.checks.iter().position(|entry| entry.id == *id);
    let mut mistakes: Vec<_> = cases
        .iter()
        .filter(|case| case.lab_name() == lab)
        .filter_map(|case| match &case.kind {
            CaseKind::Mistake(name, mistake) => Some((name, mistake)),
            _ => None,
        })
        .collect();
    mistakes.sort_by_key(|(_, mistake)| mistake.fails.iter().filter_map(place).min());
    let mut out = String::new();
    for (name, mistake) in mistakes {
        let grade = grade(root, course, lab, name)?;
        let _ = write!(
            out,
            "<details>\n<summary>{}</summary>\n\n",
            html(&mistake.title)
        );
        if mistake.blame != Blame::Student {
            out += "This one costs no points: it is not your stack's doing.\n\n";
        }
        out += &fenced(
            "text",
            &grade.map_or_else(not_yet, |grade| first_failure(&grade)),
        );
        out += "\n</details>\n\n";
    }
    Ok(out)
}

/// What a report says of its first red check, and the names of the others.
fn first_failure(grade: &Grade) -> String {
    let failed = |check: &&labcheck_core::grade::Graded| matches!(check.mark, Mark::Fail(_));
    let mut red = grade.checks.iter().filter(failed);
    let Some(first) = red.next() else {
        return terminal(grade, STYLE);
    };
    let told = explain(grade, first.entry.id.as_str(), STYLE).unwrap_or_default();
    let others: Vec<&str> = red.map(|check| check.entry.id.as_str()).collect();
    match others.len() {
        0 => told,
        _ => format!("{told}\nalso red: {}\n", others.join(", ")),
    }
}
