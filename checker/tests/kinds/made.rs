//! Cases of the kinds that judge how an image is made and what its files show.

use serde_json::{Value, json};

use super::{Case, UNSEEN, case, unseen};

const MADE: &str = "/made/v4-app-1";

/// A part of what was made, in the words of the facts.
fn made(part: &'static str) -> &'static str {
    match part {
        "mounts" => "/made/v4-app-1/mounts",
        "toolchain" => "/made/v4-app-1/toolchain",
        "kept" => "/made/v4-app-1/kept",
        "secrets" => "/made/v4-app-1/secrets",
        "dockerfile" => "/made/v4-app-1/dockerfile",
        "current" => "/made/v4-app-1/current",
        "stopped" => "/made/v4-app-1/stopped",
        _ => MADE,
    }
}

pub(super) fn cases() -> Vec<Case> {
    [images(), files(), sessions(), processes(), ports()]
        .into_iter()
        .flatten()
        .collect()
}

fn image(change: Value) -> Value {
    let mut image = json!({ "id": "sha256:app", "size": 1, "exposed": ["5000/tcp"] });
    if let (Value::Object(image), Value::Object(change)) = (&mut image, change) {
        image.extend(change);
    }
    image
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn images() -> Vec<Case> {
    let with = |change| vec![("/images/sha256:app", image(change))];
    let python = json!({ "tags": ["python:3.12", "mine:1"], "digests": ["python@sha256:00"] });
    let stand_in = json!({ "tags": ["rust:1.95-slim"], "labels": { "labcheck.stands-for": "rust:1.95-slim" } });
    let own = json!({ "tags": ["localhost:5000/python:1"], "digests": ["localhost:5000/python@sha256:00"] });
    let fresh = |superseded: Value, newer: Value| {
        vec![(
            made("current"),
            json!({ "superseded": superseded, "newer": newer }),
        )]
    };
    let seen = |value: Value| json!({ "seen": value });
    vec![
        case(
            "own_image",
            "fail",
            "`python:3.12`, running as `inventory:v5`",
            with(python),
        ),
        case("own_image", "fail", "`rust:1.95-slim`", with(stand_in)),
        case("own_image", "pass", "inventory:v5", with(own)),
        case(
            "own_image",
            "fail",
            "`mirror.example/library/php`",
            with(json!({ "digests": ["mirror.example/library/php@sha256:00"] })),
        ),
        case(
            "own_image",
            "fail",
            "`bitnami/nginx`",
            with(json!({ "digests": ["bitnami/nginx@sha256:00"] })),
        ),
        case(
            "own_image",
            "pass",
            "inventory:v5",
            with(json!({ "digests": ["somebody/inventory@sha256:00"] })),
        ),
        case(
            "own_image",
            "unknown",
            "not on the engine any more",
            vec![("/images", json!({}))],
        ),
        case(
            "image_size",
            "fail",
            "has 251 MB",
            with(json!({ "size": 251_000_000 })),
        ),
        case(
            "image_size",
            "unknown",
            "does not say",
            with(json!({ "size": 0 })),
        ),
        case(
            "image_labels",
            "fail",
            "`org.opencontainers.image.version` missing",
            with(
                json!({ "labels": { "org.opencontainers.image.title": "x", "org.opencontainers.image.version": " " } }),
            ),
        ),
        case(
            "image_labels",
            "fail",
            "inherited from the image it is built on",
            with(
                json!({ "labels": { "org.opencontainers.image.title": "debian trixie-slim, made by labcheck", "org.opencontainers.image.version": "trixie" } }),
            ),
        ),
        case(
            "image_labels",
            "unknown",
            "not on the engine any more",
            vec![("/images", json!({}))],
        ),
        case(
            "fresh_image",
            "fail",
            "built anew",
            fresh(seen(json!(true)), unseen()),
        ),
        case(
            "fresh_image",
            "fail",
            "`src/main.rs` was changed after",
            fresh(seen(json!(false)), seen(json!(["src/main.rs"]))),
        ),
        case(
            "fresh_image",
            "fail",
            "`a` and `b` were changed",
            fresh(unseen(), seen(json!(["a", "b"]))),
        ),
        case(
            "fresh_image",
            "unknown",
            UNSEEN,
            fresh(seen(json!(false)), unseen()),
        ),
        case(
            "fresh_image",
            "unknown",
            UNSEEN,
            fresh(unseen(), seen(json!([]))),
        ),
        case(
            "bases_pinned",
            "fail",
            "line 4 of `Dockerfile` is `FROM rust:latest`",
            vec![(
                made("dockerfile"),
                seen(
                    json!({ "path": "Dockerfile", "bases": [{ "line": 4, "image": "rust:latest" }] }),
                ),
            )],
        ),
        case(
            "bases_pinned",
            "fail",
            "`FROM localhost:5000/rust`",
            vec![(
                made("dockerfile"),
                seen(
                    json!({ "path": "Dockerfile", "bases": [{ "line": 1, "image": "localhost:5000/rust" }] }),
                ),
            )],
        ),
        case(
            "bases_pinned",
            "pass",
            "built on nothing",
            vec![(made("dockerfile"), seen(json!({ "path": "Dockerfile" })))],
        ),
        case(
            "bases_pinned",
            "unknown",
            UNSEEN,
            vec![(made("dockerfile"), unseen())],
        ),
        case(
            "no_secret_in_image",
            "fail",
            "environment variable DB_PASSWORD",
            vec![(
                made("secrets"),
                seen(json!(["environment variable DB_PASSWORD"])),
            )],
        ),
        case(
            "no_secret_in_image",
            "unknown",
            UNSEEN,
            vec![(made("secrets"), unseen())],
        ),
    ]
}

fn files() -> Vec<Case> {
    let mount = |change: Value| {
        let mut over =
            json!({ "destination": "/app", "source": "…/app", "kind": "bind", "workdir": true });
        if let (Value::Object(over), Value::Object(change)) = (&mut over, change) {
            over.extend(change);
        }
        vec![(made("mounts"), json!([over]))]
    };
    let seen = |value: Value| json!({ "seen": value });
    vec![
        case(
            "no_source_mounts",
            "fail",
            "`…/app` of this machine is mounted at `/app` and holds source: app.py",
            mount(json!({ "holds": { "seen": ["app.py"] } })),
        ),
        case(
            "no_source_mounts",
            "fail",
            "brings the program itself, `/app/x`",
            mount(json!({ "program": "/app/x", "kind": "volume" })),
        ),
        case(
            "no_source_mounts",
            "pass",
            "no source",
            mount(json!({ "holds": { "seen": [] } })),
        ),
        case(
            "no_source_mounts",
            "unknown",
            UNSEEN,
            mount(json!({ "holds": unseen() })),
        ),
        case(
            "no_toolchain",
            "fail",
            "`/usr/bin/gcc`",
            vec![(made("toolchain"), seen(json!(["/usr/bin/gcc"])))],
        ),
        case(
            "no_toolchain",
            "unknown",
            UNSEEN,
            vec![(made("toolchain"), unseen())],
        ),
        case(
            "left_out",
            "fail",
            "`/app/.git`",
            vec![("/made/v4-app-1/lying/.git", seen(json!(["/app/.git"])))],
        ),
        case(
            "left_out",
            "fail",
            "`/.env`",
            vec![
                ("/made/v4-app-1/lying/.env", seen(json!(["/.env"]))),
                ("/made/v4-app-1/lying/.git", unseen()),
            ],
        ),
        case(
            "left_out",
            "unknown",
            UNSEEN,
            vec![("/made/v4-app-1/lying/.git", unseen())],
        ),
        case(
            "state_in_database",
            "fail",
            "`/app/shop.db`",
            vec![(made("kept"), seen(json!(["/app/shop.db"])))],
        ),
        case(
            "state_in_database",
            "unknown",
            UNSEEN,
            vec![(made("kept"), unseen())],
        ),
    ]
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
            made("stopped"),
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
            vec![(made("stopped"), unseen())],
        ),
    ]
}

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
            made("dockerfile"),
            json!({ "seen": { "path": "Dockerfile", "exposes": ports } }),
        )
    };
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
    let expect: labcheck::check::Expect =
        serde_yaml::with::singleton_map::deserialize(serde_yaml::Deserializer::from_str(yaml))
            .expect("it parses");
    let judged = |health: Value| {
        let facts = super::facts(&[("/containers/0/health", health)]);
        super::word(&labcheck::check::Kind::judge(
            &expect,
            &labcheck::check::Scene::new(&facts),
        ))
    };
    assert_eq!(judged(json!("none")), "fail");
    assert_eq!(judged(json!({ "unhealthy": "no curl" })), "fail");
    assert_eq!(judged(json!("starting")), "unknown");
    assert_eq!(judged(json!("healthy")), "pass");
}
