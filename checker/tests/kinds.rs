//! Every kind of check on hand-built facts: it passes on a right stack, fails on a wrong one with words that name what was
//! found, and says unknown where the fact could not be looked at.

#[path = "kinds/assets.rs"]
mod assets;

use labcheck::check::{Blame, Expect, Kind as _, Scene, Verdict};
use labcheck::facts::Facts;
use serde_json::{Value, json};

/// A right stack, in which every example of a kind passes.
const BASE: &str = include_str!("kinds/base.json");

struct Case {
    kind: &'static str,
    /// JSON pointers into the base facts, and what stands there instead; `null` with a `-` in front removes.
    changes: Vec<(&'static str, Value)>,
    verdict: &'static str,
    /// Words that the finding must hold.
    says: &'static str,
}

fn case(
    kind: &'static str,
    verdict: &'static str,
    says: &'static str,
    changes: Vec<(&'static str, Value)>,
) -> Case {
    Case {
        kind,
        changes,
        verdict,
        says,
    }
}

fn expect(kind: &str) -> Expect {
    let (_, yaml) = Expect::EXAMPLES
        .iter()
        .find(|(name, _)| *name == kind)
        .expect("a kind of that name");
    serde_yaml::with::singleton_map::deserialize(serde_yaml::Deserializer::from_str(yaml))
        .expect("the example parses")
}

fn facts(changes: &[(&str, Value)]) -> Facts {
    let mut all: Value = serde_json::from_str(BASE).expect("the base facts are JSON");
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let parent = all
            .pointer_mut(parent)
            .unwrap_or_else(|| panic!("{pointer} is not in the base facts"));
        match parent {
            Value::Object(map) if value == "REMOVE" => drop(map.remove(key)),
            Value::Object(map) => drop(map.insert(key.to_owned(), value.clone())),
            Value::Array(list) => list[key.parse::<usize>().expect("an index")] = value.clone(),
            _ => panic!("{pointer} has no parent"),
        }
    }
    serde_json::from_value(all).expect("changed facts are facts")
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass(_) => "pass",
        Verdict::Fail(finding) if finding.blame == Blame::Leftover => "leftover",
        Verdict::Fail(finding) if finding.blame == Blame::Environment => "environment",
        Verdict::Fail(_) => "fail",
        Verdict::Unknown(_) => "unknown",
    }
}

const UNSEEN: &str = "the client is missing in the image";

fn unseen() -> Value {
    json!({ "unseen": UNSEEN })
}

fn ok(status: u16, body: &str) -> Value {
    json!({ "step": "find", "repeat": "curl", "answer": { "Ok": { "status": status, "body": body } } })
}

