//! Cases of the kinds that judge which ports of the machine lead into the stack.

use serde_json::{Value, json};

use super::{Case, case, unseen};

pub(super) fn cases() -> Vec<Case> {
    [entry(), ports()].into_iter().flatten().collect()
}

/// A port of a container, published on an address and port of the machine.
pub(super) fn port(container: u16, ip: &str, host: u16) -> Value {
    json!({ "container": container, "proto": "tcp", "host_ip": ip, "host": host })
}

/// The admin page's container in the host's network, with what it listens on there; the first of these was tried.
fn on_the_machine(sockets: &[(&str, u16)], open: bool) -> Vec<(&'static str, Value)> {
    let listens: Vec<Value> = sockets
        .iter()
        .map(|(address, port)| json!({ "address": address, "port": port }))
        .collect();
    let (address, port) = sockets[0];
    let tries = if open {
        json!([{ "at": format!("203.0.113.7:{port}"), "outcome": "open" }])
    } else {
        json!([])
    };
    let row = json!({ "container": "v4-admin-1", "port": port, "proto": "tcp", "from": "outside",
        "effective": [format!("{address}:{port}")], "tries": tries });
    vec![
        ("/containers/2/network_mode", json!("host")),
        ("/containers/2/ports", json!([])),
        (
            "/reach/seen/machine",
            json!({ "v4-admin-1": { "seen": listens } }),
        ),
        ("/reach/seen/rows/0", row),
    ]
}

fn entry() -> Vec<Case> {
    vec![
        case("one_entry", "pass", "0.0.0.0:8443", vec![]),
        case(
            "one_entry",
            "pass",
            "127.0.0.1:8443",
            vec![("/containers/3/ports", json!([port(443, "127.0.0.1", 8443)]))],
        ),
        case(
            "one_entry",
            "pass",
            "host's network",
            vec![
                ("/containers/3/ports", json!([])),
                ("/containers/3/network_mode", json!("host")),
            ],
        ),
        case(
            "one_entry",
            "fail",
            "`admin` is published on 0.0.0.0:8081 as well",
            vec![("/containers/2/ports", json!([port(80, "0.0.0.0", 8081)]))],
        ),
        case(
            "one_entry",
            "fail",
            "`admin` is in the host's network, and 0.0.0.0:9090 is open to every machine there",
            on_the_machine(&[("0.0.0.0", 9090), ("127.0.0.1", 9091)], true),
        ),
        // Only containers reach a gateway address, and only this machine reaches loopback.
        case(
            "one_entry",
            "pass",
            "0.0.0.0:8443",
            on_the_machine(&[("172.18.0.1", 9090), ("127.0.0.1", 9091)], false),
        ),
        case(
            "one_entry",
            "unknown",
            "which ports it has there could not be seen",
            vec![("/containers/2/network_mode", json!("host"))],
        ),
        case(
            "one_entry",
            "unknown",
            "could not be seen: it is paused",
            vec![
                ("/containers/2/network_mode", json!("host")),
                (
                    "/reach/seen/machine",
                    json!({ "v4-admin-1": { "unseen": "it is paused" } }),
                ),
            ],
        ),
        case(
            "one_entry",
            "fail",
            "`door`, which is not of this stack but on one of its networks, is published on 0.0.0.0:9090",
            vec![(
                "/reach/seen/others",
                json!([{ "container": "door", "place": "0.0.0.0:9090", "url": "http://127.0.0.1:9090/inserter" }]),
            )],
        ),
        case(
            "one_entry",
            "unknown",
            "an address of its own in the network around this machine (`v4_default`, driver macvlan)",
            vec![(
                "/networks/0",
                json!({ "name": "v4_default", "driver": "macvlan" }),
            )],
        ),
        case(
            "one_entry",
            "fail",
            "publishes no port",
            vec![
                ("/containers/3/ports", json!([])),
                ("/containers/3/ports_asked", json!([])),
            ],
        ),
        case(
            "one_entry",
            "fail",
            "every network it is on is internal (`v4_edge`)",
            vec![
                ("/containers/3/ports", json!([])),
                ("/networks/1/internal", json!(true)),
            ],
        ),
        case(
            "one_entry",
            "fail",
            "publishes nothing while it is exited",
            vec![
                ("/containers/3/ports", json!([])),
                ("/containers/3/state", json!({ "status": "exited" })),
            ],
        ),
    ]
}

fn ports() -> Vec<Case> {
    vec![
        case(
            "published",
            "fail",
            "no port is published",
            vec![
                ("/pages", json!([])),
                ("/containers/0/ports", json!([])),
                ("/containers/0/ports_asked", json!([])),
            ],
        ),
        case(
            "published",
            "fail",
            "only exposed",
            vec![
                ("/pages", json!([])),
                ("/containers/0/ports", json!([])),
                ("/containers/0/ports_asked", json!([])),
                ("/containers/0/exposed", json!(["5000/tcp"])),
            ],
        ),
        case(
            "published",
            "fail",
            "0.0.0.0:8000",
            vec![
                ("/pages", json!([])),
                (
                    "/listening",
                    json!({ "v4-app-1": { "seen": [{ "address": "0.0.0.0", "port": 8000 }] } }),
                ),
            ],
        ),
        case(
            "published",
            "unknown",
            "still building (`rustc` runs)",
            vec![
                ("/pages", json!([])),
                (
                    "/processes/v4-app-1",
                    json!({ "seen": [{ "pid": 1, "parent": 0, "command": "/usr/bin/rustc --crate-name a" }] }),
                ),
            ],
        ),
        case(
            "page",
            "unknown",
            "still starting",
            vec![
                ("/pages/0/answer", json!({ "seen": { "Err": "closed" } })),
                ("/containers/0/health", json!("starting")),
            ],
        ),
        case(
            "published",
            "pass",
            "could not be seen",
            vec![
                ("/pages", json!([])),
                ("/listening", json!({ "v4-app-1": unseen() })),
            ],
        ),
        case(
            "loopback_only",
            "fail",
            "0.0.0.0:3306",
            vec![(
                "/containers/1/ports",
                json!([{ "container": 3306, "host": 3306, "proto": "tcp", "host_ip": "0.0.0.0" }]),
            )],
        ),
        case(
            "loopback_only",
            "fail",
            "host networking",
            vec![("/containers/1/network_mode", json!("host"))],
        ),
        case(
            "loopback_only",
            "pass",
            "bound to loopback",
            vec![(
                "/containers/1/ports",
                json!([{ "container": 3306, "host": 3306, "proto": "tcp", "host_ip": "::1" }]),
            )],
        ),
        case(
            "published",
            "pass",
            "through another container",
            vec![
                ("/containers/0/ports", json!([])),
                ("/containers/0/ports_asked", json!([])),
            ],
        ),
    ]
}
