//! Cases of the kinds that ask the same of every container.

use serde_json::{Value, json};

use super::{Case, case, compose};

/// Kinds that judge the stack as a whole: without containers there is nothing to judge.
pub(super) const WHOLE: [&str; 8] = [
    "all_healthy",
    "restart_policy",
    "limits",
    "log_rotation",
    "no_new_privileges",
    "capabilities_dropped",
    "no_docker_socket",
    "one_command",
];

/// One value of the database's limits changed.
fn limit(pointer: &'static str, value: Value) -> Vec<(&'static str, Value)> {
    vec![(pointer, value)]
}

pub(super) fn cases() -> Vec<Case> {
    let empty = WHOLE.into_iter().map(|kind| {
        case(
            kind,
            "unknown",
            "no container",
            vec![("/containers", json!([]))],
        )
    });
    let mut all = [
        health(),
        restarts(),
        limits(),
        logs(),
        privileges(),
        socket(),
        compose::cases(),
    ]
    .into_iter()
    .flatten()
    .chain(empty)
    .collect::<Vec<_>>();
    // A container that did its work and ended well is asked nothing; one that ended badly, or plays a role, is.
    let ended = |code: i64| json!({ "name": "v4-certs-1", "project": "v4", "service": "certs", "state": { "status": "exited", "exit_code": code } });
    for kind in WHOLE
        .into_iter()
        .filter(|kind| !["no_docker_socket", "one_command"].contains(kind))
    {
        all.push(case(kind, "pass", "", vec![("/containers/4", ended(0))]));
        all.push(case(kind, "fail", "", vec![("/containers/4", ended(1))]));
    }
    all
}

fn health() -> Vec<Case> {
    let kind = "all_healthy";
    let of = |value: Value| vec![("/containers/2/health", value)];
    vec![
        case(kind, "pass", "4 of 4", vec![]),
        case(
            kind,
            "fail",
            "`admin` has no health check",
            of(json!("none")),
        ),
        case(
            kind,
            "fail",
            "`app` and `admin` have no health check",
            vec![
                ("/containers/0/health", json!("none")),
                ("/containers/2/health", json!("none")),
            ],
        ),
        case(
            kind,
            "fail",
            "`admin` is unhealthy; its health check says: curl: not found",
            of(json!({ "unhealthy": "curl: not found" })),
        ),
        case(
            kind,
            "unknown",
            "`admin` is still starting",
            of(json!("starting")),
        ),
        case(
            kind,
            "fail",
            "exit code 3",
            vec![(
                "/containers/0/state",
                json!({ "status": "exited", "exit_code": 3 }),
            )],
        ),
        case(
            kind,
            "fail",
            "exit code 0",
            vec![(
                "/containers/0/state",
                json!({ "status": "exited", "exit_code": 0 }),
            )],
        ),
    ]
}

fn restarts() -> Vec<Case> {
    let kind = "restart_policy";
    let of = |value: &str| vec![("/containers/1/restart_policy", json!(value))];
    vec![
        case(kind, "pass", "", of("always")),
        case(kind, "pass", "", of("on-failure")),
        case(kind, "fail", "`db`: no restart policy", of("no")),
        case(kind, "fail", "`db`: no restart policy", of("")),
        case(
            kind,
            "fail",
            "`app` and `db`: no restart policy",
            vec![
                ("/containers/0/restart_policy", json!("no")),
                ("/containers/1/restart_policy", json!("no")),
            ],
        ),
    ]
}

fn limits() -> Vec<Case> {
    let kind = "limits";
    let limits = "/containers/1/limits";
    vec![
        case(
            kind,
            "pass",
            "",
            limit(limits, json!({ "memory": 1, "cpu_millis": 500 })),
        ),
        case(
            kind,
            "fail",
            "`db`: no limits at all",
            limit(limits, json!({})),
        ),
        case(
            kind,
            "fail",
            "`db`: no limit of memory",
            limit(limits, json!({ "pids": 100 })),
        ),
        case(
            kind,
            "fail",
            "`db`: no limit of processes or processor time",
            limit(limits, json!({ "memory": 1 })),
        ),
    ]
}

