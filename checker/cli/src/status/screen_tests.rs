//! Where a student stands, drawn from hand-built results and stacks. Asks no engine.

use super::*;
use crate::notes::broken;
use crate::progress::Kept;
use labcheck_core::grade::Outcome;

fn labs() -> Vec<(String, String)> {
    ["v1", "v2"]
        .map(|lab| (lab.to_owned(), format!("Lab {lab}")))
        .into()
}

fn past(lab: &str, outcome: Outcome) -> BTreeMap<String, Past> {
    let kept = Kept {
        outcome,
        earned: 12,
        possible: 20,
        ..Kept::default()
    };
    let past = Past {
        last: kept.clone(),
        best: kept,
        times: 1,
    };
    [(lab.to_owned(), past)].into()
}

fn stack() -> Running {
    Running {
        project: "shop".into(),
        lab: None,
        up: 1,
        of: 1,
        folders: std::collections::BTreeSet::new(),
        containers: Vec::new(),
    }
}

fn placed(lab: &str, labelled: bool) -> Recognised {
    Recognised {
        lab: Some(lab.into()),
        labelled,
        roles: vec![Role::App, Role::Db],
        missing: Vec::new(),
        elsewhere: false,
    }
}

const AT: (i64, usize) = (7200, 100);

#[test]
fn what_runs_is_graded_before_the_next_lab_is_started() {
    let (none, one) = (BTreeMap::new(), stack());
    let of = |past, lab: Option<(&str, bool)>| {
        let stacks = lab.map(|(lab, labelled)| (&one, placed(lab, labelled)));
        let stacks = Ok(stacks.into_iter().collect());
        drawn(&labs(), past, stacks, (Folder::Here, None), AT)
    };
    assert!(of(&none, None).contains("next: labcheck start v1"));
    assert!(of(&none, Some(("v1", true))).contains("next: labcheck v1\n"));
    let text = of(&none, Some(("v1", false)));
    assert!(text.contains("next: labcheck v1 --project shop"), "{text}");
    assert!(
        text.contains("running: the shape of v1 (project shop, 1 of 1 container up): app and db"),
        "{text}"
    );
    let done = past("v1", Outcome::Passed);
    let text = of(&done, Some(("v1", true)));
    assert!(
        text.contains("next: labcheck stop v1, then labcheck start v2\n"),
        "{text}"
    );
    assert!(
        text.contains("passed, 12/20") && text.contains("2 hours ago"),
        "{text}"
    );
    let mut not_yet = past("v1", Outcome::Failed);
    if let Some(past) = not_yet.get_mut("v1") {
        past.last.unsolved = vec!["v1-a".into()];
    }
    let text = of(&not_yet, Some(("v1", true)));
    assert!(
        text.contains("mend first: v1-a; a hint: labcheck hint v1"),
        "{text}"
    );
}

#[test]
fn a_stopped_stack_is_said_to_be_so_and_is_started_again() {
    let mut one = stack();
    one.up = 0;
    let of = |past: &BTreeMap<String, Past>| {
        let stacks = Ok(vec![(&one, placed("v2", true))]);
        drawn(&labs(), past, stacks, (Folder::Here, None), AT)
    };
    let text = of(&BTreeMap::new());
    assert!(
        text.contains("stopped: v2 (project shop); start it: labcheck start v2\n"),
        "{text}"
    );
    assert!(text.contains("running: no stack of the course\n"), "{text}");
    assert!(text.contains("next: labcheck start v2\n"), "{text}");
    let text = of(&past("v2", Outcome::Passed));
    assert!(text.contains("next: labcheck start v1\n"), "{text}");
}

#[test]
fn a_lab_that_was_passed_once_and_is_no_more_comes_next() {
    let mut both = past("v1", Outcome::Failed);
    both.extend(past("v2", Outcome::Failed));
    if let Some(second) = both.get_mut("v2") {
        second.best.outcome = Outcome::Passed;
    }
    let one = stack();
    let of = |running: Option<&str>, hand: Option<&str>| {
        let stacks = running.map(|lab| (&one, placed(lab, true)));
        let hand = hand.map(|lab| Hand {
            lab: lab.into(),
            broken: None,
        });
        let course = (Folder::Here, hand.as_ref());
        drawn(&labs(), &both, Ok(stacks.into_iter().collect()), course, AT)
    };
    assert!(of(Some("v2"), None).contains("next: labcheck v2\n"));
    assert!(of(Some("v2"), Some("v2")).contains("next: labcheck v2\n"));
    assert!(of(None, Some("v2")).contains("next: labcheck start v2\n"));
    assert!(of(Some("v1"), Some("v2")).contains("next: labcheck start v2\n"));
    assert!(of(None, None).contains("next: labcheck start v1\n"));
}

#[test]
fn a_compose_file_that_nobody_can_read_comes_first() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("compose.yaml");
    std::fs::write(path, "services:\n  app:\n\timage: x\n").expect("a file");
    let hand = Hand {
        lab: "v2".into(),
        broken: broken("v2", Some(dir.path())),
    };
    let one = stack();
    let stacks = Ok(vec![(&one, placed("v2", true))]);
    let failed = past("v2", Outcome::Failed);
    let text = drawn(&labs(), &failed, stacks, (Folder::Here, Some(&hand)), AT);
    assert!(
        text.contains("next: compose.yaml, line 3: this is no YAML"),
        "{text}"
    );
    assert!(text.ends_with("then: labcheck start v2\n"), "{text}");
}

