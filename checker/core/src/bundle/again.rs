//! Grading a bundle again: what the facts give under the lab file of today, beside what the bundle says. Pure.

use super::file::{Bundle, printable, version};
use super::nonce::Carried;
use crate::grade::{Grade, judge};
use crate::lab::{Course, Lab, LabError};
use crate::report::Report;
use crate::text::say;

/// A bundle graded again.
#[derive(Debug)]
pub struct Again {
    /// The grade of today.
    pub grade: Grade,
    /// The nonce.
    pub nonce: Carried,
    /// Lines about the bundle, as label and text.
    pub about: Vec<(&'static str, String)>,
}

/// Judges the bundle's facts.
///
/// # Errors
/// [`LabError::NoSuchLab`] when the course has no such lab.
pub fn again(bundle: Bundle, course: &Course) -> Result<Again, LabError> {
    let lab = course.lab(&bundle.facts.lab)?;
    let nonce = Carried::by(&bundle.facts);
    let head = &bundle.head;
    let from = if head.live {
        say!("a running stack")
    } else {
        say!("a recording")
    };
    let mut about = vec![(
        say!("bundle"),
        say!(
            "the file says: lab {}, made from {from} at {} by labcheck {}",
            lab.id,
            printable(&head.at),
            printable(&head.made_by),
            from
        ),
    )];
    about.push((say!("nonce"), nonce.phrase()));
    let (then, now) = (printable(&head.lab_version), version(&lab));
    let same = then == now;
    about.push((
        say!("lab file"),
        if same {
            say!("the same as today ({now})", now)
        } else {
            say!("{then} then, {now} today", then, now)
        },
    ));
    let grade = judge(&lab, bundle.facts);
    let today = Report::new(&grade, 0);
    about.push((say!("points"), points(&bundle.report, &today)));
    let changes = changes(&bundle.report, &today, &lab);
    if same && !changes.is_empty() {
        about.push((say!("note"), say!("the report in it is not what its facts give: another version of labcheck judged, or it was changed").into()));
    }
    about.extend(changes.into_iter().map(|change| (say!("changed"), change)));
    Ok(Again {
        grade,
        nonce,
        about,
    })
}

fn points(then: &Report, today: &Report) -> String {
    let of = |report: &Report| say!("{} of {}", report.points.earned, report.points.possible);
    if of(then) == of(today) {
        say!("{}, as in the bundle", of(today))
    } else {
        say!("{} in the bundle, {} today", of(then), of(today))
    }
}

fn changes(then: &Report, today: &Report, lab: &Lab) -> Vec<String> {
    let verdict = |report: &Report, id: &str| {
        let mut all = report.checks.iter();
        let check = all.find(|check| check.id == id)?;
        Some(format!(
            "{} {}/{}",
            check.verdict, check.earned, check.points
        ))
    };
    let mut lines = Vec::new();
    for entry in &lab.checks {
        let id = entry.id.as_str();
        match (verdict(then, id), verdict(today, id)) {
            (None, Some(now)) => lines.push(say!("{id}: not asked then, {now} today", id, now)),
            (Some(was), Some(now)) if was != now => {
                lines.push(say!("{id}: {was} then, {now} today", id, was, now));
            }
            _ => {}
        }
    }
    let gone = then
        .checks
        .iter()
        .filter(|check| verdict(today, &check.id).is_none());
    lines.extend(gone.map(|check| say!("{}: not asked any more", printable(&check.id))));
    lines
}
