//! The screen at several sizes, on hand-built states.

use super::super::files::How;
use super::*;
use labcheck_core::check::Finding;
use labcheck_core::facts::Facts;
use labcheck_core::grade::Grade;
use labcheck_core::lab::Course;

fn state() -> State {
    let lab = Course::embedded().and_then(|course| course.lab("v4"));
    State::new(lab.expect("there"), How::Events)
}

fn graded() -> State {
    let mut state = state();
    let fail = Finding {
        expected: "a running application".into(),
        found: "`app` has exited".into(),
        ..Finding::default()
    };
    let marks = state.lab.checks.iter().enumerate();
    let marks = marks.map(|(at, _)| match at {
        0 => Mark::Fail(fail.clone()),
        _ => Mark::Pass(Finding::default()),
    });
    let grade = Grade::new(&state.lab, marks.collect(), Facts::default());
    state.grade = Some(grade);
    state
}

fn drawn(state: &State, view: &View, size: (usize, usize)) -> Vec<String> {
    let rows = frame(state, view, size);
    assert_eq!(rows.len(), size.1);
    let rows: Vec<String> = rows
        .iter()
        .map(|row| row.iter().map(|(_, piece)| piece.as_str()).collect())
        .collect();
    for row in &rows {
        assert!(row.chars().count() <= size.0, "{row:?}");
    }
    rows
}

#[test]
fn it_fits_into_every_size() {
    let mut state = graded();
    state.stale = vec![
        "compose.yaml changed, the stack runs the old one (app, db): docker compose up -d".into(),
    ];
    let page = Page {
        title: "log".into(),
        lines: vec!["word ".repeat(50), "x".repeat(300)],
        from: 0,
        log: false,
    };
    let paged = View {
        page: Some(page),
        ..View::default()
    };
    for width in [1, 10, 40, 80, 200] {
        for height in [1, 3, 8, 24, 60] {
            drawn(&state, &View::default(), (width, height));
            drawn(&state, &paged, (width, height));
        }
    }
}

#[test]
fn the_check_to_mend_first_is_pointed_at_with_what_was_found() {
    let all = drawn(&graded(), &View::default(), (80, 40)).join("\n");
    assert!(all.contains("> ✗ FAIL    "), "{all}");
    assert!(all.contains("found     `app` has exited"), "{all}");
    let narrow = drawn(&graded(), &View::default(), (40, 24)).join("\n");
    assert!(
        narrow.contains("> ✗ FAIL") && narrow.contains("q quit"),
        "{narrow}"
    );
    let last = graded().lab.checks.last().map(|entry| entry.id.to_string());
    let chosen = View {
        chosen: last,
        ..View::default()
    };
    let low = drawn(&graded(), &chosen, (80, 12)).join("\n");
    assert!(
        low.contains("> ✓ pass"),
        "the list follows what is chosen: {low}"
    );
}

#[test]
fn a_stack_that_is_not_there_is_waited_for_and_nothing_is_red() {
    let mut state = state();
    state.waiting = Some("no stack was started from /home/ada/lab".into());
    let all = drawn(&state, &View::default(), (80, 24)).join("\n");
    assert!(all.contains("Waiting for the stack: no stack"), "{all}");
    assert!(!all.contains("FAIL"), "{all}");
}

#[test]
fn a_log_keeps_its_blanks() {
    let page = Page {
        title: "log".into(),
        lines: vec![
            "    key:   value".into(),
            format!("  a    b {}", "word ".repeat(20)),
        ],
        from: 0,
        log: true,
    };
    let lines = wrapped(&page, 30);
    assert_eq!(lines[0], "    key:   value");
    assert!(lines[1].starts_with("  a    b word"), "{lines:?}");
    assert!(
        lines.iter().all(|line| line.chars().count() <= 30),
        "{lines:?}"
    );
    assert_eq!(wrapped(&page, 1).concat().replace(' ', "").len(), 91);
}

#[test]
fn the_line_below_names_what_is_to_be_mended() {
    let mut state = graded();
    let change = |at: usize, now: ReportVerdict| Change {
        id: state.lab.checks[at].id.to_string(),
        before: Some(ReportVerdict::Pass),
        now,
    };
    let changed = vec![
        change(1, ReportVerdict::Fail),
        change(0, ReportVerdict::Fail),
        change(2, ReportVerdict::Skipped),
    ];
    let first = state.lab.checks[0].id.to_string();
    state.changed = changed;
    let all = drawn(&state, &View::default(), (100, 40)).join("\n");
    assert!(
        all.contains(&format!("{first}: pass -> FAIL, and 2 more")),
        "{all}"
    );
}
