//! Who is held up by whom, on hand-built facts.

use super::*;
use crate::facts::{Dependency, Facts};

/// A container of a service that waits for others, each with the end of a condition's name.
fn service(name: &str, state: State, health: Health, on: &[(&str, &str)]) -> Container {
    let on = on.iter().map(|(service, condition)| Dependency {
        service: (*service).into(),
        condition: format!("service_{condition}"),
    });
    Container {
        name: format!("v6-{name}-1"),
        service: Some(name.into()),
        depends_on: Some(on.collect()),
        state,
        health,
        ..Container::default()
    }
}

fn state(status: Status) -> State {
    State {
        status,
        up_ms: (status == Status::Running).then_some(60_000),
        ..State::default()
    }
}

/// What is said of the first container: the verdict's word, and what was found.
fn said(containers: Vec<Container>) -> (&'static str, String) {
    let facts = Facts {
        containers,
        ..Facts::default()
    };
    let scene = Scene::new(&facts);
    let Some(obstacle) = held_up(&facts.containers[0], &scene) else {
        return ("free", String::new());
    };
    match obstacle.verdict("it runs".into()) {
        Verdict::HeldUp(finding, by) => ("held", format!("{}: {by}", finding.found)),
        Verdict::Fail(finding) => ("fail", finding.found),
        Verdict::Unknown(finding) => ("unknown", finding.found),
        Verdict::Pass(finding) => ("pass", finding.found),
    }
}

fn proxy(on: &[(&str, &str)]) -> Container {
    service("proxy", state(Status::Created), Health::None, on)
}

#[test]
fn an_unhealthy_application_holds_its_proxy_up_with_the_words_of_its_check() {
    let app = |health| service("app", state(Status::Running), health, &[]);
    let on = [("app", "healthy")];
    let (word, found) = said(vec![
        proxy(&on),
        app(Health::Unhealthy("curl: not found".into())),
    ]);
    assert_eq!(word, "held");
    assert_eq!(
        found,
        "it was never started: it waits for `app`, which is unhealthy; its health check says: curl: not found: v6-app-1"
    );
    // Compose refuses to wait for the health of one that has no check.
    let (word, found) = said(vec![proxy(&on), app(Health::None)]);
    assert_eq!(word, "held");
    assert!(found.contains("which has no health check"), "{found}");
}

#[test]
fn what_is_still_starting_or_working_is_undecided() {
    let app = |health| service("app", state(Status::Running), health, &[]);
    let (word, found) = said(vec![proxy(&[("app", "healthy")]), app(Health::Starting)]);
    assert_eq!(word, "unknown");
    assert!(found.contains("still starting"), "{found}");
    let done = [("app", "completed_successfully")];
    assert_eq!(said(vec![proxy(&done), app(Health::None)]).0, "unknown");
}

#[test]
fn the_end_of_a_chain_is_named() {
    let mut looping = state(Status::Restarting);
    looping.restart_count = 4;
    let mut db = service("db", looping, Health::Starting, &[]);
    db.last_log = vec!["MARIADB_USER is set but not MARIADB_PASSWORD".into()];
    let app = service(
        "app",
        state(Status::Created),
        Health::None,
        &[("db", "healthy")],
    );
    let (word, found) = said(vec![proxy(&[("app", "healthy")]), app, db]);
    assert_eq!(word, "held");
    assert!(
        found.contains("`db`, which is in a restart loop: restarted 4 times so far; its last log line: MARIADB_USER is set"),
        "{found}"
    );
    assert!(found.ends_with(": v6-db-1"), "{found}");
}

#[test]
fn one_that_looks_healthy_between_two_restarts_is_not_well() {
    let mut young = state(Status::Running);
    young.restart_count = 5;
    young.up_ms = Some(900);
    let app = service("app", young, Health::Starting, &[]);
    let (word, found) = said(vec![proxy(&[("app", "healthy")]), app]);
    assert_eq!(word, "held");
    assert!(found.contains("in a restart loop"), "{found}");
}

#[test]
fn a_program_that_should_have_ended_well_did_not() {
    let ended = |code| {
        let mut ended = state(Status::Exited);
        ended.exit_code = code;
        service("keys", ended, Health::None, &[])
    };
    let on = [("keys", "completed_successfully")];
    let (word, found) = said(vec![proxy(&on), ended(3)]);
    assert_eq!(word, "held");
    assert!(found.contains("which stopped with exit code 3"), "{found}");
    assert_eq!(said(vec![proxy(&on), ended(0)]).0, "free");
}

#[test]
fn nobody_holds_up_who_is_well_or_not_waited_for() {
    let app = service("app", state(Status::Running), Health::Healthy, &[]);
    assert_eq!(said(vec![proxy(&[("app", "healthy")]), app]).0, "free");
    let sick = service(
        "app",
        state(Status::Running),
        Health::Unhealthy("no".into()),
        &[],
    );
    assert_eq!(
        said(vec![proxy(&[("app", "started")]), sick.clone()]).0,
        "free"
    );
    let mut refused = proxy(&[("app", "healthy")]);
    refused.state.error = "port is already allocated".into();
    assert_eq!(said(vec![refused, sick]).0, "free");
    let (word, found) = said(vec![proxy(&[("gone", "healthy")])]);
    assert_eq!(word, "fail");
    assert!(found.contains("`gone`, of which there is no container"));
    // A circle ends.
    let circle = service(
        "app",
        state(Status::Created),
        Health::None,
        &[("proxy", "healthy")],
    );
    said(vec![proxy(&[("app", "healthy")]), circle]);
}

#[test]
fn a_build_that_fails_is_told_by_its_first_error() {
    let mut app = service("app", state(Status::Exited), Health::None, &[]);
    app.state.exit_code = 101;
    app.last_log = [
        "error[E0425]: cannot find value `x` in this scope",
        "--> src/main.rs:3:5",
        "For more information about this error, try `rustc --explain E0425`.",
        "error: could not compile `inventory` (bin \"inventory\") due to 1 previous error",
    ]
    .map(str::to_owned)
    .into();
    assert_eq!(
        down(&app),
        "stopped with exit code 101; the first error in its log: error[E0425]: cannot find value `x` in this scope --> src/main.rs:3:5"
    );
}
