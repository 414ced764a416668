//! What comes after a lab that is passed, in one line: the stack out of the way, and the next chapter. Pure.

use crate::embedded::Embedded;
use crate::grade::{Grade, Outcome};
use crate::text::{say, shell};

/// The line; `None` where the lab is not passed, or none of this course.
pub(super) fn line(grade: &Grade) -> Option<String> {
    if grade.outcome() != Outcome::Passed {
        return None;
    }
    let labs = Embedded::labs();
    let at = labs.iter().position(|lab| *lab == grade.lab)?;
    let stack = &grade.facts.stack;
    let stop = match stack.projects.as_slice() {
        [] => None,
        [project] if stack.why.starts_with("--project") => {
            Some(shell!("docker compose -p {} down", project))
        }
        _ => Some(shell!("labcheck stop {}", grade.lab)),
    };
    let go = match labs.get(at + 1) {
        Some(next) => {
            let name = next.to_uppercase();
            say!("{name}, `labcheck book {next}`", name, next)
        }
        None => say!("what lies beyond the labs, `labcheck book beyond`").to_owned(),
    };
    // Where stars are left, they come first, on a line of their own.
    Some(match (grade.next().is_some(), stop) {
        (false, Some(stop)) => say!("next: `{stop}`, then {go}", stop, go),
        (false, None) => say!("next: {next}", next = go),
        (true, Some(stop)) => say!("or go on: `{stop}`, then {go}", stop, go),
        (true, None) => say!("or go on: {go}", go),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Finding;
    use crate::facts::Facts;
    use crate::grade::Mark;
    use crate::lab::Course;

    fn graded(lab: &str, why: &str, fails: impl Fn(bool) -> bool) -> Option<String> {
        let lab = Course::embedded().and_then(|course| course.lab(lab));
        let lab = lab.expect("there");
        let marks = lab.checks.iter().map(|entry| {
            if fails(entry.core) {
                Mark::Fail(Finding::default())
            } else {
                Mark::Pass(Finding::default())
            }
        });
        let mut facts = Facts::default();
        facts.stack.why = why.into();
        facts.stack.projects = vec!["shop".into()];
        line(&Grade::new(&lab, marks.collect(), facts))
    }

    #[test]
    fn a_passed_lab_leads_to_the_next_and_another_does_not() {
        let own = "the project of this folder";
        let said = |lab, why| graded(lab, why, |_| false).unwrap_or_default();
        assert_eq!(
            said("v1", own),
            "next: `labcheck stop v1`, then V2, `labcheck book v2`"
        );
        assert!(said("v6", own).ends_with("`labcheck book beyond`"));
        let project = said("v1", "--project shop");
        assert!(
            project.contains("`docker compose -p shop down`"),
            "{project}"
        );
        assert_eq!(graded("v1", own, |core| core), None);
        let stars = graded("v1", own, |core| !core).unwrap_or_default();
        assert!(stars.starts_with("or go on: `labcheck stop v1`"), "{stars}");
    }
}
