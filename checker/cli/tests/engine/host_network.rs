//! A container of the stack in the machine's own network: nothing is run in there, as an image of the stack may hold any
//! program.

use std::time::Duration;

use labcheck_engine::address::Address;
use labcheck_engine::client::Engine;
use labcheck_engine::exec::Program;
use labcheck_engine::sidecars::Sidecars;
use serde_json::{Value, json};

use super::fake::{Fake, Mood, container};

/// Tries to run a program of an image in the network of `id`: whether it was refused, and whether a container was made.
async fn tried(containers: Vec<Value>, id: &str) -> (Option<String>, bool) {
    let fake = Fake::start(Mood::Well, containers);
    let address = Address {
        url: fake.url.clone(),
        from: "the test".into(),
        tls: None,
    };
    let engine = Engine::open(&address).await.expect("an engine");
    let program = Program {
        cmd: vec!["sh".into(), "-c".into(), "id".into()],
        ..Program::default()
    };
    let deadline = Duration::from_secs(5);
    let ended = Sidecars::new(&engine)
        .run(id, "sha256:1", &program, deadline)
        .await;
    let made = fake.asked();
    let made = made.iter().any(|path| path.contains("/containers/create"));
    (ended.err(), made)
}

fn in_network(id: &str, mode: &str) -> Value {
    let mut one = container(id, &format!("shop-{id}-1"), Some("shop"));
    one["HostConfig"]["NetworkMode"] = json!(mode);
    one
}

#[tokio::test]
async fn nothing_of_the_stack_is_run_in_the_machines_network() {
    let (why, made) = tried(vec![in_network("aaaa", "host")], "aaaa").await;
    assert!(
        why.as_deref()
            .is_some_and(|why| why.contains("the machine's own network")),
        "{why:?}"
    );
    assert!(!made, "a container was made");
    // By way of another container.
    let chain = vec![
        in_network("aaaa", "container:bbbb"),
        in_network("bbbb", "host"),
    ];
    assert!(!tried(chain, "aaaa").await.1, "a container was made");
    // The test would see one that is made.
    assert!(
        tried(vec![in_network("aaaa", "shop_default")], "aaaa")
            .await
            .1
    );
}
