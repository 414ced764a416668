//! Cases of the kinds that judge pages.

use serde_json::{Value, json};

use super::{Case, UNSEEN, case, unseen};

#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(super) fn cases() -> Vec<Case> {
    let answer = "/pages/0/answer";
    let page = |status: u16, kind: &str, title: Value| json!({ "seen": { "Ok": { "status": status, "headers": { "content-type": kind }, "title": title, "body": "Oops" } } });
    let refused = json!({ "seen": { "Err": "closed" } });
    let other_page = |body: &str| json!({ "ask": { "role": "admin", "method": "GET", "path": "/", "url": "http://127.0.0.1:8082/", "container": "second" }, "answer": { "seen": { "Ok": { "status": 200, "title": "db | phpMyAdmin", "body": body } } } });
    vec![
        case(
            "asks_sign_in",
            "fail",
            "`second` shows an admin page without a password field (\"db | phpMyAdmin\")",
            vec![("/pages/-", other_page("<h1>db</h1>"))],
        ),
        case(
            "asks_sign_in",
            "pass",
            "",
            vec![("/pages/-", other_page("<input type=password>"))],
        ),
        case(
            "page",
            "fail",
            "status 500",
            vec![(answer, page(500, "text/html", json!("Error")))],
        ),
        case(
            "page",
            "fail",
            "status 302, a redirect to https://example.org/shop",
            vec![(
                answer,
                json!({ "seen": { "Ok": { "status": 302, "headers": { "location": "https://example.org/shop" } } } }),
            )],
        ),
        case(
            "page",
            "fail",
            "the request was redirected to http://127.0.0.1/, and there it was refused",
            vec![(
                answer,
                json!({ "seen": { "Err": { "redirected": { "to": "http://127.0.0.1/", "then": "refused" } } } }),
            )],
        ),
        case(
            "page",
            "unknown",
            "compressed as `br`, which is not read here",
            vec![(
                "/pages/0/answer",
                json!({ "seen": { "Ok": { "status": 200, "headers": { "content-encoding": "br" }, "bytes": 4 } } }),
            )],
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
            "nobody can sign in there: `PMA_HOST` says `database`",
            vec![(
                "/lost",
                json!([{ "container": "v4-admin-1", "setting": "PMA_HOST", "name": "database" }]),
            )],
        ),
        case(
            "asks_sign_in",
            "fail",
            "which is its own container",
            vec![(
                "/lost",
                json!([{ "container": "v4-admin-1", "setting": "PMA_HOST", "name": "localhost", "own": true }]),
            )],
        ),
        case(
            "asks_sign_in",
            "pass",
            "",
            vec![(
                "/lost",
                json!([{ "container": "another", "setting": "PMA_HOST", "name": "database" }]),
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
