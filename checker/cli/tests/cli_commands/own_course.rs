//! A course of one's own: its lab files are read without recompiling, and what is wrong in them is named.

use super::desk::Desk;
use super::recording;

pub(super) const LAB: &str = "lab: t1
title: A course of one's own
roles:
  app: { service: app }
checks:
  - id: t1-runs
    title: It runs
    points: 2
    core: true
    expect: { running: { role: app } }
    why: It has to.
    hints: [Start it.]
    chapter: t1.html#runs
  - id: t1-answers
    title: It answers
    points: 3
    after: [t1-runs]
    expect: { page: { role: app, path: /, status: 200 } }
    why: It has to.
    hints: [Ask it.]
    chapter: t1.html#answers
";

/// What a course with this lab file shows.
fn course(lab: &str) -> String {
    let desk = Desk::new();
    desk.write("course/t1/lab.yaml", lab);
    desk.shows("t1 --course course")
}

#[test]
fn a_course_of_ones_own_is_read_without_recompiling() {
    let desk = Desk::new();
    desk.write("course/t1/lab.yaml", LAB);
    let facts = recording("v1", "solution").replacen("\"lab\": \"v1\"", "\"lab\": \"t1\"", 1);
    desk.write("facts.json", &facts);
    assert_shown!(
        "own-course",
        desk.shows("t1 --course course --replay facts.json")
    );
    assert_shown!("own-course-other-lab", desk.shows("v1 --course course"));
}

#[test]
fn a_lab_file_that_is_wrong_is_named_with_line_and_column() {
    assert_shown!(
        "lab-file-typo",
        course(&LAB.replacen("points: 2", "pionts: 2", 1))
    );
    assert_shown!(
        "lab-file-unknown-kind",
        course(&LAB.replacen("running:", "runing:", 1))
    );
    assert_shown!(
        "lab-file-unknown-parameter",
        course(&LAB.replacen("{ role: app }", "{ rule: app }", 1))
    );
    assert_shown!(
        "lab-file-unknown-role",
        course(&LAB.replacen("{ role: app }", "{ role: ap }", 1))
    );
    assert_shown!(
        "lab-file-id-twice",
        course(
            &LAB.replace("t1-answers", "t1-runs")
                .replace("after: [t1-runs]\n    ", "")
        )
    );
    assert_shown!(
        "lab-file-circle",
        course(&LAB.replacen("core: true", "after: [t1-answers]", 1))
    );
    assert_shown!(
        "lab-file-missing-reference",
        course(&LAB.replacen("after: [t1-runs]", "after: [t1-run]", 1))
    );
    assert_shown!(
        "lab-file-no-points",
        course(&LAB.replacen("points: 2", "points: 0", 1))
    );
    assert_shown!(
        "lab-file-no-hints",
        course(&LAB.replacen("hints: [Start it.]", "hints: []", 1))
    );
    assert_shown!("lab-file-no-yaml", course("lab: [t1"));
    assert_shown!("lab-file-empty", course(""));
}

#[test]
fn a_course_that_is_not_there_is_said() {
    let desk = Desk::new();
    desk.write("empty/notes.txt", "");
    assert_shown!("course-missing", desk.shows("t1 --course nowhere"));
    assert_shown!("course-empty", desk.shows("t1 --course empty"));
}
