//! Cases of the kinds that judge who reaches what through the proxy.

use serde_json::{Value, json};

use super::{Case, case};

/// What came from the proxy's one address, and no round trip.
fn came(answer: &Value, inserter: &Value) -> Vec<(&'static str, Value)> {
    let attempt = json!({ "url": "https://127.0.0.1:8443/", "answer": answer, "inserter": inserter, "form": false });
    vec![
        ("/entry/tried/0", attempt),
        ("/drive", json!({ "unseen": "x" })),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(super) fn cases() -> Vec<Case> {
    let page = |status: u16, title: &str| json!({ "Ok": { "status": status, "title": title } });
    let nothing = json!({ "Ok": 404 });
    vec![
        case(
            "through_entry",
            "pass",
            "came back through https://127.0.0.1:8443/",
            vec![],
        ),
        case(
            "through_entry",
            "pass",
            "the form of `app` comes through",
            vec![("/drive", json!({ "unseen": "x" }))],
        ),
        case(
            "through_entry",
            "fail",
            "a page of `proxy` itself with status 200: \"Welcome to nginx!\"",
            came(&page(200, "Welcome to nginx!"), &nothing),
        ),
        case(
            "through_entry",
            "unknown",
            "UnrecognisedName; it may know another name only",
            came(
                &json!({ "Err": { "other": "failed: received fatal alert: UnrecognisedName" } }),
                &nothing,
            ),
        ),
        case(
            "through_entry",
            "fail",
            "the form of `app` is not behind it",
            came(&page(200, "A page for everything"), &json!({ "Ok": 200 })),
        ),
        case(
            "through_entry",
            "fail",
            "status 502: \"502 Bad Gateway\"; `proxy` answers, but what it leads to does not",
            came(&page(502, "502 Bad Gateway"), &json!({ "Ok": 502 })),
        ),
        case(
            "through_entry",
            "fail",
            "status 404",
            came(&page(404, ""), &nothing),
        ),
        case(
            "through_entry",
            "fail",
            "status 301, a redirect to https://example.org/, which is not `app`",
            came(
                &json!({ "Ok": { "status": 301, "away": "https://example.org/" } }),
                &nothing,
            ),
        ),
        case(
            "through_entry",
            "fail",
            "the request to https://127.0.0.1:8443/ was redirected to https://127.0.0.1/, and there it was refused",
            came(
                &json!({ "Err": { "redirected": { "to": "https://127.0.0.1/", "then": "refused" } } }),
                &nothing,
            ),
        ),
        case(
            "through_entry",
            "fail",
            "leads in circles",
            came(&json!({ "Err": "too_many_redirects" }), &nothing),
        ),
        case(
            "through_entry",
            "fail",
            "leads to https://127.0.0.1:9443/, a port that container `other-proxy-1` of another stack holds",
            vec![
                ("/drive", json!({ "unseen": "x" })),
                (
                    "/entry/tried/0",
                    json!({ "url": "https://127.0.0.1:8443/", "answer": { "Ok": { "status": 200, "led": "https://127.0.0.1:9443/" } }, "inserter": { "Ok": 200 }, "form": false, "stranger": "other-proxy-1" }),
                ),
            ],
        ),
        case(
            "through_entry",
            "fail",
            "got no answer within 5 s",
            came(&json!({ "Err": { "timed_out": 5000 } }), &nothing),
        ),
        case(
            "through_entry",
            "fail",
            "a port of `app`, not of `proxy`",
            vec![("/entry/container", json!("v4-app-1"))],
        ),
        case(
            "through_entry",
            "fail",
            "no port of `proxy` is published",
            vec![
                ("/entry/tried", json!([])),
                ("/entry/base", json!("")),
                ("/entry/container", Value::Null),
            ],
        ),
        case("through_entry", "unknown", "still starting", {
            let mut changes = came(&page(502, ""), &nothing);
            changes.push(("/containers/0/health", json!("starting")));
            changes
        }),
        case(
            "through_entry",
            "unknown",
            "not looked for",
            vec![("/entry", Value::Null)],
        ),
    ]
}
