//! Every recording on disk: its facts are read, the same grade comes out, and the reports are as they were.
//!
//! Recordings are made by the live tests with `LABCHECK_RECORD=1`. Reports are compared with snapshots by insta.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use labcheck_core::facts::Facts;
use labcheck_core::grade::{Grade, Mark, judge};
use labcheck_core::lab::{Course, Lab};
use labcheck_core::report::{self, Style};
use labcheck_dev::Root;
use labcheck_dev::stack::{Case, CaseKind};
use labcheck_probe::Replay;
use serde_json::Value;

fn cases() -> Vec<Case> {
    Case::all(&Root::at(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."),
    ))
    .expect("every stack is of its form")
}

fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../recordings")
}

fn path(case: &Case) -> PathBuf {
    recordings()
        .join(case.lab_name())
        .join(format!("{}.json", case.name()))
}

fn lab(case: &Case) -> Lab {
    Course::embedded()
        .and_then(|course| course.lab(&case.lab_name()))
        .expect("the labs shipped are right")
}

fn facts(case: &Case) -> Facts {
    Replay::new(path(case))
        .read()
        .unwrap_or_else(|err| panic!("{err}"))
}

fn grade(case: &Case) -> Grade {
    judge(&lab(case), facts(case))
}

fn ids(grade: &Grade, wanted: impl Fn(&Mark) -> bool) -> BTreeSet<String> {
    grade
        .checks
        .iter()
        .filter(|check| wanted(&check.mark))
        .map(|check| check.entry.id.to_string())
        .collect()
}

#[test]
fn every_stack_has_a_recording_and_every_recording_a_stack() {
    let wanted: BTreeSet<PathBuf> = cases().iter().map(path).collect();
    let mut there = BTreeSet::new();
    for lab in std::fs::read_dir(recordings())
        .expect("recordings are there")
        .flatten()
    {
        there.extend(
            std::fs::read_dir(lab.path())
                .expect("a folder a lab")
                .flatten()
                .map(|file| file.path()),
        );
    }
    let show = |paths: Vec<&PathBuf>| {
        paths
            .iter()
            .map(|path| path.display().to_string())
            .collect::<Vec<_>>()
    };
    let missing = show(wanted.difference(&there).collect());
    let orphans = show(there.difference(&wanted).collect());
    assert!(
        missing.is_empty(),
        "not recorded yet (LABCHECK_RECORD=1 cargo test -p labcheck-dev --test live): {missing:#?}"
    );
    assert!(
        orphans.is_empty(),
        "no stack is called so any more: {orphans:#?}"
    );
}

#[test]
fn every_recording_is_graded_as_its_stack_was() {
    for case in cases() {
        let grade = grade(&case);
        let name = case.run();
        let failed = ids(&grade, |mark| matches!(mark, Mark::Fail(_)));
        match &case.kind {
            CaseKind::Solution => assert_eq!(
                ids(&grade, |mark| !mark.passed()),
                BTreeSet::new(),
                "{name}"
            ),
            CaseKind::Starter => assert_ne!(failed, BTreeSet::new(), "{name}"),
            CaseKind::Mistake(_, mistake) => {
                assert_eq!(
                    failed,
                    mistake.fails.iter().map(ToString::to_string).collect(),
                    "{name}"
                );
                if mistake.fails.is_empty() {
                    let open: BTreeSet<String> =
                        mistake.unknown.iter().map(ToString::to_string).collect();
                    let unknown = ids(&grade, |mark| matches!(mark, Mark::Unknown(_)));
                    assert!(open.is_subset(&unknown), "{name}: {unknown:?}");
                }
                let blamed = |mark: &Mark| matches!(mark, Mark::Fail(finding) if finding.blame == mistake.blame);
                assert_eq!(ids(&grade, blamed), failed, "{name}");
            }
            CaseKind::Foreign(..) => {
                let (passed, of) = grade.core();
                assert_eq!(passed, of, "{name}");
            }
        }
    }
}

#[test]
fn reports_read_as_they_did() {
    for case in cases() {
        let grade = grade(&case);
        insta::with_settings!({ snapshot_path => format!("reports/{}", case.lab_name()), prepend_module_to_snapshot => false, omit_expression => true }, {
            let style = Style { colour: false, width: 80, took_ms: None, onward: true };
            insta::assert_snapshot!(case.name(), report::terminal(&grade, style));
        });
        let json: Value =
            serde_json::from_str(&report::json(&grade, 0)).expect("the report is JSON");
        // The whole of it once a lab; for the rest, what differs from lab to lab is in the text.
        if matches!(case.kind, CaseKind::Solution | CaseKind::Starter) {
            insta::with_settings!({ snapshot_path => format!("reports/{}", case.lab_name()), prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_json_snapshot!(format!("{}.json", case.name()), json);
            });
        }
    }
}

