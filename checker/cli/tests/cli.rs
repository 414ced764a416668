//! The command line as a student types it, on recordings: both streams and the exit code, the environment scrubbed.
//!
//! No engine is asked: `DOCKER_HOST` names a socket that is not there.

macro_rules! assert_shown {
    ($name:literal, $shown:expr) => {
        insta::with_settings!({ snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli"), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, $shown);
        })
    };
}

#[path = "desk/mod.rs"]
mod desk;
#[path = "cli_commands/flags.rs"]
mod flags;
#[path = "cli_commands/no_engine.rs"]
mod no_engine;
#[path = "cli_commands/recordings.rs"]
mod recordings;
#[path = "cli_commands/report.rs"]
mod report;

use std::path::Path;

use desk::Desk;

impl Desk {
    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("inside")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// A copy of a recording.
    fn with_recording(self, lab: &str, name: &str) -> Self {
        self.write(&format!("{name}.json"), &recording(lab, name));
        self
    }

    /// What typing this shows, ready for a snapshot.
    fn shows(&self, typed: &str) -> String {
        self.shows_with(&[], typed)
    }

    fn shows_with(&self, env: &[(&str, &str)], typed: &str) -> String {
        let said = self.types(".", env, typed);
        let here = self.path(".");
        let set = env
            .iter()
            .map(|(name, value)| {
                let here = here.display().to_string();
                format!(
                    "{name}={} ",
                    value.replace(here.trim_end_matches("/."), "[DIR]")
                )
            })
            .collect::<Vec<_>>()
            .concat();
        let real = here.canonicalize().expect("it is there");
        let shown = |text: &str| {
            let text = text.replace(&real.display().to_string(), "[DIR]");
            text.replace('\u{1b}', "␛")
        };
        format!(
            "$ {set}labcheck {}\nexit code: {}\n----- standard output -----\n{}----- standard error -----\n{}",
            typed.escape_debug(),
            said.code
                .map_or_else(|| "none".into(), |code| code.to_string()),
            shown(&said.out),
            shown(&said.err)
        )
    }
}

fn recording(lab: &str, name: &str) -> String {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../recordings/{lab}/{name}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|err| panic!("{}: {err}", path.display()))
}

const LAB: &str = "lab: t1
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

/// A desk on which lab V4 was graded from a stack that has a mistake in it.
fn after_a_grading() -> Desk {
    let desk = Desk::new();
    let data = desk.path(".local/share/labcheck/progress.sqlite");
    let keep = async {
        let store = labcheck::progress::Store::open(&data).await.expect("made");
        let kept = labcheck::progress::Kept {
            at: 1_700_000_000,
            outcome: labcheck_core::grade::Outcome::Failed,
            earned: 32,
            possible: 50,
            unsolved: vec!["v4-app-signs-in-as-itself".into()],
            ..labcheck::progress::Kept::default()
        };
        store.keep("v4", &kept).await.expect("kept");
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(keep);
    desk
}

#[test]
fn alone_it_tells_where_one_stands() {
    assert_shown!("nothing-typed", Desk::new().shows(""));
    let days = |text: String| {
        let words: Vec<&str> = text.split(' ').collect();
        let number = words.iter().position(|word| word.starts_with("days"));
        let number = number
            .map(|at| words[at - 1].to_owned())
            .unwrap_or_default();
        text.replace(&format!("{number} days"), "[N] days")
    };
    assert_shown!("nothing-typed-later", days(after_a_grading().shows("")));
}

#[test]
fn where_a_course_is_its_first_lab_is_next() {
    let desk = Desk::new();
    desk.write("course/labs/v1/lab.yaml", "lab: v1\n");
    assert!(desk.shows("").contains("next: cd course\n"));
    desk.write("labs/v1/lab.yaml", "lab: v1\n");
    assert!(desk.shows("").contains("next: labcheck start v1\n"));
}

#[test]
fn hints_come_one_by_one() {
    let desk = after_a_grading();
    assert_shown!("hint-first", desk.shows("hint v4"));
    assert_shown!("hint-second", desk.shows("hint v4"));
    assert_shown!("hint-last", desk.shows("hint v4"));
    assert_shown!("hint-named", desk.shows("hint v4 v3-db-healthy"));
    assert_shown!("hint-near", desk.shows("hint v4 v3-db-helthy"));
    assert_shown!("hint-not-graded", desk.shows("hint v1"));
    desk.write("course/t1/lab.yaml", LAB);
    let own = desk.types(".", &[], "hint t1 t1-answers --course course");
    assert!(own.out.contains("Ask it."), "{}{}", own.out, own.err);
    assert_shown!("hint-which", desk.shows("hint"));
    desk.write("lab.yaml", "lab: v4\n");
    assert!(desk.shows("hint").contains("hint 3 of 3"));
    let named = desk.shows("hint v3-db-healthy");
    assert!(named.contains("hint 2 of 3"), "{named}");
}

#[test]
fn progress_that_is_damaged_or_cannot_be_kept_is_said_and_stops_nothing() {
    let desk = Desk::new();
    desk.write(
        ".local/share/labcheck/progress.sqlite",
        &"no database at all ".repeat(100),
    );
    assert_shown!("progress-damaged", desk.shows("hint v4 v3-db-healthy"));
    let desk = Desk::new();
    desk.write(".local", "a file where a folder should be");
    assert_shown!("progress-no-place", desk.shows("hint v4 v3-db-healthy"));
}
