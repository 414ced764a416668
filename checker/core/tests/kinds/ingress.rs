//! Cases of the kinds that judge the entry's doors: redirects, headers, the application's log.

use serde_json::{Value, json};

use super::tls::{self, without_tls};
use super::{Case, UNSEEN, case, unseen};

const HOME: &str = "/gate/seen/pages/0/answer/Ok/headers";
const MISSING: &str = "/gate/seen/pages/1/answer/Ok/headers";

pub(super) fn plain(answer: &Value) -> Value {
    json!([{ "url": "http://localhost:8080/", "answer": answer }])
}

fn moved(status: u16, to: &str) -> Vec<(&'static str, Value)> {
    let head = json!({ "Ok": { "status": status, "location": to } });
    vec![("/gate/seen/doors/0/plain", plain(&head))]
}

/// The home page is redirected, and a made-up path is answered in plain HTTP.
fn nowhere(status: u16) -> Vec<(&'static str, Value)> {
    let moved = json!({ "Ok": { "status": 308, "location": "https://127.0.0.1:8443/x" } });
    let answer = json!({ "Ok": { "status": status } });
    let both = json!([
        { "url": "http://localhost:8080/", "answer": moved },
        { "url": "http://localhost:8080/kaso-rami", "answer": answer }
    ]);
    vec![("/gate/seen/doors/0/plain", both)]
}

fn http(answer: &Value) -> Vec<(&'static str, Value)> {
    vec![("/gate/seen/doors/0/plain", plain(answer))]
}

