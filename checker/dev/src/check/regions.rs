//! Task regions against the list of tasks: each is known, each tells the student what to do, none is missing.

use std::collections::BTreeSet;

use super::found::Found;
use crate::tasks::TASKS;
use crate::{DevError, Root};
use labcheck::course::regions::regions;
use labcheck_core::lab::Course;

pub(super) fn check(root: &Root, course: &Course, found: &mut Found) -> Result<(), DevError> {
    let labs = course.names();
    let mut seen = BTreeSet::new();
    let mut later = BTreeSet::new();
    for path in ["app", "solutions"]
        .map(|folder| root.tracked(folder))
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?
        .concat()
    {
        // Files that are not text have no regions.
        let Ok(text) = std::fs::read_to_string(root.join(&path)) else {
            continue;
        };
        for region in regions(&path, &text)? {
            let place = format!("{path}:{}", region.line);
            let lab = format!("v{}", region.lab);
            if !region
                .starter
                .iter()
                .any(|line| line.contains(&format!("TODO({})", region.id)))
            {
                found.wrong(format!(
                    "{place}: no starter line of `{}` says TODO({})",
                    region.id, region.id
                ));
            }
            if !labs.contains(&lab) {
                later.insert(lab);
            } else if !TASKS.iter().any(|task| task.id == region.id) {
                let known: Vec<&str> = TASKS.iter().map(|task| task.id).collect();
                let near = super::found::near(&region.id, &known);
                found.wrong(format!(
                    "{place}: `{}` is not in the list of tasks (checker/dev/src/tasks.rs){near}",
                    region.id
                ));
            }
            seen.insert(region.id);
        }
    }
    for lab in later {
        found.note(format!("{lab}: has task regions, but no lab file yet"));
    }
    tasks(course, &seen, found);
    Ok(())
}

/// Every task of the list is marked somewhere, and is shown by core checks of its lab.
fn tasks(course: &Course, seen: &BTreeSet<String>, found: &mut Found) {
    for task in TASKS {
        let lab = task.id.split('-').next().unwrap_or_default();
        // A course in the making, or one of a test, may have fewer labs.
        let Ok(lab) = course.lab(lab) else { continue };
        if !seen.contains(task.id) {
            found.wrong(format!(
                "checker/dev/src/tasks.rs: no file has a region `{}`",
                task.id
            ));
        }
        for id in task.shown_by {
            if !lab.checks.iter().any(|entry| entry.id.as_str() == *id) {
                found.wrong(format!(
                    "checker/dev/src/tasks.rs: `{}` is shown by `{id}`, which lab {} does not ask",
                    task.id, lab.id
                ));
            }
        }
    }
}
