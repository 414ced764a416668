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

#[test]
fn a_health_check_may_be_asked_for() {
    let yaml = "healthy: { role: app, by_check: true }";
    let expect: labcheck_core::check::Expect =
        serde_yaml::with::singleton_map::deserialize(serde_yaml::Deserializer::from_str(yaml))
            .expect("it parses");
    let judged = |health: Value| {
        let facts = super::facts(&[("/containers/0/health", health)]);
        super::word(&labcheck_core::check::Kind::judge(
            &expect,
            &labcheck_core::check::Scene::new(&facts),
        ))
    };
    assert_eq!(judged(json!("none")), "fail");
    assert_eq!(judged(json!({ "unhealthy": "no curl" })), "fail");
    assert_eq!(judged(json!("starting")), "unknown");
    assert_eq!(judged(json!("healthy")), "pass");
}

#[test]
fn a_check_that_cannot_fail_is_none() {
    let yaml = "healthy: { role: app, by_check: true }";
    let asked: labcheck_core::check::Expect =
        serde_yaml::with::singleton_map::deserialize(serde_yaml::Deserializer::from_str(yaml))
            .expect("it parses");
    let idle = |container: &'static str| {
        let facts = super::facts(&[(container, json!("exit 0"))]);
        move |expect: &labcheck_core::check::Expect| {
            let verdict = labcheck_core::check::Kind::judge(
                expect,
                &labcheck_core::check::Scene::new(&facts),
            );
            (super::word(&verdict), verdict.finding().found.clone())
        }
    };
    let app = idle("/containers/0/idle_check");
    let (word, found) = app(&asked);
    assert_eq!(word, "fail", "{found}");
    assert_eq!(
        found,
        "its health check, `exit 0`, cannot fail, so nobody knows"
    );
    let (word, found) = app(&super::expect("all_healthy"));
    assert_eq!(
        (word, found.as_str()),
        ("fail", "the health check of `app`, `exit 0`, cannot fail")
    );
    // A database that answers is well, whatever its health check says.
    let db = idle("/containers/1/idle_check");
    let (word, found) = db(&super::expect("healthy"));
    assert_eq!(word, "pass", "{found}");
    assert!(found.starts_with("up, and answers queries"), "{found}");
    let (word, found) = db(&super::expect("waits_for"));
    assert_eq!(word, "fail", "{found}");
    assert!(
        found.contains("the health check of `db`, `exit 0`, cannot fail"),
        "{found}"
    );
}

#[test]
fn a_check_that_succeeds_without_the_program_is_none() {
    let tried = |name: &str, fact: Value| {
        let mut all = serde_json::Map::new();
        all.insert(name.to_owned(), fact);
        super::facts(&[("/tried_health_checks", Value::Object(all))])
    };
    let judged = |expect: &labcheck_core::check::Expect, facts: &labcheck_core::facts::Facts| {
        let scene = labcheck_core::check::Scene::new(facts);
        let verdict = labcheck_core::check::Kind::judge(expect, &scene);
        (super::word(&verdict), verdict.finding().found.clone())
    };
    let yaml = "healthy: { role: app, by_check: true }";
    let asked: labcheck_core::check::Expect =
        serde_yaml::with::singleton_map::deserialize(serde_yaml::Deserializer::from_str(yaml))
            .expect("it parses");
    let command = "curl -f http://localhost/ || date";
    let of = |succeeded: bool| json!({ "seen": { "command": command, "succeeded": succeeded } });
    let app = tried("v4-app-1", of(true));
    let (word, found) = judged(&asked, &app);
    assert_eq!(
        (word, found.as_str()),
        (
            "fail",
            "its health check, `curl -f http://localhost/ || date`, also succeeds where the program does not run, so nobody knows"
        )
    );
    let (word, found) = judged(&super::expect("all_healthy"), &app);
    assert_eq!(word, "fail");
    assert!(
        found.starts_with("the health check of `app`, `curl"),
        "{found}"
    );
    let (word, found) = judged(&super::expect("waits_for"), &tried("v4-db-1", of(true)));
    assert_eq!(word, "fail");
    assert!(
        found.contains("also succeeds where the program does not run"),
        "{found}"
    );
    // One that fails there, and one that could not be tried, are read from their text as before.
    for fact in [of(false), json!({ "unseen": "no end within 3 s" })] {
        for name in ["v4-app-1", "v4-db-1"] {
            let facts = tried(name, fact.clone());
            for expect in [
                &asked,
                &super::expect("all_healthy"),
                &super::expect("waits_for"),
            ] {
                assert_eq!(judged(expect, &facts).0, "pass", "{name}: {fact}");
            }
        }
    }
}
