//! What is different between two grades. Pure.

use crate::notes::sentence;
use labcheck_core::grade::Grade;
use labcheck_core::report::ReportVerdict;
use labcheck_core::text::say;
use labcheck_probe::Drift;

/// A check whose mark is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// The check.
    pub id: String,
    /// The verdict before; `None` in the first grade.
    pub before: Option<ReportVerdict>,
    /// The verdict now.
    pub now: ReportVerdict,
}

/// A verdict in the language that is spoken; a fail stands out without any colour.
pub(crate) fn word(verdict: ReportVerdict) -> &'static str {
    match verdict {
        ReportVerdict::Fail => say!("FAIL"),
        ReportVerdict::Pass => say!("pass"),
        ReportVerdict::Skipped => say!("skipped"),
        ReportVerdict::Unknown => say!("unknown"),
    }
}

/// Checks whose mark changed, in the lab's order; all of them where there was no grade.
pub(crate) fn changes(before: Option<&Grade>, now: &Grade) -> Vec<Change> {
    let each = now.checks.iter().filter_map(|check| {
        let id = check.entry.id.as_str();
        let old = before
            .and_then(|grade| grade.check(id))
            .map(|old| ReportVerdict::of(&old.mark));
        let new = ReportVerdict::of(&check.mark);
        (old != Some(new)).then(|| Change {
            id: id.to_owned(),
            before: old,
            now: new,
        })
    });
    each.collect()
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (id, now) = (&self.id, word(self.now));
        match self.before {
            Some(before) => write!(f, "{id}: {} -> {now}", word(before)),
            None => write!(f, "{id}: {now}"),
        }
    }
}

/// How the milestone stands, in one line.
pub(crate) fn standing(grade: &Grade) -> String {
    let points = grade.points();
    let (passed, of) = grade.core();
    let mut line = say!(
        "{verdict}: {passed} of {of} core checks, {} of {} points",
        points.earned,
        points.possible,
        verdict = grade.outcome().said(),
        passed,
        of
    );
    if points.open > 0 {
        line = say!("{line} ({} open)", points.open, line);
    }
    line
}

/// What of the stack is older than its files, as sentences with what to type.
pub(crate) fn stale(behind: &[Drift], grade: Option<&Grade>, start: &str) -> Vec<String> {
    let sentence = |one: &Drift| sentence(one, start);
    let mut all: Vec<String> = behind.iter().map(sentence).collect();
    let made = grade.into_iter().flat_map(|grade| &grade.facts.image_facts);
    for (name, made) in made {
        let Some(current) = &made.current else {
            continue;
        };
        let containers = grade.map(|grade| grade.facts.containers.as_slice());
        let mut containers = containers.unwrap_or_default().iter();
        let known = containers
            .find(|one| one.name == *name)
            .map_or(name.as_str(), |one| one.known_as());
        let newer = current.newer.get().map(Vec::as_slice).unwrap_or_default();
        if current.superseded.get() == Some(&true) {
            let service = known.to_owned();
            all.push(sentence(&Drift::Superseded { service }));
        } else if let Some(file) = newer.first() {
            let (file, service) = (file.clone(), known.to_owned());
            all.push(sentence(&Drift::Image { file, service }));
        }
    }
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::check::Finding;
    use labcheck_core::facts::{Current, Facts, Seen};
    use labcheck_core::grade::Mark;
    use labcheck_core::lab::Course;

    fn grade(marks: [Mark; 2]) -> Grade {
        let checks = ["v1-a", "v1-b"].map(|id| {
            format!("  - {{ id: {id}, title: t, points: 1, core: true, expect: {{ running: {{ role: app }} }}, why: w, hints: [h], chapter: c.html#c }}\n")
        });
        let file = format!(
            "lab: v1\ntitle: t\nroles: {{}}\nchecks:\n{}",
            checks.concat()
        );
        let course = Course::from_files([("v1/lab.yaml".to_owned(), file)]).expect("a course");
        Grade::new(
            &course.lab("v1").expect("there"),
            marks.into(),
            Facts::default(),
        )
    }

    #[test]
    fn only_what_changed_is_told() {
        let (pass, fail) = (
            || Mark::Pass(Finding::default()),
            || Mark::Fail(Finding::default()),
        );
        let before = grade([fail(), pass()]);
        let now = grade([pass(), pass()]);
        let lines: Vec<String> = changes(Some(&before), &now)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(lines, ["v1-a: FAIL -> pass"]);
        assert_eq!(changes(Some(&now), &now), []);
        let first = changes(None, &before);
        assert_eq!(first[0].to_string(), "v1-a: FAIL");
        assert_eq!(first.len(), 2);
        assert_eq!(
            standing(&before),
            "not yet: 1 of 2 core checks, 1 of 2 points"
        );
    }

    #[test]
    fn what_is_older_than_its_files_is_said_with_what_to_type() {
        let compose = Drift::Compose {
            file: "compose.yaml".into(),
            project: "v4".into(),
            services: vec!["app".into()],
        };
        let said = stale(&[compose], None, "labcheck start v1");
        assert!(said[0].starts_with("compose.yaml changed, the stack runs the old one (app)"));
        let mut now = grade([
            Mark::Pass(Finding::default()),
            Mark::Pass(Finding::default()),
        ]);
        let current = Current {
            superseded: Seen::Seen(false),
            newer: Seen::Seen(vec!["src/main.rs".into()]),
        };
        now.facts
            .image_facts
            .entry("v4-app-1".into())
            .or_default()
            .current = Some(current);
        let said = stale(&[], Some(&now), "labcheck start v1");
        assert!(
            said[0].contains("src/main.rs changed") && said[0].ends_with(": labcheck start v1")
        );
        now.facts.image_facts.clear();
        assert!(stale(&[], Some(&now), "labcheck start v1").is_empty());
    }
}
