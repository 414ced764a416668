//! Cases of the kinds that judge the entry's doors: HTTP, TLS, certificates, headers, the application's log.

use serde_json::{Value, json};

use super::{Case, UNSEEN, case, unseen};

const OWN: &str = "/gate/seen/doors/1/tls/certificates/localhost/seen";
const HOME: &str = "/gate/seen/pages/0/answer/Ok/headers";
const MISSING: &str = "/gate/seen/pages/1/answer/Ok/headers";

fn plain(answer: &Value) -> Value {
    json!([{ "url": "http://localhost:8080/", "answer": answer }])
}

fn moved(status: u16, to: &str) -> Vec<(&'static str, Value)> {
    let head = json!({ "Ok": { "status": status, "location": to } });
    vec![("/gate/seen/doors/0/plain", plain(&head))]
}

fn http(answer: &Value) -> Vec<(&'static str, Value)> {
    vec![("/gate/seen/doors/0/plain", plain(answer))]
}

/// The second door with other greetings, and silent in plain HTTP.
fn second(greetings: &Value) -> (&'static str, Value) {
    let door =
        json!({ "port": 8443, "container": "v4-proxy-1", "tls": { "greetings": greetings } });
    ("/gate/seen/doors/1", door)
}

/// No door for TLS.
fn without_tls() -> (&'static str, Value) {
    second(&json!({ "1.2": "no_tls", "1.3": "no_tls" }))
}

fn greeted(version: &'static str, what: &Value) -> Vec<(&'static str, Value)> {
    let pointer = match version {
        "1.0" => "/gate/seen/doors/1/tls/greetings/1.0",
        "1.1" => "/gate/seen/doors/1/tls/greetings/1.1",
        _ => "/gate/seen/doors/1/tls/greetings/1.2",
    };
    vec![(pointer, what.clone())]
}

