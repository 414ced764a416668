//! Cases of the kinds that judge the entry's TLS: the handshake, its versions, the certificate.

use serde_json::{Value, json};

use super::ingress::plain;
use super::{Case, UNSEEN, case, unseen};

const OWN: &str = "/gate/seen/doors/1/tls/certificates/localhost/seen";

/// The second port with other greetings, and silent in plain HTTP.
pub(super) fn second(greetings: &Value) -> (&'static str, Value) {
    let port =
        json!({ "port": 8443, "container": "v4-proxy-1", "tls": { "greetings": greetings } });
    ("/gate/seen/doors/1", port)
}

/// No port for TLS.
pub(super) fn without_tls() -> (&'static str, Value) {
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
    [tls(), bare(), versions(), certificates()]
        .into_iter()
        .flatten()
        .collect()
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
        // A server that listens on 443, but without TLS.
        case(
            kind,
            "fail",
            "also at port 8443, which is there for HTTPS",
            vec![
                without_tls(),
                (
                    "/gate/seen/doors/1/plain",
                    plain(&json!({ "Ok": { "status": 200 } })),
                ),
            ],
        ),
        case(
            kind,
            "fail",
            "alert HandshakeFailure, as a server does that has no certificate",
            vec![refused("alert HandshakeFailure")],
        ),
        case(
            kind,
            "unknown",
            "another name",
            vec![refused("alert UnrecognisedName")],
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

/// Servers that speak TLS and have nothing to show.
fn bare() -> Vec<Case> {
    let kind = "tls_works";
    let refused = |why: &str| {
        let refused = json!({ "refused": why });
        second(&json!({ "1.2": refused, "1.3": refused }))
    };
    vec![
        // nginx without a certificate: it turns plain HTTP down as on any port for TLS.
        case(
            kind,
            "unknown",
            "port 8443 of `proxy` refuses the handshake: alert InternalError, as a server does that has no certificate",
            vec![
                refused("alert InternalError"),
                (
                    "/gate/seen/doors/1/plain",
                    plain(&json!({ "Ok": { "status": 400 } })),
                ),
            ],
        ),
        // rustls's word where it has nothing to show, told by a greeting in an old version.
        case(
            kind,
            "fail",
            "has no certificate",
            vec![refused("alert AccessDenied")],
        ),
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