#[test]
fn the_same_facts_give_the_same_report() {
    for case in cases() {
        assert_eq!(
            report::json(&grade(&case), 0),
            report::json(&grade(&case), 0),
            "{}",
            case.run()
        );
    }
}

#[test]
fn a_report_is_read_back_as_it_was_written() {
    for case in cases() {
        let written = report::Report::new(&grade(&case), 0);
        let read: report::Report =
            serde_json::from_str(&report::json(&grade(&case), 0)).expect("it is JSON");
        assert_eq!(read, written);
    }
}

#[test]
fn recordings_hold_no_secret_and_no_name_of_this_run() {
    for case in cases() {
        let text = std::fs::read_to_string(path(&case)).expect("it is recorded");
        for word in [
            "made-up-",
            labcheck_dev::stack::RUN_PREFIX,
            "labcheck-test-",
            "target/stacks",
        ] {
            assert!(
                !text.contains(word),
                "{}: holds `{word}`",
                path(&case).display()
            );
        }
    }
}

/// The places of a JSON value that please, by pointer, at most so deep.
fn places(value: &Value, depth: usize, pleases: &dyn Fn(&Value) -> bool) -> Vec<String> {
    let inside: Vec<(String, &Value)> = match value {
        _ if depth == 0 => Vec::new(),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value))
            .collect(),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(nth, value)| (nth.to_string(), value))
            .collect(),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for (key, value) in inside {
        found.extend(pleases(value).then(|| format!("/{key}")));
        found.extend(
            places(value, depth - 1, pleases)
                .into_iter()
                .map(|at| format!("/{key}{at}")),
        );
    }
    found
}

/// Replaces, one at a time, everything that was seen by the reason why it could not be.
fn blinded(value: &Value) -> Vec<Value> {
    let seen = |value: &Value| {
        value
            .as_object()
            .is_some_and(|map| map.len() == 1 && map.contains_key("seen"))
    };
    let blind = places(value, 20, &seen).into_iter().filter_map(|at| {
        let mut value = value.clone();
        *value.pointer_mut(&at)? = serde_json::json!({ "unseen": "the grader could not look" });
        Some(value)
    });
    blind.collect()
}

/// Points that are gone, not merely open.
fn lost(grade: &Grade) -> u32 {
    let points = grade.points();
    points.possible - points.earned - points.open
}

#[test]
fn what_could_not_be_looked_at_is_never_held_against_the_student() {
    for case in cases() {
        let lab = lab(&case);
        let before = lost(&grade(&case));
        let blind = blinded(&serde_json::to_value(facts(&case)).expect("facts are JSON"));
        assert!(!blind.is_empty());
        for value in blind {
            let grade = judge(&lab, serde_json::from_value(value).expect("still facts"));
            assert!(
                lost(&grade) <= before,
                "{}: {} instead of {before} points are lost",
                case.run(),
                lost(&grade)
            );
        }
    }
}

#[test]
fn no_gap_in_the_facts_makes_a_judge_panic() {
    // Every field of facts has a default, so each can be missing.
    let mut judged = 0;
    for case in cases()
        .into_iter()
        .filter(|case| matches!(case.kind, CaseKind::Solution))
    {
        let lab = lab(&case);
        let facts = serde_json::to_value(facts(&case)).expect("facts are JSON");
        for at in places(&facts, 6, &|_| true) {
            let mut value = facts.clone();
            let (parent, key) = at.rsplit_once('/').expect("it begins with a slash");
            let key = key.replace("~1", "/").replace("~0", "~");
            let parent = value.pointer_mut(parent).and_then(Value::as_object_mut);
            if parent.and_then(|map| map.remove(&key)).is_none() {
                continue;
            }
            // What is no longer of the form is refused where recordings are read, not here.
            if let Ok(facts) = serde_json::from_value(value) {
                assert_eq!(judge(&lab, facts).checks.len(), lab.checks.len());
                judged += 1;
            }
        }
    }
    assert!(judged > 100, "only {judged} gaps were tried");
}
