//! Mistakes against checks: every check can fail in at least one, and every id a mistake declares is asked in its lab.

use std::collections::BTreeSet;

use super::found::Found;
use crate::Root;
use crate::stack::{Case, CaseKind};
use labcheck_core::lab::Course;

pub(super) fn check(root: &Root, course: &Course, cases: &[Case], found: &mut Found) {
    let mut turned_red = BTreeSet::new();
    for case in cases {
        // Whether the edits still fit is seen by making them.
        if let Err(err) = case.tree(root) {
            found.wrong(err.to_string());
        }
        let CaseKind::Mistake(name, mistake) = &case.kind else {
            continue;
        };
        let Ok(lab) = course.lab(&case.lab_name()) else {
            continue;
        };
        for id in mistake.fails.iter().chain(&mistake.unknown) {
            if !lab.checks.iter().any(|entry| entry.id == *id) {
                let known: Vec<&str> = lab.checks.iter().map(|entry| entry.id.as_str()).collect();
                let near = super::found::near(id.as_str(), &known);
                found.wrong(format!(
                    "solutions/{}/mistakes/{name}.yaml: lab {} asks no check `{id}`{near}",
                    lab.id, lab.id
                ));
            }
        }
        turned_red.extend(mistake.fails.iter().cloned());
    }
    for lab in course.manifests() {
        // A lab is in the making until its solution stands.
        if !root.join(format!("solutions/{}", lab.lab)).is_dir() {
            found.note(format!(
                "{}: has no solution yet, so its mistakes were not looked for",
                lab.lab
            ));
            continue;
        }
        for entry in lab
            .checks
            .iter()
            .filter(|entry| !turned_red.contains(&entry.id))
        {
            found.wrong(format!(
                "labs/{}/lab.yaml: no mistake turns `{}` red",
                lab.lab, entry.id
            ));
        }
        let foreign = cases.iter().filter(|case| {
            case.lab_name() == lab.lab.as_str() && matches!(case.kind, CaseKind::Foreign(..))
        });
        if foreign.count() == 0 {
            found.wrong(format!(
                "solutions/{}/foreign: no correct stack of another shape is there",
                lab.lab
            ));
        }
    }
}
