//! Containers that bear the label of a grader's own: those that are exactly as a grader makes them are left out, all others
//! are looked at.

use labcheck_core::facts::{Facts, labels};
use serde_json::{Value, json};

use super::fake::{Fake, Mood, container};
use super::look;

/// A container as a grader makes it to look at an image's files: made long ago, never started.
fn left_by_another(id: &str) -> Value {
    let mut left = container(
        id,
        &format!("labcheck-probe-0123456789abcdef-{}", id.len()),
        None,
    );
    left["Config"] = json!({ "Image": "sha256:1", "Labels": { labels::SIDECAR: "1" } });
    left["State"]["Status"] = json!("created");
    left["Path"] = json!("/labcheck-never-run");
    left["HostConfig"]["NetworkMode"] = json!("none");
    left["NetworkSettings"] = json!({ "Networks": { "none": {} } });
    left["Created"] = json!(1_700_000_000);
    left
}

/// As one that a grader runs beside the application.
fn beside_the_application(id: &str) -> Value {
    let mut running = left_by_another(id);
    running["State"]["Status"] = json!("running");
    running["Path"] = json!("cat /proc/net/tcp /proc/net/tcp6");
    running["HostConfig"]["NetworkMode"] = json!(format!("container:{}", "a".repeat(64)));
    running["NetworkSettings"] = json!({ "Networks": {} });
    running
}

fn labelled(mut one: Value) -> Value {
    one["Config"]["Labels"][labels::SIDECAR] = json!("1");
    one["NetworkSettings"]["Ports"] =
        json!({ "3307/tcp": [{ "HostIp": "0.0.0.0", "HostPort": "18390" }] });
    one
}

/// What a look at the stack beside these shows, and the ids that were removed.
async fn seen(others: Vec<Value>) -> (Facts, Vec<String>) {
    let mut all = vec![container("aaaa", "shop-app-1", Some("shop"))];
    all.extend(others);
    let engine = Fake::start(Mood::Well, all);
    let facts = look(&engine).await.expect("facts");
    let asked = engine.asked();
    let removed = asked.iter().filter(|path| path.contains("v=true"));
    assert!(removed.clone().all(|path| !path.contains("force=true")));
    let id = |path: &String| path.split(['/', '?']).nth(2).unwrap_or_default().to_owned();
    (facts, removed.map(id).collect())
}

#[tokio::test]
async fn a_container_of_the_stack_with_the_label_is_looked_at() {
    let relay = labelled(container("bbbb", "shop-relay-1", Some("shop")));
    let hidden_as = "labcheck-probe-0123456789abcdef-1";
    let hidden = labelled(container("cccc", hidden_as, Some("shop")));
    let (facts, removed) = seen(vec![relay, hidden]).await;
    let names: Vec<&str> = facts
        .containers
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, [hidden_as, "shop-app-1", "shop-relay-1"]);
    assert!(
        facts
            .containers
            .iter()
            .any(|one| one.ports.iter().any(|port| port.host == 18390))
    );
    assert_eq!(removed, Vec::<String>::new());
}

#[tokio::test]
async fn a_container_outside_of_the_stack_with_the_label_is_told() {
    let hidden_as = "labcheck-probe-0123456789abcdef-1";
    let (facts, _) = seen(vec![labelled(container("bbbb", hidden_as, None))]).await;
    let door = facts.neighbours.iter().find(|one| one.name == hidden_as);
    assert!(door.is_some_and(|one| one.ports[0].host == 18390));
}

#[tokio::test]
async fn only_what_an_ended_grader_left_is_removed_and_nothing_that_runs() {
    let mut of_another_image = left_by_another("d");
    of_another_image["Config"]["Image"] = json!("nginx:1.26");
    let mut of_another_program = left_by_another("ee");
    of_another_program["Path"] = json!("sleep infinity");
    let mut exited = beside_the_application("fff");
    exited["State"]["Status"] = json!("exited");
    let mut of_late = left_by_another("1111111");
    of_late["Created"] = json!(4_000_000_000_u64);
    let (facts, mut removed) = seen(vec![
        of_another_image,
        of_another_program,
        exited,
        left_by_another("99999"),
        beside_the_application("888888"),
        of_late,
    ])
    .await;
    removed.sort();
    assert_eq!(removed, ["99999", "fff"]);
    assert_eq!(facts.containers.len(), 1);
}
