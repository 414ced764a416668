//! Cases of the kinds that judge what a container's files show.

use serde_json::{Value, json};

use super::{Case, UNSEEN, case, unseen};

const MADE: &str = "/made/v4-app-1";

/// A part of what was made, in the words of the facts.
pub(super) fn made(part: &'static str) -> &'static str {
    match part {
        "mounts" => "/made/v4-app-1/mounts",
        "toolchain" => "/made/v4-app-1/toolchain",
        "kept" => "/made/v4-app-1/kept",
        "root_filesystem" => "/made/v4-app-1/root_filesystem",
        "secrets" => "/made/v4-app-1/secrets",
        "dockerfile" => "/made/v4-app-1/dockerfile",
        "last_layer" => "/made/v4-app-1/last_layer",
        "current" => "/made/v4-app-1/current",
        "stopped" => "/made/v4-app-1/stopped",
        _ => MADE,
    }
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_files();
    cases.extend(of_mounts());
    cases
}

fn of_files() -> Vec<Case> {
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

/// Cases of how the file systems are mounted.
fn of_mounts() -> Vec<Case> {
    let seen = |value: Value| json!({ "seen": value });
    vec![
        case(
            "read_only_root",
            "fail",
            "everything in `app` can be written",
            vec![(made("root_filesystem"), seen(json!({ "read_only": false })))],
        ),
        case(
            "read_only_root",
            "fail",
            "a program runs from `/app`",
            vec![(
                made("root_filesystem"),
                seen(json!({
                    "read_only": true,
                    "writable": ["/app", "/tmp"],
                    "writable_programs": ["/app"],
                })),
            )],
        ),
        case(
            "read_only_root",
            "pass",
            "only `/tmp` can be written",
            vec![(
                made("root_filesystem"),
                seen(json!({ "read_only": true, "writable": ["/tmp"] })),
            )],
        ),
        case(
            "read_only_root",
            "unknown",
            UNSEEN,
            vec![(made("root_filesystem"), unseen())],
        ),
    ]
}
