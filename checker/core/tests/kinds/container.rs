//! Cases of the kinds that judge the engine's own state.

use serde_json::{Value, json};

use super::{Case, UNSEEN, case, unseen};

#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(super) fn cases() -> Vec<Case> {
    let error = "driver failed programming external connectivity: Bind for 127.0.0.1:5000 failed: port is already allocated";
    vec![
        case(
            "running",
            "held up",
            "it waits for `db`, which is unhealthy; its health check says: no",
            vec![
                ("/containers/0/state", json!({ "status": "created" })),
                ("/containers/1/health", json!({ "unhealthy": "no" })),
            ],
        ),
        case(
            "running",
            "unknown",
            "it waits for `db`, whose health check is still starting",
            vec![
                ("/containers/0/state", json!({ "status": "created" })),
                ("/containers/1/health", json!("starting")),
            ],
        ),
        // It was restarted, but long ago.
        case(
            "healthy",
            "pass",
            "healthy",
            vec![(
                "/containers/1/state",
                json!({ "status": "running", "restart_count": 3, "up_ms": 90000 }),
            )],
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
            "unhealthy; its health check says: no route",
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
        // The server's own word counts: data beside the volume is lost, and data in another volume stays.
        case(
            "kept_in_volume",
            "fail",
            "nothing is mounted there",
            vec![("/sql/seen/data", json!("/data/"))],
        ),
        case(
            "kept_in_volume",
            "pass",
            "/data is volume",
            vec![
                ("/sql/seen/data", json!("/data/")),
                (
                    "/containers/1/mounts",
                    json!([
                        { "kind": "volume", "source": "kept", "destination": "/data" },
                        { "kind": "anonymous_volume", "destination": "/var/lib/mysql" }
                    ]),
                ),
            ],
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
