//! Cases of the kinds that ask whether the stack comes up anew: from a clean checkout, and after it was taken down.

use serde_json::{Value, json};

use super::{Case, UNSEEN, case, unseen};

pub(super) fn cases() -> Vec<Case> {
    [command(), down_up()].into_iter().flatten().collect()
}

fn command() -> Vec<Case> {
    let kind = "one_command";
    let origin = |files: Value, outside: Value| {
        let origin = json!({ "project": "v4", "files": files, "outside": outside });
        vec![("/origins", json!([origin]))]
    };
    let one = json!([["compose.yaml"]]);
    let wants =
        |build: bool| json!({ "seen": [{ "service": "app", "build": build, "path": "../app" }] });
    vec![
        case(kind, "pass", "its 4 containers are one project", vec![]),
        case(
            kind,
            "pass",
            "",
            origin(
                json!([["compose.yaml", "compose.override.yaml"]]),
                json!({ "seen": [] }),
            ),
        ),
        case(
            kind,
            "pass",
            "",
            origin(
                json!([["compose.yaml"], ["compose.yaml", "compose.override.yaml"]]),
                json!({ "seen": [] }),
            ),
        ),
        case(
            kind,
            "fail",
            "`proxy` was not made by Compose",
            vec![("/containers/3/project", Value::Null)],
        ),
        case(
            kind,
            "fail",
            "2 projects, `front` and `v4`",
            vec![("/containers/3/project", json!("front"))],
        ),
        case(
            kind,
            "fail",
            "the network `v4_edge` is not made by the project",
            vec![("/networks/1/project", Value::Null)],
        ),
        case(
            kind,
            "fail",
            "the volume `v4_data` is not made by the project",
            vec![(
                "/volumes",
                json!([{ "name": "v4_data", "driver": "local" }]),
            )],
        ),
        case(
            kind,
            "pass",
            "",
            vec![(
                "/volumes",
                json!([{ "name": "v4_data", "driver": "local", "project": "v4" }]),
            )],
        ),
        case(
            kind,
            "fail",
            "different files: a.yaml; a.yaml and b.yaml",
            origin(
                json!([["a.yaml"], ["a.yaml", "b.yaml"]]),
                json!({ "seen": [] }),
            ),
        ),
        case(
            kind,
            "fail",
            "`app` is built from `../app`",
            origin(one.clone(), wants(true)),
        ),
        case(
            kind,
            "fail",
            "`app` mounts `../app`",
            origin(one.clone(), wants(false)),
        ),
        case(kind, "unknown", UNSEEN, origin(one, unseen())),
        case(
            kind,
            "unknown",
            "were not looked at",
            vec![("/origins", json!([]))],
        ),
    ]
}

fn down_up() -> Vec<Case> {
    let kind = "survives_down_up";
    let seen = |recreated: Value| vec![("/recreated", json!({ "seen": recreated }))];
    vec![
        case(kind, "pass", "there again 8.4 s after `up`", vec![]),
        case(
            kind,
            "pass",
            "may stay in the database: the client is missing",
            vec![("/recreated/seen/undone", unseen())],
        ),
        case(
            kind,
            "unknown",
            "only with --disruptive",
            vec![("/course", json!({ "disruptive": false }))],
        ),
        case(
            kind,
            "fail",
            "nothing was taken down, as it would be lost: /data is an anonymous volume",
            seen(json!({ "project": "v4", "would_lose": "/data is an anonymous volume" })),
        ),
        case(
            kind,
            "fail",
            "did not come up again; Compose says: no such image",
            seen(json!({ "project": "v4", "not_up": "no such image" })),
        ),
        case(
            kind,
            "fail",
            "`app` did not answer with it; the last that was heard: status 200: \"no hit\"",
            seen(json!({ "project": "v4", "last": "status 200: \"no hit\"" })),
        ),
        case(kind, "unknown", UNSEEN, vec![("/recreated", unseen())]),
    ]
}
