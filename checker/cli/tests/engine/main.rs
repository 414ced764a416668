//! The engine contract: the real client against a fake engine that is slow, cuts answers, refuses, is old, or dies
//! half-way.

#![cfg(unix)]

mod base_url;
mod fake;
mod far;
mod host_network;
mod lenders;
mod meanwhile;
mod own;
mod waiting;
mod watch;

#[path = "../terminal/mod.rs"]
mod terminal;

use std::collections::{BTreeMap, BTreeSet};

use fake::{Fake, Mood, container};
use labcheck_core::check::Want;
use labcheck_core::error::Explain as _;
use labcheck_core::facts::{EnvValue, Facts, Role, Seen, Status, labels};
use labcheck_core::grade::{Plan, Target};
use labcheck_core::lab::{LabId, RoleSigns};
use labcheck_engine::error::EngineError;
use labcheck_probe::{Live, Observer as _, ProbeError, Quiet};
use serde_json::json;

fn plan() -> Plan {
    let app = RoleSigns {
        service: Some("app".into()),
        ..RoleSigns::default()
    };
    Plan {
        lab: LabId::try_from("v1".to_owned()).expect("a name"),
        roles: BTreeMap::from([(Role::App, app)]),
        wants: BTreeSet::from([Want::Processes(Role::App)]),
        target: Target::default(),
    }
}

/// The program that a terminal runs.
pub(crate) const PROGRAM: &[&str] = &[env!("CARGO_BIN_EXE_labcheck")];

/// A look at the project `shop`.
async fn look(engine: &Fake) -> Result<Facts, ProbeError> {
    let mut plan = plan();
    plan.target.projects = vec!["shop".into()];
    Live::at(&engine.url).await?.observe(&plan, &Quiet).await
}

/// A look without a word on which stack is meant.
async fn look_around(engine: &Fake) -> Result<Facts, ProbeError> {
    Live::at(&engine.url).await?.observe(&plan(), &Quiet).await
}

fn shop() -> Vec<serde_json::Value> {
    vec![container("aaaa", "shop-app-1", Some("shop"))]
}