pub(super) fn cases() -> Vec<Case> {
    [
        redirects(),
        tls(),
        versions(),
        certificates(),
        headers(),
        log(),
    ]
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

fn tls() -> Vec<Case> {
    let kind = "tls_works";
    let refused = |why: &str| {
        let refused = json!({ "refused": why });
        second(&json!({ "1.2": refused, "1.3": refused }))
    };
    let silent = json!({ "timed_out": 2000 });
    vec![
        case(kind, "pass", "port 8443 speaks TLS 1.2 and TLS 1.3", vec![]),
        case(
            kind,
            "fail",
            "plain HTTP only, at port 8080",
            vec![without_tls()],
        ),
        case(
            kind,
            "unknown",
            "no answer within 2 s",
            vec![("/gate/seen/doors/1/tls/page", json!({ "Err": silent }))],
        ),
        case(
            kind,
            "fail",
            "closed without an answer",
            vec![("/gate/seen/doors/1/tls/page", json!({ "Err": "closed" }))],
        ),
        case(
            kind,
            "fail",
            "alert HandshakeFailure",
            vec![refused("alert HandshakeFailure")],
        ),
        case(
            kind,
            "unknown",
            "another name",
            vec![refused("alert UnrecognizedName")],
        ),
        case(
            kind,
            "fail",
            "refuses the handshake",
            vec![
                refused("alert InternalError"),
                ("/course/hosts", json!(["shop.test"])),
            ],
        ),
        case(
            kind,
            "fail",
            "versions that browsers refuse",
            vec![second(
                &json!({ "1.0": "agreed", "1.2": { "refused": "x" } }),
            )],
        ),
        case(
            kind,
            "fail",
            "no port of `proxy` answers",
            vec![
                ("/gate/seen/doors/0/plain", plain(&json!({ "Err": silent }))),
                second(&json!({ "1.3": { "silent": silent } })),
            ],
        ),
        // An expired certificate is another check's business.
        case(
            kind,
            "pass",
            "8443",
            vec![(
                "/gate/seen/doors/1/tls/certificates/localhost/seen/not_after",
                json!(1),
            )],
        ),
        case(kind, "unknown", UNSEEN, vec![("/gate", unseen())]),
    ]
}

fn versions() -> Vec<Case> {
    let kind = "modern_tls_only";
    vec![
        case(
            kind,
            "pass",
            "TLS 1.0 and TLS 1.1 refused at port 8443",
            vec![],
        ),
        case(
            kind,
            "fail",
            "also agrees on TLS 1.1",
            greeted("1.1", &json!("agreed")),
        ),
        case(
            kind,
            "fail",
            "also agrees on TLS 1.0",
            greeted("1.0", &json!("agreed")),
        ),
        case(
            kind,
            "unknown",
            "TLS 1.0 at port 8443 got no answer",
            greeted("1.0", &json!({ "silent": { "timed_out": 2000 } })),
        ),
        case(
            kind,
            "unknown",
            "was not tried",
            vec![("/gate/seen/doors/1/tls/greetings/1.1", json!("REMOVE"))],
        ),
        case(kind, "fail", "speaks TLS", vec![without_tls()]),
        case(kind, "unknown", UNSEEN, vec![("/gate", unseen())]),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn certificates() -> Vec<Case> {
    let own = |key: &str, value: Value| {
        let pointer = match key {
            "not_after" => "/gate/seen/doors/1/tls/certificates/localhost/seen/not_after",
            "not_before" => "/gate/seen/doors/1/tls/certificates/localhost/seen/not_before",
            _ => "/gate/seen/doors/1/tls/certificates/localhost/seen/names",
        };
        (pointer, value)
    };
    let (dates, names) = ("certificate_dates", "certificate_names_host");
    let unread = (
        "/gate/seen/doors/1/tls/certificates",
        json!({ "": unseen(), "localhost": unseen() }),
    );
    let nameless = (
        "/gate/seen/doors/1/tls/certificates//seen/names",
        json!(["127.0.0.1"]),
    );
    vec![
        case(dates, "pass", "from 2026-11-01 to 2027-11-01", vec![]),
        case(
            dates,
            "fail",
            "expired on 2026-11-20",
            vec![own("not_after", json!(1_795_200_000))],
        ),
        case(
            dates,
            "fail",
            "holds from 2026-11-22 on",
            vec![own("not_before", json!(1_795_352_000))],
        ),
        case(dates, "unknown", UNSEEN, vec![unread.clone()]),
        case(dates, "unknown", UNSEEN, vec![("/gate", unseen())]),
        case(dates, "fail", "there is none", vec![without_tls()]),
        // Without a name, a server may show whatever it has.
        case(
            dates,
            "pass",
            "2027",
            vec![(
                "/gate/seen/doors/1/tls/certificates//seen/not_after",
                json!(1),
            )],
        ),
        case(names, "pass", "`localhost`", vec![]),
        case(
            names,
            "pass",
            "",
            vec![own("names", json!(["LOCALHOST"])), nameless.clone()],
        ),
        case(
            names,
            "pass",
            "",
            vec![own("names", json!(["x.test"])), nameless.clone()],
        ),
        case(
            names,
            "fail",
            "it is for `x.test`, not for `localhost`",
            vec![
                own("names", json!(["x.test"])),
                (
                    "/gate/seen/doors/1/tls/certificates//seen/names",
                    json!(["x.test"]),
                ),
            ],
        ),
        case(
            names,
            "fail",
            "no `subjectAltName`; its subject is `CN=localhost`",
            vec![
                own("names", json!([])),
                ("/gate/seen/doors/1/tls/certificates//seen/names", json!([])),
            ],
        ),
        case(
            names,
            "pass",
            "`*.shop.test`",
            vec![
                ("/gate/seen/names", json!(["www.shop.test"])),
                (
                    "/gate/seen/doors/1/tls/certificates",
                    json!({ "www.shop.test": { "seen": { "names": ["*.shop.test"], "not_after": 1 } } }),
                ),
            ],
        ),
        case(
            names,
            "fail",
            "not for `shop.test`",
            vec![
                ("/gate/seen/names", json!(["shop.test"])),
                (
                    "/gate/seen/doors/1/tls/certificates",
                    json!({ "shop.test": { "seen": { "names": ["*.shop.test", "*"] } }, "": { "seen": { "names": ["127.0.0.1"] } } }),
                ),
            ],
        ),
        case(names, "unknown", UNSEEN, vec![unread]),
        case(names, "unknown", UNSEEN, vec![("/gate", unseen())]),
        case(names, "fail", "there is none", vec![without_tls()]),
        case(
            names,
            "pass",
            "",
            vec![(OWN, json!({ "names": ["localhost"] }))],
        ),
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
