//! Which stacks are started each time: enough that every check is seen red on a real engine.
//!
//! Most of a mistake's time is the first start of its database, and several mistakes turn the same check red. The rest is
//! judged from recordings, and started when it is asked for by name and before a release.

use std::collections::BTreeSet;

use super::{Case, CaseKind};
use labcheck_core::lab::CheckId;

/// The stacks that are started each time, by place in `cases`: all but mistakes, and mistakes until every check that any of
/// them turns red is turned red by one of these.
///
/// Of the mistakes that add most checks the one of the earliest lab is taken, as it starts quickest, then the first by name:
/// the same files give the same stacks.
#[must_use]
pub fn each_time(cases: &[Case]) -> BTreeSet<usize> {
    let mut taken: BTreeSet<usize> = (0..cases.len())
        .filter(|place| !matches!(cases[*place].kind, CaseKind::Mistake(..)))
        .collect();
    let mut open: BTreeSet<&CheckId> = cases.iter().flat_map(fails).collect();
    while !open.is_empty() {
        let adds = |case: &Case| fails(case).filter(|check| open.contains(check)).count();
        // `max_by_key` takes the last of equals.
        let Some((place, case)) = cases
            .iter()
            .enumerate()
            .rev()
            .max_by_key(|(_, case)| adds(case))
        else {
            break;
        };
        taken.insert(place);
        open.retain(|check| !fails(case).any(|fails| fails == *check));
    }
    taken
}

fn fails(case: &Case) -> impl Iterator<Item = &CheckId> {
    let fails = match &case.kind {
        CaseKind::Mistake(_, mistake) => mistake.fails.as_slice(),
        _ => &[],
    };
    fails.iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Root;

    fn all() -> Vec<Case> {
        let root = Root::at(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
        Case::all(&root).expect("every stack is of its form")
    }

    #[test]
    fn every_check_that_a_mistake_turns_red_is_turned_red_each_time() {
        let cases = all();
        let taken = each_time(&cases);
        let red: BTreeSet<_> = taken
            .iter()
            .flat_map(|place| fails(&cases[*place]))
            .collect();
        let any: BTreeSet<_> = cases.iter().flat_map(fails).collect();
        assert_eq!(red, any);
    }

    #[test]
    fn what_is_no_mistake_is_started_each_time() {
        let cases = all();
        let taken = each_time(&cases);
        for (place, case) in cases.iter().enumerate() {
            let mistake = matches!(case.kind, CaseKind::Mistake(..));
            assert!(mistake || taken.contains(&place), "{}", case.run());
        }
    }

    #[test]
    fn no_mistake_is_started_that_adds_no_check() {
        let cases = all();
        let taken = each_time(&cases);
        let mistakes = taken
            .iter()
            .filter(|place| matches!(cases[**place].kind, CaseKind::Mistake(..)));
        let checks: BTreeSet<_> = cases.iter().flat_map(fails).collect();
        assert!(mistakes.count() <= checks.len());
    }
}
