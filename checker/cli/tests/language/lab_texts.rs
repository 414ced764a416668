//! Texts of labs: each is German too, and a course of one's own may leave some out.

use labcheck_core::embedded::Embedded;
use labcheck_core::error::Explain as _;
use labcheck_core::lab::{Course, Hint, Lab, Translation};
use labcheck_core::text::Language;

use super::labs;

#[test]
fn every_text_of_every_lab_is_german_too() {
    for (english, german) in labs(Language::English).iter().zip(&labs(Language::German)) {
        assert_ne!(english.title, german.title);
        for (here, there) in english.checks.iter().zip(&german.checks) {
            let id = &here.id;
            assert_eq!(id, &there.id);
            assert_ne!(here.title, there.title, "{id}");
            assert_ne!(here.why, there.why, "{id}");
            assert_eq!(here.hints.len(), there.hints.len(), "{id}");
            let text = |hint: &Hint| hint.text.clone();
            let hints = here.hints.iter().map(text);
            for (one, other) in hints.zip(there.hints.iter().map(text)) {
                // A hint that is nothing but a line to type is the same in both.
                let typed =
                    one.starts_with('`') && one.matches('`').count() == 2 && one.ends_with('`');
                assert!(one != other || typed, "{id}: {one}");
            }
        }
    }
    let files = Embedded::iter().filter(|path| path.ends_with("/lab.de.yaml"));
    for path in files {
        let text = Embedded::get(&path).expect("it is there").data;
        assert!(!String::from_utf8_lossy(&text).contains('ß'), "{path}");
    }
}

const LAB: &str = "lab: t1\ntitle: A lab\nroles:\n  app: { leftover: true }\nchecks:\n  - id: t1-runs\n    title: It runs\n    points: 1\n    expect: { running: { role: app } }\n    why: Because.\n    hints: [One, Two]\n    chapter: v1.html#a\n";

fn told_by(german: &str) -> Result<Lab, String> {
    Course::from_files([("t1/lab.yaml".to_owned(), LAB.to_owned())])
        .and_then(|course| course.told_by([("t1/lab.de.yaml".to_owned(), german.to_owned())]))
        .and_then(|course| course.lab("t1"))
        .map_err(|err| format!("{err}\n{}", err.help().unwrap_or_default()))
}

#[test]
fn a_course_of_ones_own_may_leave_texts_out_but_not_mistake_a_check() {
    let lab =
        told_by("title: Ein Lab\nchecks:\n  t1-runs: { title: Es läuft }\n").expect("it is right");
    assert_eq!(lab.title, "Ein Lab");
    assert_eq!(
        (&*lab.checks[0].title, &*lab.checks[0].why),
        ("Es läuft", "Because.")
    );
    let hints = Hint::fitting(&lab.checks[0].hints, None);
    assert_eq!(hints, ["One", "Two"]);
    let err = told_by("checks:\n  t1-rums: { title: Es läuft }\n").expect_err("there is none such");
    assert!(
        err.contains("t1/lab.de.yaml:2:1: lab t1 has no check `t1-rums`")
            && err.contains("did you mean `t1-runs`?"),
        "{err}"
    );
    let err = told_by("checks:\n  t1-runs: { hints: [Eins] }\n").expect_err("one is missing");
    assert!(err.contains("1 hints here and 2"), "{err}");
    assert!(told_by("checks:\n  t1-runs: { titel: Es läuft }\n").is_err());
    assert!(Translation::parse("a", "nonsense: 1").is_err());
}
