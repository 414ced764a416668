//! Containers whose network one of the stack is in: looked up among all of the engine's, the stack's or not.

use labcheck_core::facts::Facts;
use serde_json::{Value, json};

use super::fake::{Fake, Mood, container};
use super::look;

/// What a look shows of an application in the network of another container, beside these.
async fn seen(lender: &str, others: Vec<Value>) -> Facts {
    let mut app = container("aaaa", "shop-app-1", Some("shop"));
    app["HostConfig"]["NetworkMode"] = json!(format!("container:{lender}"));
    app["NetworkSettings"] = json!({ "Networks": {} });
    let mut all = vec![app];
    all.extend(others);
    look(&Fake::start(Mood::Well, all)).await.expect("facts")
}

#[tokio::test]
async fn one_outside_of_the_stack_is_told_with_its_networks_and_ports() {
    let mut stranger = container("dddd", "somebodys", None);
    stranger["NetworkSettings"]["Ports"] =
        json!({ "3306/tcp": [{ "HostIp": "0.0.0.0", "HostPort": "18391" }] });
    let facts = seen("dddd", vec![stranger]).await;
    let lender = facts.lenders.first().expect("it was looked up");
    assert_eq!(lender.networks[0].network, "shop_default");
    assert_eq!(lender.ports[0].host, 18391);
    assert!(lender.env.is_empty() && lender.command.is_empty());
    assert_eq!(facts.networks.len(), 1);
}

#[tokio::test]
async fn one_that_is_gone_is_not_made_up() {
    let facts = seen("dddd", Vec::new()).await;
    assert!(facts.lenders.is_empty());
    let mode = &facts.containers[0].network_mode;
    assert_eq!(mode.lender(), Some("dddd"));
}