#[tokio::test]
async fn a_sparse_answer_becomes_facts() {
    let facts = look(&Fake::start(Mood::Well, shop())).await.expect("facts");
    let app = &facts.containers[0];
    assert_eq!(
        (app.name.as_str(), app.state.status, app.limits.pids),
        ("shop-app-1", Status::Running, None)
    );
    assert_eq!(
        (
            app.restart_policy.as_str(),
            app.user.as_str(),
            app.ports.len()
        ),
        ("no", "", 0)
    );
    assert_eq!(app.env[0].value, EnvValue::Secret { empty: false });
    assert_eq!(app.command, ["serve", "[hidden]"]);
    assert_eq!(facts.roles[&Role::App][0].why, "service name `app`");
    assert_eq!(facts.stack.why, "--project shop");
    assert!(facts.images.is_empty(), "an image that is gone is no error");
    assert_eq!(facts.processes["shop-app-1"].get().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_slow_engine_is_waited_for() {
    assert!(look(&Fake::start(Mood::Slow, shop())).await.is_ok());
}

#[tokio::test]
async fn an_engine_that_hangs_is_given_up() {
    let engine = Fake::start(Mood::Hangs, shop());
    assert!(
        matches!(look(&engine).await, Err(ProbeError::Engine(EngineError::NoEngine { why, .. })) if why.contains("no answer"))
    );
}

#[tokio::test]
async fn cut_answers_are_told_from_a_missing_engine() {
    let engine = Fake::start(Mood::Truncates, shop());
    assert!(
        matches!(look(&engine).await, Err(ProbeError::Engine(EngineError::Lost { doing, .. })) if doing == "listing containers")
    );
}

#[tokio::test]
async fn senseless_answers_are_no_crash() {
    let engine = Fake::start(Mood::Raves, shop());
    let error = look(&engine).await.expect_err("nothing to see");
    assert!(matches!(error, ProbeError::Engine(_)), "{error}");
}

#[tokio::test]
async fn a_refusal_is_quoted() {
    let engine = Fake::start(Mood::Refuses, shop());
    assert!(
        matches!(look(&engine).await, Err(ProbeError::Engine(EngineError::NoEngine { why, .. })) if why.contains("too new"))
    );
}

#[tokio::test]
async fn an_old_engine_is_named_old_and_a_new_one_is_used() {
    assert!(
        matches!(look(&Fake::start(Mood::Speaks("1.30"), shop())).await, Err(ProbeError::Engine(EngineError::TooOld { found, .. })) if found == "1.30")
    );
    assert!(
        look(&Fake::start(Mood::Speaks("1.99"), shop()))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn an_engine_that_dies_half_way_is_an_error_at_every_step() {
    let whole = Fake::start(Mood::Well, shop());
    look(&whole).await.expect("facts");
    for answers in 2..whole.asked().len() {
        let engine = Fake::start(Mood::DiesAfter(answers), shop());
        match look(&engine).await {
            Err(ProbeError::Engine(EngineError::Lost { .. })) => {}
            // A process list or an image that could not be read is not worth losing the rest for.
            Ok(facts) => assert!(
                matches!(facts.processes["shop-app-1"], Seen::Unseen(_)),
                "after {answers} answers"
            ),
            Err(other) => panic!("after {answers} answers: {other}"),
        }
    }
}

#[tokio::test]
async fn no_socket_is_a_line_with_help() {
    let error = Live::at("unix:///nowhere/docker.sock")
        .await
        .expect_err("no engine");
    assert!(
        error.help().unwrap_or_default().contains("started"),
        "{}",
        error.help().unwrap_or_default()
    );
    let ssh = Live::at("ssh://host").await.expect_err("no engine");
    assert!(
        ssh.help().unwrap_or_default().contains("ssh HOST"),
        "{}",
        ssh.help().unwrap_or_default()
    );
}

#[tokio::test]
async fn two_hundred_other_containers_are_not_looked_at_one_by_one() {
    let others = (0..200).map(|at| container(&format!("b{at}"), &format!("other-{at}"), None));
    let engine = Fake::start(Mood::Well, shop().into_iter().chain(others).collect());
    let facts = look(&engine).await.expect("facts");
    assert_eq!((facts.containers.len(), facts.neighbours.len()), (1, 200));
    let asked = engine.asked();
    assert!(asked.len() < 20, "{asked:?}");
    assert!(!asked.iter().any(|path| path.contains("/b1")));
}

#[tokio::test]
async fn hostile_names_and_labels_lose_their_teeth() {
    let mut hostile = container("aaaa", "x", Some("shop"));
    hostile["Name"] = json!("/\u{1b}[31mred\u{202e}\nname");
    hostile["Config"]["Labels"][labels::SERVICE] = json!(format!("{}\u{7}", "s".repeat(5000)));
    hostile["State"]["Error"] = json!("\u{1b}]0;title\u{7}port is already allocated");
    hostile["State"]["Status"] = json!("exited");
    let facts = look(&Fake::start(Mood::Well, vec![hostile]))
        .await
        .expect("facts");
    let text = serde_json::to_string(&facts).expect("JSON");
    assert!(
        !text.contains("\\u001b") && !text.contains("\\u0007") && !text.contains('\u{202e}'),
        "{text}"
    );
    assert_eq!(facts.containers[0].name, "red name");
    assert!(
        facts.containers[0]
            .service
            .as_ref()
            .is_some_and(|service| service.chars().count() <= 121)
    );
    assert_eq!(facts.containers[0].state.error, "port is already allocated");
}

#[tokio::test]
async fn a_stack_that_is_not_there_is_nothing_to_check() {
    assert!(matches!(
        look_around(&Fake::start(Mood::Well, vec![])).await,
        Err(ProbeError::Nothing(..))
    ));
    let two = vec![
        container("aaaa", "a", Some("one")),
        container("bbbb", "b", Some("two")),
    ];
    assert!(
        matches!(look_around(&Fake::start(Mood::Well, two)).await, Err(ProbeError::Nothing(_, help)) if help.contains("--project one"))
    );
}
