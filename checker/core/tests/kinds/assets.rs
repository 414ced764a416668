//! Cases of the kinds that judge what a home page loads and how it is built.

use serde_json::{Value, json};

use super::{Case, UNSEEN, case, unseen};

const ALL: &str = "/assets/app";
const PAGE: &str = "/assets/app/seen";

/// A place in the first page's assets.
macro_rules! at {
    ($rest:literal) => {
        concat!("/assets/app/seen", $rest)
    };
}

fn ok(changes: Value) -> Value {
    let mut came = json!({ "status": 200, "media_type": "text/css", "bytes": 5000, "encoding": "gzip", "etag": "\"a\"", "uikit": [] });
    if let (Value::Object(came), Value::Object(changes)) = (&mut came, changes) {
        came.extend(changes);
    }
    json!({ "seen": { "Ok": came } })
}

fn asset(kind: &str, url: &str, answer: &Value) -> Value {
    let elsewhere = !url.starts_with("http://127.0.0.1:5000/");
    json!({ "kind": kind, "url": url, "elsewhere": elsewhere, "answer": answer })
}

fn own(kind: &str, name: &str, changes: Value) -> Value {
    asset(
        kind,
        &format!("http://127.0.0.1:5000/static/{name}"),
        &ok(changes),
    )
}

fn far(kind: &str) -> Value {
    asset(kind, "https://cdn.example/x", &unseen())
}

fn loaded(all: &[Value]) -> Vec<(&'static str, Value)> {
    vec![(at!("/loaded"), json!(all))]
}

fn sheet(changes: Value) -> Vec<(&'static str, Value)> {
    loaded(&[own("stylesheet", "a.css", changes)])
}

pub(super) fn cases() -> Vec<Case> {
    [served(), content(), page(), transfer(), folder()]
        .into_iter()
        .flatten()
        .collect()
}

fn served() -> Vec<Case> {
    let broken = |answer: Value| {
        loaded(&[asset(
            "stylesheet",
            "http://127.0.0.1:5000/static/a.css",
            &answer,
        )])
    };
    vec![
        case("served", "unknown", UNSEEN, vec![(ALL, unseen())]),
        case("served", "unknown", UNSEEN, broken(unseen())),
        case(
            "served",
            "fail",
            "the page links no style sheet",
            loaded(&[]),
        ),
        case(
            "served",
            "fail",
            "no style sheet of its own; from another host it links https://cdn.example/x",
            loaded(&[far("stylesheet")]),
        ),
        case(
            "served",
            "fail",
            "`/static/a.css` answers 404 text/html",
            sheet(json!({ "status": 404, "media_type": "text/html" })),
        ),
        case(
            "served",
            "fail",
            "as `text/plain`",
            sheet(json!({ "media_type": "text/plain" })),
        ),
        case(
            "served",
            "fail",
            "without a content type",
            sheet(json!({ "media_type": "" })),
        ),
        case(
            "served",
            "fail",
            "with an HTML page where a style sheet",
            sheet(json!({ "html": true })),
        ),
        case(
            "served",
            "fail",
            "with nothing in it",
            sheet(json!({ "bytes": 0 })),
        ),
        case(
            "served",
            "fail",
            "was refused",
            broken(json!({ "seen": { "Err": "refused" } })),
        ),
        case(
            "served",
            "fail",
            "no answer within 5 s",
            broken(json!({ "seen": { "Err": { "timed_out": 5000 } } })),
        ),
        case(
            "served",
            "pass",
            "`/static/a.css`",
            loaded(&[own("stylesheet", "a.css", json!({})), far("stylesheet")]),
        ),
    ]
}

fn content() -> Vec<Case> {
    let both = |sheet: Value, script: Value| {
        loaded(&[
            own("stylesheet", "a.css", sheet),
            own("script", "a.js", script),
        ])
    };
    vec![
        case("really_uikit", "unknown", UNSEEN, vec![(ALL, unseen())]),
        case(
            "really_uikit",
            "unknown",
            "came compressed",
            both(json!({ "uikit": null }), json!({})),
        ),
        case(
            "really_uikit",
            "fail",
            "its styles not found in `/static/a.css` (5000 bytes)",
            both(json!({}), json!({ "uikit": ["scripts"] })),
        ),
        case(
            "really_uikit",
            "fail",
            "its components not found",
            both(
                json!({ "uikit": ["styles"] }),
                json!({ "uikit": ["icons"] }),
            ),
        ),
        case(
            "really_uikit",
            "fail",
            "its styles not found",
            both(
                json!({ "status": 404, "uikit": ["styles"] }),
                json!({ "uikit": ["scripts"] }),
            ),
        ),
        case(
            "really_uikit",
            "pass",
            "in `/static/a.js`",
            both(
                json!({ "uikit": ["styles"] }),
                json!({ "uikit": ["scripts", "icons"] }),
            ),
        ),
        case(
            "nothing_from_elsewhere",
            "unknown",
            UNSEEN,
            vec![(ALL, unseen())],
        ),
        case(
            "nothing_from_elsewhere",
            "fail",
            "https://cdn.example/x",
            loaded(&[far("other")]),
        ),
        case(
            "nothing_from_elsewhere",
            "unknown",
            "3 more files",
            vec![(at!("/more"), json!(3))],
        ),
    ]
}