#[test]
fn without_a_course_folder_the_first_step_is_to_make_one() {
    let past = past("v1", Outcome::Passed);
    let of = |course| next(&labs(), &past, None, None, course);
    assert_eq!(of(Folder::Here), "labcheck start v2");
    assert_eq!(of(Folder::Below), "cd course");
    assert_eq!(of(Folder::Nowhere), "labcheck init course");
}

/// What is drawn where these run: a lab, its project, whether by label, and whether elsewhere.
fn with(
    past: &BTreeMap<String, Past>,
    hand: Option<&str>,
    all: &[(&str, &str, bool, bool)],
) -> String {
    let stacks: Vec<Running> = all
        .iter()
        .map(|(_, project, _, _)| Running {
            project: (*project).into(),
            ..stack()
        })
        .collect();
    let placed = all.iter().map(|(lab, _, labelled, elsewhere)| Recognised {
        elsewhere: *elsewhere,
        ..placed(lab, *labelled)
    });
    let hand = hand.map(|lab| Hand {
        lab: lab.into(),
        broken: None,
    });
    let course = (Folder::Here, hand.as_ref());
    drawn(
        &labs(),
        past,
        Ok(stacks.iter().zip(placed).collect()),
        course,
        AT,
    )
}

#[test]
fn stacks_of_other_folders_have_a_line_and_no_say() {
    let none = BTreeMap::new();
    let theirs = [("v2", "brk-a", false, true), ("v2", "brk-b", true, true)];
    let text = with(&none, None, &theirs);
    assert!(text.contains("running: no stack of the course\n"), "{text}");
    assert!(
        text.contains(
            "elsewhere: v2 (project brk-a) and v2 (project brk-b), of other folders than this course\n"
        ),
        "{text}"
    );
    assert!(text.contains("next: labcheck start v1\n"), "{text}");
    // Right after `labcheck start v1`.
    let own = [("v1", "v1", true, false), theirs[0]];
    let text = with(&none, Some("v1"), &own);
    assert!(text.contains("next: labcheck v1\n"), "{text}");
    assert!(!with(&none, None, &own[..1]).contains("elsewhere"));
    // A start in this folder that failed, while a stack of another folder runs.
    let text = with(&past("v2", Outcome::Failed), Some("v2"), &theirs);
    assert!(text.contains("next: labcheck start v2\n"), "{text}");
}

#[test]
fn of_several_stacks_of_ones_own_the_one_at_hand_is_graded() {
    let both = [("v1", "v1", true, false), ("v2", "v2", true, false)];
    let of = |hand| with(&BTreeMap::new(), hand, &both);
    assert!(of(Some("v2")).contains("next: labcheck v2\n"));
    assert!(of(None).contains("next: labcheck v1\n"));
    let text = with(&past("v1", Outcome::Passed), None, &both);
    assert!(text.contains("next: labcheck v2\n"), "{text}");
}

#[test]
fn a_passed_stack_that_is_still_up_is_stopped_first() {
    let mut all = past("v1", Outcome::Passed);
    all.extend(past("v2", Outcome::Passed));
    let up = [("v2", "v2", true, false)];
    let text = with(&all, None, &up);
    assert!(
        text.contains("or `labcheck stop v2`, then `labcheck book beyond`\n"),
        "{text}"
    );
    for past in all.values_mut() {
        past.best.earned = past.best.possible;
    }
    let text = with(&all, None, &up);
    assert!(
        text.contains("next: labcheck stop v2, then labcheck book beyond\n"),
        "{text}"
    );
    let text = with(&all, None, &[("v2", "shop", false, false)]);
    assert!(
        text.contains("next: docker compose -p shop down, then labcheck book beyond\n"),
        "{text}"
    );
}

#[test]
fn stars_are_left_only_where_points_are() {
    let mut all = past("v1", Outcome::Passed);
    all.extend(past("v2", Outcome::Passed));
    if let Some(first) = all.get_mut("v1") {
        first.best.earned = first.best.possible;
    }
    let of = |past: &BTreeMap<String, Past>| next(&labs(), past, None, None, Folder::Nowhere);
    assert!(of(&all).contains("`labcheck v2` shows which stars are left"));
    if let Some(second) = all.get_mut("v2") {
        second.best.earned = second.best.possible;
    }
    assert!(!of(&all).contains("stars"), "{}", of(&all));
}

#[test]
fn an_engine_that_does_not_answer_is_said_and_the_table_is_there() {
    let why = "no Docker engine".to_owned();
    for columns in [40, 80] {
        let text = drawn(
            &labs(),
            &past("v1", Outcome::Passed),
            Err(&why),
            (Folder::Here, None),
            (0, columns),
        );
        assert!(
            text.contains("running: no Docker engine") && text.contains("Lab v2"),
            "{text}"
        );
        let longest = text.lines().map(|line| line.chars().count()).max();
        assert!(longest.is_some_and(|longest| longest <= columns), "{text}");
    }
}