pub(super) fn cases() -> Vec<Case> {
    [redirects(), tls::cases(), headers(), log()]
        .into_iter()
        .flatten()
        .collect()
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn redirects() -> Vec<Case> {
    let kind = "redirects_to_https";
    let both = |mut changes: Vec<(&'static str, Value)>, more| {
        changes.push(more);
        changes
    };
    vec![
        case(
            kind,
            "pass",
            "port 8080 redirects",
            moved(308, "https://127.0.0.1:8443/x"),
        ),
        case(
            kind,
            "fail",
            "http://labcheck.invalid:8080/inserter is answered with the application's form",
            both(
                moved(308, "https://127.0.0.1:8443/x"),
                (
                    "/gate/seen/doors/0/bare",
                    json!(["http://labcheck.invalid:8080/inserter"]),
                ),
            ),
        ),
        case(
            kind,
            "pass",
            "HTTPS only, at port 8443",
            http(&json!({ "Err": "refused" })),
        ),
        case(
            kind,
            "fail",
            "status 200 and no redirect",
            http(&json!({ "Ok": { "status": 200 } })),
        ),
        case(
            kind,
            "fail",
            "http://localhost:8080/kaso-rami is answered with status 200 and no redirect",
            nowhere(200),
        ),
        case(kind, "pass", "port 8080 redirects", nowhere(404)),
        case(
            kind,
            "fail",
            "no `Location`",
            http(&json!({ "Ok": { "status": 301 } })),
        ),
        case(
            kind,
            "fail",
            "http://localhost:8081/, which is not HTTPS",
            moved(302, "http://localhost:8081/"),
        ),
        case(
            kind,
            "fail",
            "port 443 of this machine is not the entry's",
            moved(301, "https://localhost/"),
        ),
        case(
            kind,
            "fail",
            "in circles",
            http(&json!({ "Err": "too_many_redirects" })),
        ),
        case(
            kind,
            "unknown",
            "`shop.test`",
            moved(301, "https://shop.test:8443/"),
        ),
        case(
            kind,
            "pass",
            "port 8080 redirects",
            both(
                moved(301, "https://shop.test:8443/"),
                ("/course/hosts", json!(["shop.test"])),
            ),
        ),
        case(
            kind,
            "unknown",
            "`localhost.evil.test`",
            moved(301, "https://localhost.evil.test:8443/"),
        ),
        case(
            kind,
            "unknown",
            "`evil.test`",
            moved(301, "https://localhost@evil.test:8443/"),
        ),
        case(
            kind,
            "fail",
            "no published port does",
            both(moved(301, "https://localhost:8443/"), without_tls()),
        ),
        case(
            kind,
            "fail",
            "answers in HTTP or HTTPS",
            both(http(&json!({ "Err": "closed" })), without_tls()),
        ),
        // What a port for TLS says to plain HTTP is no offer.
        case(
            kind,
            "pass",
            "HTTPS only",
            vec![
                ("/gate/seen/doors/0/plain", json!([])),
                (
                    "/gate/seen/doors/1/plain",
                    plain(&json!({ "Ok": { "status": 400 } })),
                ),
            ],
        ),
        case(
            kind,
            "fail",
            "status 200",
            vec![(
                "/gate/seen/doors/1/plain",
                plain(&json!({ "Ok": { "status": 200 } })),
            )],
        ),
        case(kind, "unknown", UNSEEN, vec![("/gate", unseen())]),
    ]
}

fn headers() -> Vec<Case> {
    let kind = "security_headers";
    let all = |framing: &str, value: &str| json!({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", framing: value });
    let csp = "content-security-policy";
    vec![
        case(kind, "pass", "each page", vec![]),
        case(
            kind,
            "pass",
            "",
            vec![(HOME, all(csp, "default-src 'self'; Frame-Ancestors 'none'"))],
        ),
        case(
            kind,
            "pass",
            "",
            vec![(HOME, all("x-frame-options", "DENY, SAMEORIGIN"))],
        ),
        case(
            kind,
            "fail",
            "lacks `X-Frame-Options`",
            vec![(HOME, all(csp, "frame-ancestors *"))],
        ),
        case(
            kind,
            "fail",
            "lacks `X-Frame-Options`",
            vec![(HOME, all(csp, "default-src 'none'"))],
        ),
        case(
            kind,
            "fail",
            "lacks `X-Frame-Options`",
            vec![(HOME, all("x-frame-options", "ALLOW-FROM https://x.test"))],
        ),
        case(
            kind,
            "fail",
            "GET https://localhost:8443/labcheck-no-such-page (404) lacks `X-Content-Type-Options`, `X-Frame-Options` and `Referrer-Policy`",
            vec![(MISSING, json!({}))],
        ),
        case(
            kind,
            "fail",
            "TRACE https://localhost:8443/ (405) lacks",
            vec![("/gate/seen/pages/2/answer/Ok/headers", json!({}))],
        ),
        case(
            kind,
            "pass",
            "each page",
            vec![("/gate/seen/pages/2/answer/Ok", json!({ "status": 200 }))],
        ),
        case(
            kind,
            "fail",
            "lacks `Referrer-Policy`",
            vec![(
                "/gate/seen/pages/0/answer/Ok/headers/referrer-policy",
                json!("no-referrer, unsafe-url"),
            )],
        ),
        case(
            kind,
            "fail",
            "lacks `X-Content-Type-Options`",
            vec![(
                "/gate/seen/pages/0/answer/Ok/headers/x-content-type-options",
                json!("none, nosniff"),
            )],
        ),
        case(
            kind,
            "unknown",
            "closed without an answer",
            vec![("/gate/seen/pages/0/answer", json!({ "Err": "closed" }))],
        ),
        case(
            kind,
            "unknown",
            "no page",
            vec![("/gate/seen/pages", json!([]))],
        ),
        case(kind, "unknown", UNSEEN, vec![("/gate", unseen())]),
    ]
}

fn log() -> Vec<Case> {
    let kind = "forwarded_headers";
    let line = |proxy: Value, clients: Value| {
        let line =
            json!({ "container": "v4-app-1", "line": "x", "proxy": proxy, "clients": clients });
        vec![("/gate/seen/logged", json!({ "seen": [line] }))]
    };
    vec![
        case(kind, "pass", "`172.19.0.1`", vec![]),
        case(
            kind,
            "pass",
            "`172.19.0.1`",
            line(json!(["172.18.0.5"]), json!(["172.19.0.1"])),
        ),
        case(
            kind,
            "fail",
            "`172.18.0.5`, which is `proxy` itself",
            line(json!(["172.18.0.5"]), json!([])),
        ),
        case(
            kind,
            "unknown",
            "names no address",
            line(json!([]), json!([])),
        ),
        case(
            kind,
            "unknown",
            "does not tell",
            vec![("/gate/seen/logged", json!({ "seen": [] }))],
        ),
        case(
            kind,
            "unknown",
            UNSEEN,
            vec![("/gate/seen/logged", unseen())],
        ),
        case(
            kind,
            "unknown",
            "was not looked at",
            vec![("/gate/seen/logged", Value::Null)],
        ),
        case(kind, "unknown", UNSEEN, vec![("/gate", unseen())]),
    ]
}