fn nav(links: &[(&str, &str)]) -> Vec<(&'static str, Value)> {
    let links: Vec<Value> = links
        .iter()
        .map(|(name, path)| json!({ "name": name, "path": path }))
        .collect();
    vec![(
        at!("/navs"),
        json!([{ "uikit": false, "links": [] }, { "uikit": false, "links": links }]),
    )]
}

fn page() -> Vec<Case> {
    let mut mapped = nav(&[
        ("Start", "/"),
        ("Suchen", "/find"),
        ("Erfassen", "/register/"),
    ]);
    mapped.push((
        "/course",
        json!({ "routes": { "fetch": "/find", "inserter": "/register" } }),
    ));
    vec![
        case("navbar", "unknown", UNSEEN, vec![(ALL, unseen())]),
        case(
            "navbar",
            "fail",
            "neither a `nav` element",
            vec![(at!("/navs"), json!([]))],
        ),
        case(
            "navbar",
            "fail",
            "missing: Inserter (/inserter)",
            nav(&[("Home", "/"), ("Fetch", "/fetch"), ("Shop", "/shop")]),
        ),
        case(
            "navbar",
            "fail",
            "missing: Fetch (/fetch), Home (/) and Inserter (/inserter)",
            nav(&[("Out", "")]),
        ),
        case(
            "navbar",
            "pass",
            "a `nav` with all of them",
            nav(&[
                ("Start", "/"),
                ("Suchen", "/fetch/"),
                ("Erfassen", "/inserter"),
            ]),
        ),
        case(
            "navbar",
            "pass",
            "a `nav`",
            nav(&[("home", "/a"), ("fetch", "/b"), ("INSERTER", "/c")]),
        ),
        case("navbar", "pass", "a `nav`", mapped),
        case("accessible_page", "unknown", UNSEEN, vec![(ALL, unseen())]),
        case(
            "accessible_page",
            "fail",
            "no `lang`",
            vec![(at!("/lang"), json!(null))],
        ),
        case(
            "accessible_page",
            "fail",
            "no title",
            vec![(at!("/title"), json!(" "))],
        ),
        case(
            "accessible_page",
            "fail",
            "without a name: `<img src=\"a\">`",
            vec![(at!("/nameless"), json!(["<img src=\"a\">"]))],
        ),
    ]
}

fn transfer() -> Vec<Case> {
    let bare = |cache_control: &str| sheet(json!({ "etag": "", "cache_control": cache_control }));
    vec![
        case("cacheable", "unknown", UNSEEN, vec![(ALL, unseen())]),
        case("cacheable", "unknown", "arrived", loaded(&[])),
        case(
            "cacheable",
            "fail",
            "`Cache-Control: no-store`",
            sheet(json!({ "cache_control": "no-store" })),
        ),
        case("cacheable", "fail", "without ETag", bare("")),
        case("cacheable", "fail", "without ETag", bare("max-age=0")),
        case("cacheable", "pass", "max-age", bare("Public, Max-Age=60")),
        case(
            "cacheable",
            "pass",
            "ETag",
            sheet(json!({ "cache_control": "no-cache" })),
        ),
        case("compressed", "unknown", UNSEEN, vec![(ALL, unseen())]),
        case(
            "compressed",
            "unknown",
            "worth it",
            sheet(json!({ "bytes": 100, "encoding": "" })),
        ),
        case(
            "compressed",
            "fail",
            "5000 bytes",
            sheet(json!({ "encoding": "" })),
        ),
        case(
            "compressed",
            "fail",
            "5000 bytes",
            sheet(json!({ "encoding": "identity" })),
        ),
        case(
            "compressed",
            "pass",
            "br",
            sheet(json!({ "encoding": "br" })),
        ),
    ]
}

fn folder() -> Vec<Case> {
    let missing = |answer: Value| {
        vec![(
            at!("/missing"),
            json!({ "target": "/static/no.css", "answer": answer }),
        )]
    };
    let ways = |all: Value| vec![(at!("/ways_out"), all)];
    let way = |answer: Value| json!([{ "target": "/static/../x", "answer": answer }]);
    vec![
        case("missing_asset", "unknown", UNSEEN, vec![(ALL, unseen())]),
        case(
            "missing_asset",
            "unknown",
            "no folder",
            vec![(at!("/missing"), json!(null))],
        ),
        case(
            "missing_asset",
            "fail",
            "`/static/no.css` answers 200 text/html",
            missing(json!({ "Ok": { "status": 200, "media_type": "text/html" } })),
        ),
        case(
            "missing_asset",
            "fail",
            "answers 500",
            missing(json!({ "Ok": { "status": 500 } })),
        ),
        case(
            "missing_asset",
            "fail",
            "closed",
            missing(json!({ "Err": "closed" })),
        ),
        case(
            "missing_asset",
            "pass",
            "410",
            missing(json!({ "Ok": { "status": 410 } })),
        ),
        case("no_way_out", "unknown", UNSEEN, vec![(ALL, unseen())]),
        case("no_way_out", "unknown", UNSEEN, ways(unseen())),
        case(
            "no_way_out",
            "unknown",
            "none of the attempts",
            ways(json!({ "seen": way(json!({ "Err": "closed" })) })),
        ),
        case(
            "no_way_out",
            "fail",
            "`/static/../x` brings the file /etc/passwd",
            ways(json!({ "seen": way(json!({ "Ok": { "status": 200, "file": "/etc/passwd" } })) })),
        ),
        case(
            "no_way_out",
            "unknown",
            "not tried",
            vec![(PAGE, json!({ "page": "http://127.0.0.1:5000/" }))],
        ),
    ]
}
