//! Progress: where a student stands, what is next, and hints one by one.

use super::desk::Desk;
use super::own_course::LAB;

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
