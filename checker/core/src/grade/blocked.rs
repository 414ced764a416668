//! Which check explains that a container was never started: the one that is red for the container it waits for. Pure.

use std::collections::BTreeMap;

use super::{Mark, leftover};
use crate::check::{Blame, Expect, Kind as _, Scene, Verdict};
use crate::facts::Role;
use crate::lab::{CheckEntry, CheckId, Lab};

/// The check that fails for a container which holds another one up, and whether that costs points; `None` where no check
/// of the lab is about it, so that whatever is held up has to say so itself.
pub(crate) fn explains(
    lab: &Lab,
    held: &CheckEntry,
    by: &str,
    scene: &Scene<'_>,
) -> Option<(CheckId, bool)> {
    let plays = |role: Role| scene.all(role).iter().any(|one| one.name == by);
    let others = || lab.checks.iter().filter(|entry| entry.id != held.id);
    // A check of the one container before a check of all.
    let of_one = others().filter(|entry| match &entry.expect {
        Expect::Running(running) => plays(running.role),
        Expect::Healthy(healthy) => plays(healthy.role),
        _ => false,
    });
    let of_all = others().filter(|entry| matches!(entry.expect, Expect::AllHealthy(_)));
    of_one.chain(of_all).find_map(|entry| {
        let Verdict::Fail(finding) = entry.expect.judge(scene) else {
            return None;
        };
        let finding = leftover::blamed(&entry.expect, finding, scene.facts);
        Some((entry.id.clone(), finding.blame == Blame::Student))
    })
}

/// A cause that is itself held up by another check is not the root: that other one is.
pub(crate) fn to_the_root(marks: &mut BTreeMap<&CheckId, Mark>) {
    for _ in 0..marks.len() {
        let further: Vec<(CheckId, CheckId, bool)> = marks
            .iter()
            .filter_map(|(id, mark)| {
                let Mark::Skipped { cause, .. } = mark else {
                    return None;
                };
                match marks.get(cause)? {
                    Mark::Skipped { cause: root, costs } if root != *id && root != cause => {
                        Some(((*id).clone(), root.clone(), *costs))
                    }
                    _ => None,
                }
            })
            .collect();
        if further.is_empty() {
            return;
        }
        for (id, cause, costs) in further {
            if let Some(mark) = marks.get_mut(&id) {
                *mark = Mark::Skipped { cause, costs };
            }
        }
    }
}

#[cfg(test)]
#[path = "blocked_tests.rs"]
mod tests;
