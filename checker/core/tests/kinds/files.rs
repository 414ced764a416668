//! Cases of the kinds that judge what a container's files show.

use serde_json::{Value, json};

use super::{Case, UNSEEN, case, unseen};

const IMAGE_FACTS: &str = "/made/v4-app-1";

/// A part of what was made, in the words of the facts.
pub(super) fn image_fact(part: &'static str) -> &'static str {
    match part {
        "mounts" => "/made/v4-app-1/mounts",
        "toolchain" => "/made/v4-app-1/toolchain",
        "kept" => "/made/v4-app-1/kept",
        "root_filesystem" => "/made/v4-app-1/root_filesystem",
        "running_elsewhere" => "/made/v4-app-1/running_elsewhere",
        "secrets" => "/made/v4-app-1/secrets",
        "dockerfile" => "/made/v4-app-1/dockerfile",
        "last_layer" => "/made/v4-app-1/last_layer",
        "current" => "/made/v4-app-1/current",
        "stopped" => "/made/v4-app-1/stopped",
        _ => IMAGE_FACTS,
    }
}

/// What looking at the image and files of a right stack's application shows.
pub(super) fn right() -> (&'static str, Value) {
    let made = json!({
      "v4-app-1": {
        "mounts": [{ "destination": "/srv/data", "source": "…/data", "kind": "bind", "holds": { "seen": [] } }],
        "toolchain": { "seen": [] },
        "lying": { ".git": { "seen": [] }, "target": { "seen": [] }, ".env": { "seen": [] } },
        "last_layer": { "seen": "built" },
        "kept": { "seen": [] },
        "secrets": { "seen": [] },
        "running_elsewhere": { "seen": [] },
        "root_filesystem": { "seen": { "read_only": true } },
        "dockerfile": { "seen": { "path": "app/Dockerfile", "bases": [{ "line": 3, "image": "rust:1.95-slim" }], "exposes": ["5000/tcp"] } },
        "current": { "superseded": { "seen": false }, "newer": { "seen": [] } },
        "stopped": { "seen": { "took_ms": 40, "killed": false, "given_s": 10 } }
      }
    });
    ("/made", made)
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_files();
    cases.extend(of_mounts());
    cases.extend(of_running_files());
    cases
}

/// Cases of what the kernel says of the files that run.
fn of_running_files() -> Vec<Case> {
    let file = |change: Value| {
        let mut file = json!({
            "path": "/data/inventory", "mount": "/data", "in_place": true, "library": false
        });
        if let (Value::Object(file), Value::Object(change)) = (&mut file, change) {
            file.extend(change);
        }
        (image_fact("running_elsewhere"), json!({ "seen": [file] }))
    };
    let volume = || {
        let mount = json!({
            "kind": "volume", "source": "work", "destination": "/data", "writable": true
        });
        ("/containers/0/mounts", json!([mount]))
    };
    let of = |verdict, found, change| case("no_source_mounts", verdict, found, change);
    vec![
        of(
            "fail",
            "`/data/inventory` runs, and it lies in what is mounted at `/data`",
            vec![volume(), file(json!({}))],
        ),
        of(
            "fail",
            "`/data/libx.so` runs",
            vec![
                volume(),
                file(json!({ "path": "/data/libx.so", "library": true })),
            ],
        ),
        of(
            "unknown",
            "does not lie in the image's files",
            vec![file(json!({ "mount": "/tmp" }))],
        ),
        of(
            "unknown",
            "is no longer there",
            vec![file(json!({ "mount": Value::Null, "in_place": false }))],
        ),
        // Some programs unpack libraries into a tmpfs.
        of(
            "pass",
            "no source",
            vec![file(json!({ "mount": "/tmp", "library": true }))],
        ),
        of(
            "unknown",
            UNSEEN,
            vec![(image_fact("running_elsewhere"), unseen())],
        ),
        of(
            "pass",
            "no source",
            vec![
                (image_fact("running_elsewhere"), unseen()),
                (
                    "/containers/0/state",
                    json!({ "status": "exited", "exit_code": 1 }),
                ),
            ],
        ),
    ]
}

fn of_files() -> Vec<Case> {
    let mount = |change: Value| {
        let mut over =
            json!({ "destination": "/app", "source": "…/app", "kind": "bind", "workdir": true });
        if let (Value::Object(over), Value::Object(change)) = (&mut over, change) {
            over.extend(change);
        }
        vec![(image_fact("mounts"), json!([over]))]
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
            vec![(image_fact("toolchain"), seen(json!(["/usr/bin/gcc"])))],
        ),
        case(
            "no_toolchain",
            "unknown",
            UNSEEN,
            vec![(image_fact("toolchain"), unseen())],
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
            vec![(image_fact("kept"), seen(json!(["/app/shop.db"])))],
        ),
        case(
            "state_in_database",
            "unknown",
            UNSEEN,
            vec![(image_fact("kept"), unseen())],
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
            vec![(
                image_fact("root_filesystem"),
                seen(json!({ "read_only": false })),
            )],
        ),
        case(
            "read_only_root",
            "fail",
            "a program runs from `/app`",
            vec![(
                image_fact("root_filesystem"),
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
                image_fact("root_filesystem"),
                seen(json!({ "read_only": true, "writable": ["/tmp"] })),
            )],
        ),
        case(
            "read_only_root",
            "unknown",
            UNSEEN,
            vec![(image_fact("root_filesystem"), unseen())],
        ),
    ]
}
