//! From facts to points: order of `after`, causes, blame, outcome, and what to mend first.

use labcheck_core::error::Explain as _;
use labcheck_core::facts::Facts;
use labcheck_core::grade::{Grade, Mark, Outcome, judge};
use labcheck_core::lab::{Course, LabError};
use serde_json::{Value, json};

const BASE: &str = include_str!("kinds/base.json");

/// A lab of four checks in a row, and one beside it.
const LAB: &str = r"
lab: v1
title: Made up
roles: { app: { service: app } }
checks:
  - { id: v1-last, title: last, points: 1, after: [v1-middle], expect: { image_pinned: { role: app } }, why: w, hints: [h], chapter: c.html#c }
  - { id: v1-up, title: up, points: 3, core: true, expect: { running: { role: app } }, why: w, hints: [h], chapter: c.html#c }
  - { id: v1-middle, title: middle, points: 2, core: true, after: [v1-up], expect: { page: { role: app, path: /, status: 200 } }, why: w, hints: [h], chapter: c.html#c }
  - { id: v1-beside, title: beside, points: 5, expect: { loopback_only: { role: app } }, why: w, hints: [h], chapter: c.html#c }
";

fn grade(changes: &[(&str, Value)]) -> Grade {
    let mut facts: Value = serde_json::from_str(BASE).expect("base facts");
    for (pointer, value) in changes {
        *facts
            .pointer_mut(pointer)
            .expect("a place in the base facts") = value.clone();
    }
    let facts: Facts = serde_json::from_value(facts).expect("facts");
    let course =
        Course::from_files([("lab.yaml".to_owned(), LAB.to_owned())]).expect("the lab is valid");
    judge(&course.lab("v1").expect("the lab"), facts)
}

fn mark<'g>(grade: &'g Grade, id: &str) -> &'g Mark {
    &grade.check(id).expect("a check of that name").mark
}

#[test]
fn all_green_is_passed_with_every_point() {
    let grade = grade(&[]);
    let points = grade.points();
    assert_eq!((points.earned, points.open, points.possible), (11, 0, 11));
    assert_eq!(grade.outcome(), Outcome::Passed);
    assert!(grade.next().is_none());
}

#[test]
fn dependants_of_a_fail_are_skipped_with_the_root_as_cause() {
    let grade = grade(&[(
        "/containers/0/state",
        json!({ "status": "exited", "exit_code": 1 }),
    )]);
    for id in ["v1-middle", "v1-last"] {
        assert!(
            matches!(mark(&grade, id), Mark::Skipped { cause, costs: true } if cause.as_str() == "v1-up"),
            "{id}"
        );
    }
    assert_eq!(grade.outcome(), Outcome::Failed);
    let points = grade.points();
    assert_eq!(
        (points.earned, points.open),
        (5, 0),
        "what is skipped because of a fail is lost"
    );
    let next = grade.next().expect("something to mend");
    assert_eq!(next.entry.id.as_str(), "v1-up");
    assert_eq!(
        grade.behind(&next.entry.id).1,
        6,
        "its own three points and the three behind it"
    );
}

#[test]
fn what_could_not_be_looked_at_costs_nothing() {
    let grade = grade(&[("/pages/0/answer", json!({ "unseen": "no network" }))]);
    assert!(matches!(mark(&grade, "v1-middle"), Mark::Unknown(_)));
    assert!(matches!(
        mark(&grade, "v1-last"),
        Mark::Skipped { costs: false, .. }
    ));
    assert_eq!(grade.outcome(), Outcome::Unknown);
    let points = grade.points();
    assert_eq!((points.earned, points.open, points.possible), (8, 3, 11));
}

#[test]
fn a_leftover_costs_no_points_but_the_milestone_is_not_there() {
    let error = "Bind for 127.0.0.1:5000 failed: port is already allocated";
    let grade = grade(&[(
        "/containers/0/state",
        json!({ "status": "created", "error": error }),
    )]);
    assert_eq!(grade.outcome(), Outcome::Failed);
    let points = grade.points();
    assert_eq!((points.earned, points.open), (5, 6));
}

#[test]
fn a_star_alone_does_not_hold_the_milestone_up() {
    let grade = grade(&[("/containers/0/ports/0/host_ip", json!("0.0.0.0"))]);
    assert!(matches!(mark(&grade, "v1-beside"), Mark::Fail(_)));
    assert_eq!(grade.outcome(), Outcome::Passed);
    assert_eq!(
        grade.next().map(|next| next.entry.id.as_str().to_owned()),
        Some("v1-beside".into())
    );
}

#[test]
fn the_same_facts_give_the_same_report() {
    let changes = [(
        "/containers/0/state",
        json!({ "status": "exited", "exit_code": 1 }),
    )];
    assert_eq!(
        labcheck_core::report::json(&grade(&changes), 0),
        labcheck_core::report::json(&grade(&changes), 0)
    );
}

fn wrong(lab: &str) -> (usize, String, String) {
    let err = Course::from_files([("lab.yaml".to_owned(), lab.to_owned())])
        .expect_err("a wrong lab file");
    let help = err.help().unwrap_or_default();
    match err {
        LabError::Wrong { line, what, .. } => (line, what, help),
        other => panic!("{other}"),
    }
}

#[test]
fn a_wrong_lab_file_is_named_with_its_place_and_a_way_out() {
    let (line, what, help) = wrong(&LAB.replacen("points: 3", "ponits: 3", 1));
    assert_eq!(line, 7, "{what}");
    assert!(
        what.contains("ponits") && help.contains("`points`"),
        "{what} / {help}"
    );

    let (line, what, help) = wrong(&LAB.replacen("running:", "runing:", 1));
    assert_eq!(line, 7, "{what}");
    assert!(
        what.contains("runing") && help.contains("`running`"),
        "{what} / {help}"
    );

    let (line, what, _) = wrong(&LAB.replacen("id: v1-beside", "id: v1-up", 1));
    assert_eq!((line, what.contains("used twice")), (9, true), "{what}");

    let (line, what, help) = wrong(&LAB.replacen("after: [v1-up]", "after: [v1-upp]", 1));
    assert_eq!(
        (
            line,
            what.contains("no check is called `v1-upp`"),
            help.contains("`v1-up`")
        ),
        (8, true, true),
        "{what} / {help}"
    );

    let circle = LAB.replacen(
        "core: true, expect: { running",
        "core: true, after: [v1-last], expect: { running",
        1,
    );
    let (_, what, _) = wrong(&circle);
    assert!(
        what.contains("circle: v1-last → v1-middle → v1-up → v1-last"),
        "{what}"
    );

    let (_, what, _) = wrong(&LAB.replacen("points: 3", "points: 99", 1));
    assert!(what.contains("99 points"), "{what}");

    let (_, what, help) = wrong(&LAB.replacen("id: v1-beside", "id: v2-beside", 1));
    assert!(
        what.contains("does not begin") && help.contains("again"),
        "{what} / {help}"
    );
}

/// A proxy that waits for an application that waits for its database, and one check about each, the proxy's first.
const CHAIN: &str = r"
lab: v1
title: Made up
roles: { app: { service: app }, db: { service: db }, proxy: { service: proxy } }
checks:
  - { id: v1-front, title: front, points: 4, core: true, expect: { running: { role: proxy } }, why: w, hints: [h], chapter: c.html#c }
  - { id: v1-page, title: page, points: 8, core: true, after: [v1-front], expect: { image_pinned: { role: proxy } }, why: w, hints: [h], chapter: c.html#c }
  - { id: v1-up, title: up, points: 3, core: true, expect: { running: { role: app } }, why: w, hints: [h], chapter: c.html#c }
  - { id: v1-db, title: db, points: 2, expect: { healthy: { role: db } }, why: w, hints: [h], chapter: c.html#c }
  - { id: v1-whole, title: whole, points: 1, after: [v1-front, v1-up, v1-db], expect: { all_healthy: {} }, why: w, hints: [h], chapter: c.html#c }
";

fn chained(db: &Value, app: &Value, lab: &str) -> Grade {
    let one = |service: &str, state: &Value, on: Value| {
        let mut container = json!({ "name": format!("v1-{service}-1"), "service": service, "image": "x:1", "depends_on": on });
        for (key, value) in state.as_object().expect("its state") {
            container[key] = value.clone();
        }
        container
    };
    let wait = |service: &str| json!([{ "service": service, "condition": "service_healthy" }]);
    let created = json!({ "state": { "status": "created" } });
    let taken =
        |service: &str| json!([{ "container": format!("v1-{service}-1"), "why": "service" }]);
    let facts = json!({
        "schema": "labcheck.facts/v1", "lab": "v1",
        "containers": [one("proxy", &created, wait("app")), one("app", app, wait("db")), one("db", db, json!([]))],
        "roles": { "proxy": taken("proxy"), "app": taken("app"), "db": taken("db") },
    });
    let facts: Facts = serde_json::from_value(facts).expect("facts");
    let course =
        Course::from_files([("lab.yaml".to_owned(), lab.to_owned())]).expect("the lab is valid");
    judge(&course.lab("v1").expect("the lab"), facts)
}

fn up(health: &Value) -> Value {
    json!({ "state": { "status": "running", "up_ms": 60000 }, "health": health })
}

#[test]
fn what_was_never_started_is_lost_by_whatever_holds_it_up() {
    let healthy = up(&json!("healthy"));
    let sick = up(&json!({ "unhealthy": "curl: not found" }));
    let created = json!({ "state": { "status": "created" } });
    // An application that runs and is unhealthy: the check of the whole stack is the one that says so.
    let grade = chained(&healthy, &sick, CHAIN);
    let Mark::Fail(finding) = mark(&grade, "v1-whole") else {
        panic!("{:?}", mark(&grade, "v1-whole"));
    };
    assert!(
        finding
            .found
            .contains("`app` is unhealthy; its health check says: curl: not found")
    );
    for id in ["v1-front", "v1-page"] {
        assert!(
            matches!(mark(&grade, id), Mark::Skipped { cause, costs: true } if cause.as_str() == "v1-whole"),
            "{id}: {:?}",
            mark(&grade, id)
        );
    }
    assert_eq!((grade.points().earned, grade.points().open), (5, 0));
    // A database that is unhealthy: everything else follows from it.
    let grade = chained(&sick, &created, CHAIN);
    assert!(matches!(mark(&grade, "v1-db"), Mark::Fail(_)));
    for id in ["v1-front", "v1-page", "v1-up", "v1-whole"] {
        assert!(
            matches!(mark(&grade, id), Mark::Skipped { cause, costs: true } if cause.as_str() == "v1-db"),
            "{id}: {:?}",
            mark(&grade, id)
        );
    }
    assert_eq!(grade.outcome(), Outcome::Failed);
    // One that is still starting decides nothing.
    let grade = chained(&up(&json!("starting")), &created, CHAIN);
    assert!(matches!(mark(&grade, "v1-front"), Mark::Unknown(_)));
    assert_eq!((grade.points().earned, grade.points().open), (0, 18));
}

#[test]
fn without_a_check_about_what_holds_it_up_it_says_so_itself() {
    let alone = CHAIN
        .lines()
        .filter(|line| !line.contains("v1-whole"))
        .collect::<Vec<_>>()
        .join("\n");
    let sick = up(&json!({ "unhealthy": "curl: not found" }));
    let grade = chained(&up(&json!("healthy")), &sick, &alone);
    let Mark::Fail(finding) = mark(&grade, "v1-front") else {
        panic!("{:?}", mark(&grade, "v1-front"));
    };
    assert!(
        finding
            .found
            .contains("it waits for `app`, which is unhealthy")
    );
    assert!(matches!(
        mark(&grade, "v1-page"),
        Mark::Skipped { costs: true, .. }
    ));
}