fn state() -> Vec<Case> {
    let error = "driver failed programming external connectivity: Bind for 127.0.0.1:5000 failed: port is already allocated";
    vec![
        case(
            "running",
            "unknown",
            "it waits for `db`, which is not healthy",
            vec![
                ("/containers/0/state", json!({ "status": "created" })),
                ("/containers/1/health", json!({ "unhealthy": "no" })),
            ],
        ),
        case(
            "running",
            "fail",
            "docker unpause v4-app-1",
            vec![("/containers/0/state", json!({ "status": "paused" }))],
        ),
        case(
            "running",
            "fail",
            "exit code 3",
            vec![(
                "/containers/0/state",
                json!({ "status": "exited", "exit_code": 3 }),
            )],
        ),
        case(
            "running",
            "fail",
            "restart loop",
            vec![(
                "/containers/0/state",
                json!({ "status": "running", "restart_count": 4, "up_ms": 300 }),
            )],
        ),
        case(
            "running",
            "fail",
            "restarted",
            vec![(
                "/containers/0/state",
                json!({ "status": "running", "restart_count": 1, "restarted_meanwhile": true }),
            )],
        ),
        case(
            "running",
            "pass",
            "running",
            vec![(
                "/containers/0/state",
                json!({ "status": "running", "restart_count": 9, "up_ms": 90000 }),
            )],
        ),
        case(
            "running",
            "fail",
            "out of memory",
            vec![(
                "/containers/0/state",
                json!({ "status": "exited", "oom_killed": true }),
            )],
        ),
        case(
            "running",
            "fail",
            "panicked at",
            vec![
                ("/containers/0/state", json!({ "status": "exited" })),
                ("/containers/0/last_log", json!(["panicked at", ""])),
            ],
        ),
        case(
            "running",
            "fail",
            "none of this stack's containers",
            vec![("/roles/app", json!([]))],
        ),
        case(
            "running",
            "environment",
            "port 5000",
            vec![(
                "/containers/0/state",
                json!({ "status": "created", "error": error }),
            )],
        ),
        case(
            "running",
            "leftover",
            "project `v6`",
            vec![
                (
                    "/containers/0/state",
                    json!({ "status": "created", "error": error }),
                ),
                (
                    "/neighbours",
                    json!([{ "name": "v6-proxy-1", "project": "v6", "ports": [{ "container": 80, "host": 5000, "proto": "tcp", "host_ip": "127.0.0.1" }] }]),
                ),
            ],
        ),
        case(
            "healthy",
            "fail",
            "unhealthy; the health check says: no route",
            vec![("/containers/1/health", json!({ "unhealthy": "no route" }))],
        ),
        case(
            "healthy",
            "unknown",
            "still starting",
            vec![("/containers/1/health", json!("starting"))],
        ),
        case(
            "healthy",
            "fail",
            "restart loop",
            vec![(
                "/containers/1/state",
                json!({ "status": "restarting", "restart_count": 7 }),
            )],
        ),
        case(
            "healthy",
            "pass",
            "answers queries",
            vec![("/containers/1/health", json!("none"))],
        ),
        case(
            "healthy",
            "unknown",
            UNSEEN,
            vec![("/containers/1/health", json!("none")), ("/sql", unseen())],
        ),
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
            "image_pinned",
            "fail",
            "the tag `latest`",
            vec![("/containers/0/image", json!("rust:latest"))],
        ),
        case(
            "image_pinned",
            "fail",
            "no tag",
            vec![("/containers/0/image", json!("registry.example:5000/rust"))],
        ),
        case(
            "image_pinned",
            "pass",
            "v4-app",
            vec![("/containers/0/image", json!("v4-app"))],
        ),
        case(
            "first_process",
            "fail",
            "waits for `inventory`",
            vec![(
                "/processes/v4-app-1",
                json!({ "seen": [{ "pid": 1, "parent": 0, "command": "/bin/sh -c ./inventory" }, { "pid": 7, "parent": 1, "command": "./inventory" }] }),
            )],
        ),
        case(
            "first_process",
            "unknown",
            UNSEEN,
            vec![("/processes/v4-app-1", unseen())],
        ),
        case(
            "kept_in_volume",
            "fail",
            "anonymous volume",
            vec![("/containers/1/mounts/0/kind", json!("anonymous_volume"))],
        ),
        case(
            "kept_in_volume",
            "fail",
            "nothing is mounted there",
            vec![("/containers/1/mounts", json!([]))],
        ),
        case(
            "kept_in_volume",
            "pass",
            "outlives the container",
            vec![("/containers/1/mounts/0/kind", json!("bind"))],
        ),
        case(
            "kept_in_volume",
            "fail",
            "anonymous volume",
            vec![(
                "/containers/1/mounts",
                json!([
                    { "kind": "volume", "source": "data", "destination": "/var/lib" },
                    { "kind": "anonymous_volume", "destination": "/var/lib/mysql" }
                ]),
            )],
        ),
        case(
            "kept_in_volume",
            "fail",
            "nothing is mounted there",
            vec![(
                "/containers/1/mounts/0/destination",
                json!("/var/lib/mysql/backups"),
            )],
        ),
        case(
            "first_process",
            "fail",
            "waits for `python3`",
            vec![(
                "/processes/v4-app-1",
                json!({ "seen": [
                    { "pid": 1, "parent": 0, "command": "/sbin/docker-init -- sh -c x" },
                    { "pid": 6, "parent": 1, "command": "sh -c cd /app; python3 app.py; true" },
                    { "pid": 7, "parent": 6, "command": "python3 app.py" }
                ] }),
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
        case(
            "waits_for",
            "fail",
            "does not mean ready",
            vec![(
                "/containers/0/depends_on/0/condition",
                json!("service_started"),
            )],
        ),
        case(
            "waits_for",
            "fail",
            "does not wait",
            vec![("/containers/0/depends_on", json!([]))],
        ),
        case(
            "waits_for",
            "unknown",
            "not made by Compose",
            vec![("/containers/0/depends_on", Value::Null)],
        ),
    ]
}

fn pages() -> Vec<Case> {
    let answer = "/pages/0/answer";
    let page = |status: u16, kind: &str, title: Value| json!({ "seen": { "Ok": { "status": status, "headers": { "content-type": kind }, "title": title, "body": "Oops" } } });
    let refused = json!({ "seen": { "Err": "closed" } });
    vec![
        case(
            "page",
            "fail",
            "status 500",
            vec![(answer, page(500, "text/html", json!("Error")))],
        ),
        case(
            "page",
            "fail",
            "`text/plain`",
            vec![(answer, page(200, "text/plain", Value::Null))],
        ),
        case(
            "page",
            "fail",
            "without a title",
            vec![(answer, page(200, "text/html", json!(" ")))],
        ),
        case(
            "page",
            "fail",
            "listing of files",
            vec![(
                answer,
                page(200, "text/html", json!("Directory listing for /")),
            )],
        ),
        case(
            "page",
            "fail",
            "closed without an answer",
            vec![(answer, refused.clone())],
        ),
        case(
            "page",
            "fail",
            "127.0.0.1:5000, which nothing outside",
            vec![
                (answer, refused.clone()),
                (
                    "/listening",
                    json!({ "v4-app-1": { "seen": [{ "address": "127.0.0.1", "port": 5000 }] } }),
                ),
            ],
        ),
        case(
            "page",
            "leftover",
            "holds the port",
            vec![
                (answer, refused),
                (
                    "/neighbours",
                    json!([{ "name": "old", "ports": [{ "container": 80, "host": 5000, "proto": "tcp", "host_ip": "127.0.0.1" }] }]),
                ),
            ],
        ),
        case("page", "unknown", UNSEEN, vec![(answer, unseen())]),
        case(
            "page",
            "fail",
            "own welcome page",
            vec![(answer, page(200, "text/html", json!("Welcome to nginx!")))],
        ),
        case(
            "asks_sign_in",
            "pass",
            "HTTP authentication",
            vec![(
                "/pages/1/answer",
                json!({ "seen": { "Ok": { "status": 401, "headers": { "www-authenticate": "Basic realm=x" } } } }),
            )],
        ),
        case(
            "asks_sign_in",
            "fail",
            "without a password field",
            vec![(
                "/pages/1/answer",
                json!({ "seen": { "Ok": { "status": 200, "title": "db / phpMyAdmin", "body": "tables" } } }),
            )],
        ),
        case(
            "asks_sign_in",
            "fail",
            "refused",
            vec![("/pages/1/answer", json!({ "seen": { "Err": "refused" } }))],
        ),
        case(
            "asks_sign_in",
            "unknown",
            UNSEEN,
            vec![("/pages/1/answer", unseen())],
        ),
    ]
}

fn drive() -> Vec<Case> {
    let at =
        |step: &str| -> &'static str { Box::leak(format!("/drive/seen/{step}").into_boxed_str()) };
    let name = "labcheck-0000000000";
    let hash = "0123456789abcdef0123456789abcdef";
    let other = "fedcba9876543210fedcba9876543210";
    let page = |status: u16, name: bool, hashes: &[&str], marked: bool| json!({ "step": "find", "repeat": "curl", "answer": { "Ok": { "status": status } }, "shown": { "name": name, "hashes": hashes, "marked": marked } });
    let typed = |field: &str, answer: Value| {
        let twin = |field: &str| json!({ "field": field, "text": "OR 1 1", "sql": false, "answer": page(200, false, &[], false) });
        let sql = json!({ "field": field, "text": "' OR '1'='1", "sql": true, "answer": answer });
        json!([sql, twin("manufacturer_name"), twin("manufacturer_id")])
    };
    let markups = |stored: u16, fetched: Value| json!([{ "field": "name", "text": "<b>", "stored": page(stored, false, &[], false), "fetched": fetched }]);
    let row = |value: &str| json!({ "spot": { "schema": "inventory", "table": "manufacturers", "column": value }, "value": value, "count": 1 });
    let mut cases = vec![
        case(
            "stores",
            "fail",
            "neither the number nor",
            vec![(at("rows"), json!({ "seen": [row("name"), row("hash")] }))],
        ),
        case(
            "stores",
            "pass",
            "found in table",
            vec![(at("rows"), json!({ "seen": [row("name"), row("email")] }))],
        ),
        case(
            "finds",
            "fail",
            "nowhere in the database",
            vec![(at("rows"), json!({ "seen": [row("name"), row("number")] }))],
        ),
        case(
            "finds",
            "pass",
            "on the page",
            vec![(at("found"), page(200, true, &[hash], false))],
        ),
        case(
            "finds",
            "fail",
            "comes back with a hash too",
            vec![
                (at("found"), page(200, true, &[hash], false)),
                (at("missing"), page(200, false, &[other], false)),
            ],
        ),
        case(
            "finds",
            "pass",
            "on the page",
            vec![
                (
                    at("found"),
                    page(
                        200,
                        true,
                        &[hash, "00000000000000000000000000000001"],
                        false,
                    ),
                ),
                (at("missing"), page(200, true, &[other], false)),
                (at("furniture"), json!(["00000000000000000000000000000002"])),
            ],
        ),
        case(
            "injection",
            "pass",
            "no more than any other text",
            vec![(
                at("typed"),
                typed("manufacturer_name", page(200, false, &[], false)),
            )],
        ),
        case(
            "injection",
            "fail",
            "became part of the statement",
            vec![(
                at("typed"),
                typed("manufacturer_name", page(200, false, &[other], false)),
            )],
        ),
        case(
            "injection",
            "fail",
            "in manufacturer_id",
            vec![(
                at("typed"),
                typed("manufacturer_id", page(200, true, &[], false)),
            )],
        ),
        case(
            "injection",
            "fail",
            "server error",
            vec![(
                at("typed"),
                typed("manufacturer_name", page(500, false, &[], false)),
            )],
        ),
        case(
            "injection",
            "pass",
            "no more than any other text",
            vec![(
                at("typed"),
                typed("manufacturer_id", page(500, false, &[], false)),
            )],
        ),
        case(
            "injection",
            "pass",
            "no more than any other text",
            vec![
                (
                    at("typed"),
                    typed("manufacturer_name", page(200, true, &[other], false)),
                ),
                (at("missing"), page(200, true, &[other], false)),
            ],
        ),
        case(
            "injection",
            "pass",
            "",
            vec![
                (at("injection"), ok(200, name)),
                (at("missing"), ok(200, name)),
            ],
        ),
        case(
            "injection",
            "unknown",
            "no answer within",
            vec![(
                at("typed"),
                typed(
                    "manufacturer_name",
                    json!({ "step": "inject", "repeat": "curl", "answer": { "Err": { "timed_out": 10000 } } }),
                ),
            )],
        ),
        case(
            "escapes",
            "fail",
            "in the field name comes back as it was typed",
            vec![(at("markups"), markups(200, page(200, true, &[other], true)))],
        ),
        case(
            "escapes",
            "pass",
            "comes back as text",
            vec![(
                at("markups"),
                markups(200, page(200, true, &[other], false)),
            )],
        ),
        case(
            "escapes",
            "pass",
            "refused in each of 1",
            vec![(at("markups"), markups(422, Value::Null))],
        ),
        case(
            "escapes",
            "unknown",
            "without a hit",
            vec![(at("markups"), markups(200, page(200, false, &[], false)))],
        ),
        case(
            "escapes",
            "unknown",
            "answered 500",
            vec![(at("markups"), markups(500, Value::Null))],
        ),
        case(
            "stores",
            "fail",
            "status 500: \"access denied\"",
            vec![(at("stored"), ok(500, "<p>access denied</p>"))],
        ),
        case(
            "stores",
            "fail",
            "no text column",
            vec![(at("rows"), json!({ "seen": [] }))],
        ),
        case("stores", "unknown", UNSEEN, vec![(at("rows"), unseen())]),
        case(
            "finds",
            "fail",
            "does not hold the name",
            vec![(at("found"), ok(200, "nothing"))],
        ),
        case("finds", "fail", "no hash", vec![(at("hash"), Value::Null)]),
        case(
            "finds",
            "fail",
            "never stored",
            vec![(at("missing"), ok(200, hash))],
        ),
        case(
            "qr_code",
            "fail",
            "decodes to",
            vec![(at("qr"), json!({ "seen": name }))],
        ),
        case(
            "qr_code",
            "fail",
            "no image",
            vec![(at("qr"), json!({ "seen": "" }))],
        ),
        case("qr_code", "unknown", UNSEEN, vec![(at("qr"), unseen())]),
        case(
            "updates",
            "fail",
            "status 409",
            vec![(at("again"), ok(409, ""))],
        ),
        case(
            "updates",
            "fail",
            "two manufacturers",
            vec![("/drive/seen/rows_again/seen/0/count", json!(2))],
        ),
        case(
            "updates",
            "fail",
            "nowhere",
            vec![("/drive/seen/rows_again/seen/1/count", json!(0))],
        ),
        case(
            "updates",
            "unknown",
            UNSEEN,
            vec![(at("rows_again"), unseen())],
        ),
        case(
            "bad_form",
            "fail",
            "/fetch: answered 500",
            vec![(at("empty_fetch"), ok(500, ""))],
        ),
        case(
            "bad_form",
            "fail",
            "/inserter: answered 200",
            vec![(at("empty_insert"), ok(200, ""))],
        ),
        case(
            "bad_form",
            "unknown",
            "was not sent",
            vec![(at("empty_insert"), Value::Null)],
        ),
        case(
            "injection",
            "fail",
            "became part of the statement",
            vec![(at("injection"), ok(200, name))],
        ),
        case(
            "injection",
            "fail",
            "server error",
            vec![(at("injection"), ok(500, ""))],
        ),
        case(
            "injection",
            "unknown",
            "did not get as far",
            vec![(at("injection"), Value::Null)],
        ),
        case(
            "escapes",
            "fail",
            "a browser would run it",
            vec![(at("markup"), ok(200, "<script>labcheck(1)</script>"))],
        ),
        case(
            "escapes",
            "pass",
            "refused with 422",
            vec![(at("markup_stored"), ok(422, ""))],
        ),
        case(
            "escapes",
            "unknown",
            "did not get as far",
            vec![(at("markup_stored"), Value::Null)],
        ),
        case(
            "survives_restart",
            "fail",
            "did not come back",
            vec![(
                at("restarted"),
                json!({ "seen": { "database_ready_ms": 900, "last": "status 500" } }),
            )],
        ),
        case(
            "survives_restart",
            "unknown",
            "itself was not ready",
            vec![(at("restarted"), json!({ "seen": {} }))],
        ),
        case(
            "survives_restart",
            "unknown",
            "only with --disruptive",
            vec![("/course/disruptive", json!(false))],
        ),
    ];
    cases.extend(
        ["stores", "finds", "related_tables"]
            .map(|kind| case(kind, "unknown", UNSEEN, vec![("/drive", unseen())])),
    );
    cases
}

fn database() -> Vec<Case> {
    let grants = "/sql/seen/accounts/seen/1/grants";
    let grant = |on: &str, right: &str, grantable: bool| json!([{ "on": on, "rights": [right], "grantable": grantable }]);
    let mut cases = vec![
        case(
            "related_tables",
            "fail",
            "the manufacturer lies in",
            vec![
                (
                    "/drive/seen/rows/seen",
                    json!([
                        { "spot": { "schema": "inventory", "table": "manufacturers", "column": "name" }, "value": "name", "count": 1 },
                        { "spot": { "schema": "inventory", "table": "qrcode", "column": "hash" }, "value": "hash", "count": 1 }
                    ]),
                ),
                (
                    "/sql/seen/foreign_keys/seen/0/from/table",
                    json!("manufacturers"),
                ),
                ("/sql/seen/foreign_keys/seen/0/to/table", json!("country")),
            ],
        ),
        case(
            "own_schema_only",
            "fail",
            "`mysql`",
            vec![
                (grants, grant("mysql.global_priv", "UPDATE", false)),
                ("/sql/seen/sessions/seen/0/schema", json!("mysql")),
            ],
        ),
        case(
            "own_schema_only",
            "fail",
            "`inventory.secret`",
            vec![
                (grants, grant("inventory.secret", "SELECT", false)),
                (
                    "/sql/seen/schemas",
                    json!(["inventory", "inventory.secret"]),
                ),
            ],
        ),
        case(
            "own_schema_only",
            "pass",
            "`shop.v1`",
            vec![
                (grants, grant("shop.v1.makers", "SELECT", false)),
                ("/sql/seen/schemas", json!(["shop.v1"])),
                ("/sql/seen/sessions/seen/0/schema", json!("shop.v1")),
                ("/drive/seen/rows/seen/0/spot/schema", json!("shop.v1")),
            ],
        ),
        case(
            "related_tables",
            "fail",
            "there is no foreign key",
            vec![("/sql/seen/foreign_keys", json!({ "seen": [] }))],
        ),
        case(
            "related_tables",
            "fail",
            "the manufacturer lies in `manufacturers`",
            vec![("/sql/seen/foreign_keys/seen/0/to/table", json!("colours"))],
        ),
        case(
            "sessions_of",
            "fail",
            "`inventory@%`, who may do everything",
            vec![("/sql/seen/accounts/seen/1/superuser", json!(true))],
        ),
        case(
            "sessions_of",
            "fail",
            "`root@localhost`",
            vec![(
                "/sql/seen/sessions/seen/0",
                json!({ "user": "root", "account": "root@localhost", "from": "v4-app-1" }),
            )],
        ),
        case(
            "sessions_of",
            "unknown",
            "no session of `app` was seen in 3 looks",
            vec![("/sql/seen/sessions", json!({ "seen": [] }))],
        ),
        case(
            "no_global_rights",
            "fail",
            "SELECT on *.*",
            vec![(grants, grant("*", "SELECT", false))],
        ),
        case(
            "no_global_rights",
            "fail",
            "GRANT OPTION",
            vec![(grants, grant("inventory", "SELECT", true))],
        ),
        case(
            "own_schema_only",
            "fail",
            "`payroll`",
            vec![(grants, grant("payroll.people", "SELECT", false))],
        ),
        case(
            "verbs",
            "fail",
            "DELETE",
            vec![(grants, grant("inventory", "DELETE", false))],
        ),
        case(
            "refused",
            "fail",
            "may drop a table",
            vec![("/sql/seen/attempts/seen/0/outcome", json!("allowed"))],
        ),
        case(
            "refused",
            "unknown",
            "ERROR 1142",
            vec![("/sql/seen/attempts/seen/0/outcome", json!("unclear"))],
        ),
        case(
            "refused",
            "unknown",
            "was not attempted",
            vec![("/sql/seen/attempts", json!({ "seen": [] }))],
        ),
        case(
            "root_password",
            "fail",
            "without a password",
            vec![("/sql/seen/root/seen/empty", json!(true))],
        ),
        case(
            "root_password",
            "fail",
            "with the password that `app` uses",
            vec![("/sql/seen/root/seen/as_app", json!({ "seen": true }))],
        ),
        case(
            "root_password",
            "unknown",
            UNSEEN,
            vec![("/sql/seen/root/seen/as_app", unseen())],
        ),
        case(
            "root_stays_home",
            "fail",
            "`root@%`",
            vec![("/sql/seen/accounts/seen/0/host", json!("%"))],
        ),
        case(
            "root_stays_home",
            "pass",
            "",
            vec![
                ("/sql/seen/accounts/seen/0/host", json!("%")),
                ("/sql/seen/accounts/seen/0/locked", json!(true)),
            ],
        ),
        case(
            "root_stays_home",
            "unknown",
            "pg_hba.conf",
            vec![("/sql/seen/dialect", json!("postgres"))],
        ),
        case(
            "secret_hidden",
            "fail",
            "environment variable DB_PASSWORD",
            vec![(
                "/sql/seen/password_seen",
                json!({ "seen": ["environment variable DB_PASSWORD of `app`"] }),
            )],
        ),
        case(
            "secret_hidden",
            "unknown",
            UNSEEN,
            vec![("/sql/seen/password_seen", unseen())],
        ),
    ];
    let accounts = [
        "sessions_of",
        "no_global_rights",
        "own_schema_only",
        "verbs",
        "root_stays_home",
    ];
    cases.extend(accounts.map(|kind| {
        case(
            kind,
            "unknown",
            UNSEEN,
            vec![("/sql/seen/accounts", unseen())],
        )
    }));
    cases
}

fn all() -> Vec<Case> {
    [state(), pages(), assets::cases(), drive(), database()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn every_kind_passes_on_a_right_stack() {
    let facts = facts(&[]);
    for name in Expect::NAMES {
        let verdict = expect(name).judge(&Scene::new(&facts));
        assert_eq!(word(&verdict), "pass", "{name}: {:?}", verdict.finding());
    }
}

#[test]
fn every_kind_says_what_it_found() {
    for case in all() {
        let verdict = expect(case.kind).judge(&Scene::new(&facts(&case.changes)));
        let finding = verdict.finding();
        assert_eq!(
            word(&verdict),
            case.verdict,
            "{} after {:?}: {finding:?}",
            case.kind,
            case.changes
        );
        assert!(
            finding.found.contains(case.says),
            "{} says \"{}\", not \"{}\"",
            case.kind,
            finding.found,
            case.says
        );
        assert!(
            !finding.expected.is_empty(),
            "{} expects nothing",
            case.kind
        );
    }
}

#[test]
fn every_kind_has_a_case_that_fails_it() {
    for name in Expect::NAMES {
        let fails = all()
            .iter()
            .any(|case| case.kind == *name && case.verdict == "fail");
        assert!(fails, "no case fails `{name}`");
    }
}

/// Kinds that need only the engine's own state, which is always seen or grading ends.
const STATE_ONLY: [&str; 6] = [
    "running",
    "loopback_only",
    "image_pinned",
    "kept_in_volume",
    "shared_network",
    "asks_sign_in",
];

#[test]
fn what_could_not_be_looked_at_is_unknown() {
    for name in Expect::NAMES {
        let unknown = all()
            .iter()
            .any(|case| case.kind == *name && case.verdict == "unknown");
        assert!(
            unknown || STATE_ONLY.contains(name),
            "no case leaves `{name}` unknown"
        );
    }
}

#[test]
fn a_role_nobody_plays_never_passes() {
    let facts = facts(&[("/roles", json!({}))]);
    for name in Expect::NAMES {
        let verdict = expect(name).judge(&Scene::new(&facts));
        assert_eq!(word(&verdict), "fail", "{name}: {:?}", verdict.finding());
        assert!(
            verdict
                .finding()
                .evidence
                .iter()
                .any(|evidence| evidence.try_it.contains("--role")),
            "{name} does not say how to name it"
        );
    }
}

#[test]
fn nothing_seen_at_all_never_passes_by_accident() {
    let facts = facts(&[
        ("/pages", json!([])),
        ("/assets", json!({})),
        ("/drive", Value::Null),
        ("/sql", Value::Null),
        ("/processes", json!({})),
        ("/listening", json!({})),
    ]);
    for name in [
        "page",
        "first_process",
        "asks_sign_in",
        "served",
        "really_uikit",
        "navbar",
        "nothing_from_elsewhere",
        "cacheable",
        "compressed",
        "missing_asset",
        "no_way_out",
        "accessible_page",
        "stores",
        "finds",
        "qr_code",
        "updates",
        "bad_form",
        "injection",
        "escapes",
        "related_tables",
        "survives_restart",
        "sessions_of",
        "no_global_rights",
        "own_schema_only",
        "verbs",
        "refused",
        "root_password",
        "root_stays_home",
        "secret_hidden",
    ] {
        let verdict = expect(name).judge(&Scene::new(&facts));
        assert_eq!(word(&verdict), "unknown", "{name}: {:?}", verdict.finding());
    }
}
