//! Cases of the kinds that judge which networks containers share, and which of them lead outside.

use serde_json::{Value, json};

use super::{Case, UNSEEN, case, unseen};

pub(super) fn cases() -> Vec<Case> {
    [shared(), apart(), lent(), declared()]
        .into_iter()
        .flatten()
        .collect()
}

fn shared() -> Vec<Case> {
    vec![
        case(
            "shared_network",
            "pass",
            "v4_default",
            vec![
                ("/containers/0/networks", json!([])),
                ("/containers/0/network_mode", json!("container:v4-db-1")),
            ],
        ),
        case(
            "shared_network",
            "fail",
            "legacy links",
            vec![("/containers/0/links", json!(["/db:/app/db"]))],
        ),
        case(
            "shared_network",
            "fail",
            "share no network",
            vec![("/containers/0/networks", json!([]))],
        ),
        case(
            "shared_network",
            "fail",
            "names are not looked up",
            vec![
                ("/containers/0/networks", json!([{ "network": "bridge" }])),
                ("/containers/1/networks", json!([{ "network": "bridge" }])),
            ],
        ),
    ]
}

/// The database is in the network of a container outside of the stack.
fn in_anothers_network(lenders: &Value) -> Vec<(&'static str, Value)> {
    vec![
        ("/containers/1/networks", json!([])),
        ("/containers/1/network_mode", json!("container:aaaa01")),
        ("/lenders", lenders.clone()),
    ]
}

/// A container outside of the stack, on these networks, that publishes the database's port.
fn lender(networks: &[&str]) -> Value {
    let ends: Vec<Value> = networks
        .iter()
        .map(|one| json!({ "network": one }))
        .collect();
    json!({ "name": "pause", "id": "aaaa01", "networks": ends,
        "ports": [{ "container": 3306, "proto": "tcp", "host_ip": "0.0.0.0", "host": 18391 }] })
}

fn lent() -> Vec<Case> {
    let both = json!([lender(&["v4_default", "v4_edge"])]);
    let inner = json!([lender(&["v4_default"])]);
    let next = json!([{ "name": "first", "id": "aaaa01", "network_mode": "container:pause" },
        { "name": "pause", "id": "0123", "networks": [{ "network": "v4_edge" }] }]);
    let gone = "which the engine does not know";
    vec![
        case(
            "apart",
            "fail",
            "both are on `v4_edge`",
            in_anothers_network(&both),
        ),
        case(
            "apart",
            "fail",
            "both are on `v4_edge`",
            in_anothers_network(&next),
        ),
        case(
            "apart",
            "pass",
            "`db` is on `v4_default`",
            in_anothers_network(&inner),
        ),
        case("apart", "unknown", gone, in_anothers_network(&json!([]))),
        case(
            "shared_network",
            "pass",
            "v4_default",
            in_anothers_network(&inner),
        ),
        case(
            "shared_network",
            "unknown",
            gone,
            in_anothers_network(&json!([])),
        ),
        case("by_name", "unknown", gone, in_anothers_network(&json!([]))),
        case(
            "closed_from_outside",
            "fail",
            "0.0.0.0:18391",
            in_anothers_network(&inner),
        ),
        case(
            "closed_from_outside",
            "unknown",
            gone,
            in_anothers_network(&json!([])),
        ),
        case(
            "one_entry",
            "fail",
            "0.0.0.0:18391",
            in_anothers_network(&inner),
        ),
        case(
            "one_entry",
            "unknown",
            gone,
            in_anothers_network(&json!([])),
        ),
        case(
            "unreachable",
            "unknown",
            gone,
            in_anothers_network(&json!([])),
        ),
    ]
}

fn apart() -> Vec<Case> {
    vec![
        case(
            "apart",
            "pass",
            "`db` is on `v4_default`, `proxy` on `v4_edge`",
            vec![],
        ),
        case(
            "apart",
            "fail",
            "both are on `v4_default`",
            vec![(
                "/containers/3/networks",
                json!([{ "network": "v4_edge" }, { "network": "v4_default" }]),
            )],
        ),
        case(
            "apart",
            "fail",
            "both are on `bridge`",
            vec![
                ("/containers/3/networks", json!([{ "network": "bridge" }])),
                ("/containers/1/networks", json!([{ "network": "bridge" }])),
            ],
        ),
        case(
            "apart",
            "fail",
            "`proxy` is in the host's own network",
            vec![
                ("/containers/3/networks", json!([{ "network": "host" }])),
                ("/containers/3/network_mode", json!("host")),
            ],
        ),
        case(
            "apart",
            "fail",
            "one network stack together",
            vec![
                ("/containers/3/networks", json!([])),
                ("/containers/3/network_mode", json!("container:v4-db-1")),
            ],
        ),
        case(
            "apart",
            "pass",
            "on none",
            vec![
                ("/containers/1/networks", json!([{ "network": "none" }])),
                ("/containers/3/networks", json!([])),
            ],
        ),
    ]
}

fn declared() -> Vec<Case> {
    let of = |rows: Value| vec![("/declared/0/networks", json!({ "seen": rows }))];
    vec![
        case("internal_network", "pass", "`v4_default`", vec![]),
        case(
            "internal_network",
            "fail",
            "they share `v4_default`, which is not internal",
            vec![("/networks/0/internal", json!(false))],
        ),
        case(
            "internal_network",
            "fail",
            "share no network",
            vec![("/containers/1/networks", json!([]))],
        ),
        case(
            "internal_network",
            "unknown",
            "did not list network",
            vec![("/networks", json!([]))],
        ),
        case("networks_used", "pass", "`default` and `edge`", vec![]),
        case(
            "networks_used",
            "fail",
            "`internal` is declared, but no service is on it",
            of(json!([{ "key": "edge", "named_by_service": true }, { "key": "internal" }])),
        ),
        case(
            "networks_used",
            "pass",
            "`default` and `edge`",
            of(
                json!([{ "key": "backup", "named_by_service": true }, { "key": "shared", "name": "v4_edge", "external": true }]),
            ),
        ),
        case(
            "networks_used",
            "fail",
            "every container is on `default` alone",
            vec![
                (
                    "/containers/0/networks",
                    json!([{ "network": "v4_default" }]),
                ),
                (
                    "/containers/3/networks",
                    json!([{ "network": "v4_default" }]),
                ),
            ],
        ),
        case(
            "networks_used",
            "fail",
            "`v4_spare` was made, but no container is on it",
            vec![
                ("/declared", json!([])),
                (
                    "/networks",
                    json!([
                        { "name": "v4_default", "project": "v4" },
                        { "name": "v4_edge", "project": "v4" },
                        { "name": "v4_spare", "project": "v4" }
                    ]),
                ),
            ],
        ),
        case(
            "networks_used",
            "unknown",
            UNSEEN,
            vec![("/declared/0/networks", unseen())],
        ),
        case(
            "networks_used",
            "unknown",
            "not looked at",
            vec![("/declared", Value::Null)],
        ),
    ]
}
