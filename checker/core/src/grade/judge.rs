//! Judges every check of a lab from facts, in order of `after`, and follows skips to their root.

use std::collections::BTreeMap;

use super::{Grade, Mark, blocked, leftover, meanwhile};
use crate::check::{Blame, Kind as _, Scene, Verdict};
use crate::facts::Facts;
use crate::lab::{CheckEntry, CheckId, Lab};

/// Judges a lab. Pure: the same facts and the same lab give the same grade.
pub fn judge(lab: &Lab, facts: Facts) -> Grade {
    let scene = Scene::new(&facts);
    let mut marks: BTreeMap<&CheckId, Mark> = BTreeMap::new();
    // `after` has no circles (the loader refuses them), so every round settles at least one check.
    while marks.len() < lab.checks.len() {
        let before = marks.len();
        for entry in &lab.checks {
            if marks.contains_key(&entry.id)
                || entry.after.iter().any(|after| !marks.contains_key(after))
            {
                continue;
            }
            let mark = held_up(entry, &marks).unwrap_or_else(|| {
                let verdict = entry.expect.judge(&scene);
                match meanwhile::open(&entry.expect, verdict, &scene) {
                    Verdict::Pass(finding) => Mark::Pass(finding),
                    Verdict::Fail(finding) => {
                        Mark::Fail(leftover::blamed(&entry.expect, finding, &facts))
                    }
                    Verdict::HeldUp(finding, by) => {
                        match blocked::explains(lab, entry, &by, &scene) {
                            Some((cause, costs)) => Mark::Skipped { cause, costs },
                            None => Mark::Fail(leftover::blamed(&entry.expect, finding, &facts)),
                        }
                    }
                    Verdict::Unknown(finding) => Mark::Unknown(finding),
                }
            });
            marks.insert(&entry.id, mark);
        }
        if marks.len() == before {
            break;
        }
    }
    blocked::to_the_root(&mut marks);
    let in_order = lab.checks.iter().map(|entry| {
        marks.remove(&entry.id).unwrap_or_else(|| Mark::Skipped {
            cause: entry.id.clone(),
            costs: false,
        })
    });
    let in_order = in_order.collect();
    Grade::new(lab, in_order, facts)
}

/// The skip that the checks before this one cause, if one of them did not pass: a costing fail is named before others.
/// What this one is itself the cause of holds nothing up.
fn held_up(entry: &CheckEntry, marks: &BTreeMap<&CheckId, Mark>) -> Option<Mark> {
    let mut causes: Vec<(CheckId, bool)> = entry
        .after
        .iter()
        .filter_map(|id| match marks.get(id)? {
            Mark::Pass(_) => None,
            Mark::Fail(finding) => Some((id.clone(), finding.blame == Blame::Student)),
            Mark::Unknown(_) => Some((id.clone(), false)),
            Mark::Skipped { cause, costs } => Some((cause.clone(), *costs)),
        })
        .filter(|(cause, _)| *cause != entry.id)
        .collect();
    causes.sort_by_key(|(_, costs)| !costs);
    causes
        .into_iter()
        .next()
        .map(|(cause, costs)| Mark::Skipped { cause, costs })
}