fn logs() -> Vec<Case> {
    let kind = "log_rotation";
    let limits = "/containers/1/limits";
    let driver = |driver: &str, size: Value| {
        limit(
            limits,
            json!({ "log_driver": driver, "log_max_size": size }),
        )
    };
    vec![
        case(kind, "pass", "", driver("local", Value::Null)),
        case(kind, "pass", "", driver("journald", Value::Null)),
        case(
            kind,
            "fail",
            "`db`: its log (`json-file`) grows",
            driver("json-file", Value::Null),
        ),
        case(
            kind,
            "fail",
            "`max-size: -1`",
            driver("json-file", json!("-1")),
        ),
        case(kind, "fail", "grows without end", driver("", Value::Null)),
    ]
}

fn privileges() -> Vec<Case> {
    let (gain, dropped) = ("no_new_privileges", "capabilities_dropped");
    let limits = "/containers/1/limits";
    let option = |word: &str| limit(limits, json!({ "security_opt": ["label=disable", word] }));
    let caps = |drop: Value, add: Value| limit(limits, json!({ "cap_drop": drop, "cap_add": add }));
    let named = json!([
        "AUDIT_WRITE",
        "cap_mknod",
        "NET_RAW",
        "SETFCAP",
        "SETPCAP",
        "SYS_CHROOT",
        "FOWNER",
        "FSETID",
        "KILL"
    ]);
    vec![
        case(gain, "pass", "", option("no-new-privileges")),
        case(gain, "pass", "", option("no-new-privileges=true")),
        case(
            gain,
            "fail",
            "`db`: `no-new-privileges` is there, but false",
            option("no-new-privileges:false"),
        ),
        case(gain, "fail", "`db`: not set", option("seccomp=unconfined")),
        case(
            gain,
            "fail",
            "privileged",
            limit(
                limits,
                json!({ "security_opt": ["no-new-privileges"], "privileged": true }),
            ),
        ),
        case(
            dropped,
            "pass",
            "",
            caps(json!(["all"]), json!(["cap_chown"])),
        ),
        case(dropped, "pass", "", caps(json!(["CAP_ALL"]), json!([]))),
        case(dropped, "pass", "", caps(named, json!([]))),
        case(
            dropped,
            "fail",
            "`db`: it drops none",
            caps(json!([]), json!([])),
        ),
        case(
            dropped,
            "fail",
            "`db`: it drops `NET_RAW` alone",
            caps(json!(["NET_RAW"]), json!([])),
        ),
        case(
            dropped,
            "fail",
            "`db`: it adds `SYS_ADMIN`",
            caps(json!(["ALL"]), json!(["SYS_ADMIN"])),
        ),
        case(
            dropped,
            "fail",
            "`db`: it adds `ALL`",
            caps(json!(["ALL"]), json!(["ALL"])),
        ),
        case(
            dropped,
            "fail",
            "privileged",
            limit(limits, json!({ "cap_drop": ["ALL"], "privileged": true })),
        ),
    ]
}

fn socket() -> Vec<Case> {
    let kind = "no_docker_socket";
    let mount = |writable: bool| {
        let mount = json!({ "kind": "bind", "source": "…/docker.sock", "destination": "/var/run/docker.sock", "writable": writable, "socket": true });
        vec![("/containers/3/mounts", json!([mount]))]
    };
    let told = |at: &str| {
        let var = json!({ "name": "DOCKER_HOST", "value": { "plain": at } });
        vec![("/containers/3/env", json!([var]))]
    };
    vec![
        case(kind, "pass", "none has it", vec![]),
        case(
            kind,
            "fail",
            "`proxy` has it, through `/var/run/docker.sock`",
            mount(true),
        ),
        case(kind, "fail", "read-only does not help", mount(false)),
        case(
            kind,
            "fail",
            "`proxy` has it, through `/host`, by way of volume `v4_run`",
            vec![(
                "/containers/3/mounts",
                json!([{ "kind": "volume", "source": "v4_run", "destination": "/host", "writable": true, "socket": true }]),
            )],
        ),
        case(
            kind,
            "fail",
            "`proxy` is told to give orders to the engine at tcp://engine:2375",
            told("tcp://engine:2375"),
        ),
        // Without the socket itself, its usual path leads nowhere.
        case(
            kind,
            "pass",
            "none has it",
            told("unix:///var/run/docker.sock"),
        ),
    ]
}
