//! Cases of the kinds that judge how a container runs: whom it asks, as whom, on which ports, and how it ends.

use serde_json::{Value, json};

use super::files::image_fact;
use super::{Case, UNSEEN, case, unseen};

pub(super) fn cases() -> Vec<Case> {
    [sessions(), processes(), ports()]
        .into_iter()
        .flatten()
        .collect()
}

fn sessions() -> Vec<Case> {
    let session = |change: Value| {
        let mut session =
            json!({ "user": "a", "account": "a@%", "schema": null, "from": "v4-app-1" });
        if let (Value::Object(session), Value::Object(change)) = (&mut session, change) {
            session.extend(change);
        }
        ("/sql/seen/sessions", json!({ "seen": [session] }))
    };
    let env = |name: &str, value: &str| {
        (
            "/containers/0/env",
            json!([{ "name": name, "value": { "plain": value } }]),
        )
    };
    vec![
        case(
            "by_name",
            "fail",
            "the network's gateway",
            vec![session(json!({ "by_host": true }))],
        ),
        case(
            "by_name",
            "fail",
            "`DB_HOST` names `host.docker.internal`",
            vec![env("DB_HOST", "host.docker.internal")],
        ),
        case(
            "by_name",
            "fail",
            "`DATABASE_URL` names `10.0.0.2`",
            vec![
                env("DATABASE_URL", "mysql://a:b@10.0.0.2/x"),
                (
                    "/containers/1/networks",
                    json!([{ "network": "v4_default", "ip": "10.0.0.2" }]),
                ),
            ],
        ),
        case(
            "by_name",
            "fail",
            "`store:10.0.0.2` stands in its `extra_hosts`",
            vec![
                env("DB_HOST", "store"),
                ("/containers/0/extra_hosts", json!(["store:10.0.0.2"])),
                (
                    "/containers/1/networks",
                    json!([{ "network": "v4_default", "ip": "10.0.0.2" }]),
                ),
            ],
        ),
        case(
            "by_name",
            "pass",
            "on `v4_default`",
            vec![(
                "/containers/0/extra_hosts",
                json!(["host.docker.internal:host-gateway"]),
            )],
        ),
        case(
            "by_name",
            "pass",
            "on `v4_default`",
            vec![env("OTEL_ENDPOINT", "http://host.docker.internal:4317")],
        ),
        case(
            "by_name",
            "fail",
            "share no network",
            vec![("/containers/1/networks", json!([{ "network": "other" }]))],
        ),
        case(
            "by_name",
            "unknown",
            "no session of `app`",
            vec![("/sql/seen/sessions", json!({ "seen": [] }))],
        ),
        case(
            "by_name",
            "pass",
            "on `v4_default`",
            vec![
                env("DB_HOST", "10.0.0.20"),
                (
                    "/containers/1/networks",
                    json!([{ "network": "v4_default", "ip": "10.0.0.2" }]),
                ),
            ],
        ),
        case(
            "by_name",
            "unknown",
            UNSEEN,
            vec![("/sql/seen/sessions", unseen())],
        ),
    ]
}

