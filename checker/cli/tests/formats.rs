//! Every output format: as it was for a passed, a failed and an open grade, and safe with hostile text in it.

use std::path::Path;

use labcheck_core::check::Evidence;
use labcheck_core::grade::judge;
use labcheck_core::lab::Course;
use labcheck_core::report::{self, Report, ReportVerdict, Submission};
use labcheck_probe::Replay;
use serde_json::Value;

#[path = "axe/mod.rs"]
mod axe;
#[path = "formats/page.rs"]
mod page;
#[path = "formats/readers.rs"]
mod readers;

fn recorded(lab: &str, name: &str) -> Report {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../recordings")
        .join(lab)
        .join(format!("{name}.json"));
    let facts = Replay::new(file).read().expect("a recording of ours");
    let lab = Course::embedded()
        .and_then(|course| course.lab(lab))
        .expect("the labs shipped are right");
    Report::new(&judge(&lab, facts), 0)
}

fn submission() -> Submission {
    Submission::from_lookup(
        |name| Some(format!("made-up {name}")),
        "2026-11-21T12:00:00Z".into(),
    )
}

type Render = fn(&Report) -> String;

const FORMATS: [(&str, Render); 8] = [
    ("classroom50", |report| {
        report::classroom50(report, &submission())
    }),
    ("github", report::github),
    ("gitlab", report::gitlab),
    ("gradescope", report::gradescope),
    ("html", report::html),
    ("junit", report::junit),
    ("markdown", report::markdown),
    ("tap", report::tap),
];

#[test]
fn each_format_is_as_it_was() {
    for (lab, name) in [
        ("v1", "solution"),
        ("v4", "app-still-root"),
        ("v1", "leftover-stack"),
    ] {
        let report = recorded(lab, name);
        for (format, render) in FORMATS {
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path("formats");
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| {
                insta::assert_snapshot!(format!("{lab}-{name}-{format}"), render(&report));
            });
        }
    }
}

const HOSTILE: &str = "<script>alert(1)</script>\u{1b}[31m\r\n::error::x\nnot ok 9\n| a | `b` ``c`` @all [x](javascript:1) ]]> \"' %0A # SKIP \u{202e}";

fn hostile() -> Report {
    let mut report = recorded("v4", "app-still-root");
    report.stack.projects = vec![HOSTILE.into()];
    report.stack.why = HOSTILE.into();
    for check in &mut report.checks {
        check.title = HOSTILE.into();
        check.expected = HOSTILE.into();
        check.found = HOSTILE.into();
        check.evidence = vec![Evidence {
            what: HOSTILE.into(),
            try_it: HOSTILE.into(),
        }];
        check.cause = check.cause.as_ref().map(|_| HOSTILE.to_owned());
    }
    report
}

#[test]
fn no_format_lets_hostile_text_out_of_its_place() {
    let report = hostile();
    for (format, render) in FORMATS {
        let text = render(&report);
        assert!(!text.contains('\u{1b}'), "{format}: a control sequence");
        assert!(!text.contains('\u{202e}'), "{format}: text turned around");
        assert!(!text.contains('\r'), "{format}: a carriage return");
    }
    assert!(!report::html(&report).contains("<script"));
    // A command stands in a code span, where nothing is markup.
    let markdown = report::markdown(&report);
    let mut prose = markdown
        .lines()
        .filter(|line| !line.starts_with("- **command:**"));
    assert!(!prose.any(|line| line.contains("<script")));
    assert!(!report::junit(&report).contains("<script"));
    let lines =
        |text: &str, begin: &str| text.lines().filter(|line| line.starts_with(begin)).count();
    let fails = report
        .checks
        .iter()
        .filter(|check| check.verdict == ReportVerdict::Fail)
        .count();
    assert!(fails > 0);
    assert_eq!(lines(&report::github(&report), "::error"), fails);
    assert_eq!(lines(&report::tap(&report), "not ok"), fails);
    assert_eq!(
        lines(&report::tap(&report), "ok"),
        report.checks.len() - fails
    );
}

#[test]
fn points_are_the_same_in_every_format_that_has_them() {
    let report = recorded("v4", "app-still-root");
    let json = |text: String| serde_json::from_str::<Value>(&text).expect("JSON was written");
    let scope = json(report::gradescope(&report));
    let room = json(report::classroom50(&report, &submission()));
    assert_eq!(scope["score"], report.points.earned);
    assert_eq!(room["score"], report.points.earned);
    assert_eq!(room["max-score"], report.points.possible);
    let sum = |list: &Value, key: &str| -> u64 {
        let tests = list["tests"].as_array().expect("a list of tests");
        tests.iter().filter_map(|test| test[key].as_u64()).sum()
    };
    assert_eq!(sum(&scope, "score"), u64::from(report.points.earned));
    assert_eq!(sum(&room, "max-score"), u64::from(report.points.possible));
    let quality = json(report::gitlab(&report));
    let fails = report
        .checks
        .iter()
        .filter(|check| check.verdict == ReportVerdict::Fail)
        .count();
    assert_eq!(quality.as_array().map(Vec::len), Some(fails));
}