fn processes() -> Vec<Case> {
    let list = |rows: Value| vec![("/processes/v4-app-1", json!({ "seen": rows }))];
    let row = |user: &str| json!({ "pid": 1, "parent": 0, "user": user, "command": "/inventory" });
    let mapped = [
        ("/processes/v4-app-1", json!({ "seen": [row("100000")] })),
        ("/images/sha256:app/user", json!("")),
    ];
    let stopped = |ms: u64, killed: bool| {
        vec![(
            image_fact("stopped"),
            json!({ "seen": { "took_ms": ms, "killed": killed, "given_s": 10 } }),
        )]
    };
    vec![
        case(
            "effective_user",
            "fail",
            "`inventory` runs as root",
            list(json!([row("root")])),
        ),
        case(
            "effective_user",
            "fail",
            "1 of its 2 processes belong to somebody else",
            list(json!([row("0"), row("33")])),
        ),
        case("effective_user", "unknown", "maps users", mapped.to_vec()),
        case(
            "effective_user",
            "pass",
            "user 100000",
            list(json!([row("100000")])),
        ),
        case(
            "effective_user",
            "unknown",
            UNSEEN,
            vec![("/processes/v4-app-1", unseen())],
        ),
        case(
            "effective_user",
            "unknown",
            "was not looked at",
            list(json!([])),
        ),
        case("stops_in_time", "fail", "was killed", stopped(10_020, true)),
        case(
            "stops_in_time",
            "fail",
            "it took 7.5 s",
            stopped(7500, false),
        ),
        case(
            "stops_in_time",
            "unknown",
            "--disruptive",
            vec![("/course", json!({}))],
        ),
        case(
            "stops_in_time",
            "unknown",
            UNSEEN,
            vec![(image_fact("stopped"), unseen())],
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn ports() -> Vec<Case> {
    let declared = |ports: Value| vec![("/images/sha256:app/exposed", ports)];
    let open = |address: &str, port: u16| {
        (
            "/listening/v4-app-1",
            json!({ "seen": [{ "address": address, "port": port }] }),
        )
    };
    let dockerfile = |ports: Value| {
        (
            image_fact("dockerfile"),
            json!({ "seen": { "path": "Dockerfile", "exposes": ports } }),
        )
    };
    let all: Value = (5000..=5010).map(|port| format!("{port}/tcp")).collect();
    let both = json!(["5000/tcp", "8080/tcp"]);
    vec![
        case(
            "expose_agrees",
            "fail",
            "it declares 8080; `app` listens on 5000",
            declared(json!(["8080/tcp"])),
        ),
        case(
            "expose_agrees",
            "fail",
            "it declares none",
            declared(json!([])),
        ),
        case(
            "expose_agrees",
            "fail",
            "3306, which is the port of MariaDB",
            declared(json!(["3306/tcp", "5000/tcp"])),
        ),
        case(
            "expose_agrees",
            "fail",
            "it declares 8080 too",
            vec![
                ("/images/sha256:app/exposed", both.clone()),
                dockerfile(both.clone()),
            ],
        ),
        case(
            "expose_agrees",
            "pass",
            "5000",
            vec![
                ("/images/sha256:app/exposed", both),
                dockerfile(json!(["5000/tcp"])),
            ],
        ),
        case(
            "expose_agrees",
            "pass",
            "5000",
            declared(json!(["5000/tcp", "443/udp"])),
        ),
        case(
            "expose_agrees",
            "fail",
            "it declares 5001 to 5010 too, where nobody listens",
            vec![
                ("/images/sha256:app/exposed", all.clone()),
                dockerfile(json!(["5000-5010/tcp"])),
            ],
        ),
        case(
            "expose_agrees",
            "pass",
            "5000",
            vec![
                ("/images/sha256:app/exposed", all.clone()),
                dockerfile(json!(["5000/tcp", "5000-5010/udp", "9-1/tcp", "x-y/tcp"])),
            ],
        ),
        case(
            "expose_agrees",
            "fail",
            "it declares 8080 to 8083 and 9000; `app` listens on 5000",
            declared(json!(["8080-8083/tcp", "9000/tcp"])),
        ),
        case(
            "expose_agrees",
            "fail",
            "it declares 3306",
            declared(json!(["3300-3310/tcp", "5000/tcp"])),
        ),
        case(
            "expose_agrees",
            "unknown",
            "no port that others reach",
            vec![open("127.0.0.1", 5000)],
        ),
        case(
            "expose_agrees",
            "unknown",
            "the host's network",
            vec![("/containers/0/network_mode", json!("host"))],
        ),
        case(
            "expose_agrees",
            "unknown",
            UNSEEN,
            vec![("/listening/v4-app-1", unseen())],
        ),
    ]
}
