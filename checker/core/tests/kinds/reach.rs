//! Cases of the kinds that judge who reaches what: from outside and from inside a container.

use serde_json::{Value, json};

use super::published::port;
use super::{Case, UNSEEN, case, unseen};
pub(super) fn cases() -> Vec<Case> {
    let all = [closed(), inside(), untried(), sockets()];
    all.into_iter().flatten().collect()
}

/// The database in the host's network, where it listens everywhere, with what attempts from outside showed.
fn db_on_the_machine(tries: Value) -> Vec<(&'static str, Value)> {
    let listens = json!([{ "address": "0.0.0.0", "port": 3306 }]);
    vec![
        ("/containers/1/network_mode", json!("host")),
        (
            "/reach/seen/machine",
            json!({ "v4-db-1": { "seen": listens } }),
        ),
        ("/reach/seen/rows/1/effective", json!(["0.0.0.0:3306"])),
        ("/reach/seen/rows/1/tries", tries),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn closed() -> Vec<Case> {
    vec![
        case("closed_from_outside", "pass", "bound to loopback", vec![]),
        case(
            "closed_from_outside",
            "unknown",
            "an address of its own in the network around this machine (`v4_default`, driver ipvlan)",
            vec![(
                "/networks/0",
                json!({ "name": "v4_default", "driver": "ipvlan" }),
            )],
        ),
        case(
            "closed_from_outside",
            "pass",
            "bound to loopback",
            vec![(
                "/networks/0",
                json!({ "name": "v4_default", "driver": "macvlan", "internal": true }),
            )],
        ),
        case(
            "closed_from_outside",
            "pass",
            "none of them publishes a port",
            vec![("/containers/0/ports", json!([]))],
        ),
        case(
            "closed_from_outside",
            "pass",
            "all its networks are internal",
            vec![("/containers/1/ports_asked", json!([port(3306, "", 3306)]))],
        ),
        case(
            "closed_from_outside",
            "pass",
            "no address beyond loopback",
            vec![(
                "/reach/seen/outside",
                json!({ "unseen": "this machine has no address beyond loopback" }),
            )],
        ),
        case(
            "closed_from_outside",
            "fail",
            "port 5000 of `app` is published on 0.0.0.0:5000",
            vec![(
                "/containers/0/ports",
                json!([port(5000, "0.0.0.0", 5000), port(5000, "::", 5000)]),
            )],
        ),
        case(
            "closed_from_outside",
            "fail",
            "published on 0.0.0.0:32771; no port of the machine is named, so the engine chose one: `expose` is what does not publish",
            vec![
                ("/containers/1/ports_asked", json!([port(3306, "", 0)])),
                ("/containers/1/ports", json!([port(3306, "0.0.0.0", 32771)])),
            ],
        ),
        case(
            "closed_from_outside",
            "fail",
            "`db` does not run, and asks for port 3306",
            vec![
                ("/containers/1/state", json!({ "status": "exited" })),
                ("/containers/1/ports_asked", json!([port(3306, "", 3306)])),
            ],
        ),
        case(
            "closed_from_outside",
            "fail",
            "`db` is in the host's network, and 0.0.0.0:3306 is open to every machine there",
            db_on_the_machine(json!([{ "at": "203.0.113.7:3306", "outcome": "open" }])),
        ),
        // Without an address beyond loopback nothing can be tried, and who listens everywhere is open all the same.
        case(
            "closed_from_outside",
            "fail",
            "0.0.0.0:3306 is open",
            db_on_the_machine(json!([])),
        ),
        case(
            "closed_from_outside",
            "pass",
            "loopback",
            db_on_the_machine(json!([{ "at": "203.0.113.7:3306", "outcome": "refused" }])),
        ),
        case(
            "closed_from_outside",
            "unknown",
            "could not be seen: 203.0.113.7:3306: could not be tried: no",
            db_on_the_machine(
                json!([{ "at": "203.0.113.7:3306", "outcome": { "untried": "no" } }]),
            ),
        ),
        case(
            "closed_from_outside",
            "unknown",
            "could not be seen",
            vec![("/containers/1/network_mode", json!("host"))],
        ),
        case(
            "closed_from_outside",
            "unknown",
            UNSEEN,
            vec![("/reach", unseen())],
        ),
    ]
}
fn sockets() -> Vec<Case> {
    let socket = |container: &str| {
        let one = json!({ "of": "v4-db-1", "at": "/run/mysqld/mysqld.sock", "container": container, "found": "/srv/db/mysqld.sock" });
        vec![("/reach/seen/sockets", json!([one]))]
    };
    vec![
        case(
            "unreachable",
            "fail",
            "in `proxy`, `/srv/db/mysqld.sock` is the socket on which `db` listens",
            socket("v4-proxy-1"),
        ),
        case(
            "unreachable",
            "unknown",
            "`proxy` shares its processes with others (`pid`)",
            vec![("/containers/3/pid_mode", json!("container:abc"))],
        ),
        // Another container that has the socket is asked, as every one between.
        case("unreachable", "pass", "timed out", socket("v4-app-1")),
    ]
}

fn inside() -> Vec<Case> {
    vec![
        case(
            "unreachable",
            "pass",
            "172.18.0.3:3306: timed out after 300 ms (packets are dropped); db: no such name there",
            vec![],
        ),
        case(
            "unreachable",
            "fail",
            "from inside `proxy`, db (172.19.0.5:3306): open",
            vec![(
                "/reach/seen/rows/2/tries",
                json!([{ "at": "172.19.0.5:3306", "name": "db", "outcome": "open" }]),
            )],
        ),
        case(
            "unreachable",
            "fail",
            "from inside `proxy`, `relay` answers on port 13306 (172.19.0.9:13306) with a database's greeting (MariaDB 11.8): connections are passed on to `db`",
            vec![(
                "/reach/seen/rows/-",
                json!({ "container": "relay", "port": 13306, "proto": "tcp", "from": { "proxy": "v4-proxy-1" },
                    "tries": [{ "at": "172.19.0.9:13306", "outcome": { "greets": "MariaDB 11.8" } }] }),
            )],
        ),
        case(
            "unreachable",
            "fail",
            "`app` answers on port 5001",
            vec![(
                "/reach/seen/rows/-",
                json!({ "container": "v4-app-1", "port": 5001, "proto": "tcp", "from": { "proxy": "v4-proxy-1" },
                    "tries": [{ "at": "172.19.0.2:5001", "outcome": { "greets": "PostgreSQL" } }] }),
            )],
        ),
        case(
            "unreachable",
            "fail",
            "`relay` holds a connection to the database for each one that is held to its port 4000 (172.19.0.9:4000)",
            vec![(
                "/reach/seen/rows/-",
                json!({ "container": "relay", "port": 4000, "proto": "tcp", "from": { "proxy": "v4-proxy-1" },
                    "tries": [{ "at": "172.19.0.9:4000", "outcome": "passed_on" }] }),
            )],
        ),
        // An open port where no database greets is what an application has.
        case(
            "unreachable",
            "pass",
            "timed out",
            vec![(
                "/reach/seen/rows/-",
                json!({ "container": "relay", "port": 80, "proto": "tcp", "from": { "proxy": "v4-proxy-1" },
                    "tries": [{ "at": "172.19.0.9:80", "outcome": "open" }] }),
            )],
        ),
        case(
            "unreachable",
            "unknown",
            "`relay` stands between the two, and what it does with connections is not known: it is paused",
            vec![("/reach/seen/unheard", json!({ "relay": "it is paused" }))],
        ),
        case(
            "unreachable",
            "fail",
            "network_mode: host",
            vec![("/containers/3/network_mode", json!("host"))],
        ),
    ]
}

/// Attempts that prove nothing.
fn untried() -> Vec<Case> {
    vec![
        case(
            "unreachable",
            "unknown",
            "prove nothing",
            vec![(
                "/reach/seen/inside/v4-proxy-1",
                json!({ "seen": { "program": "nc", "control": null } }),
            )],
        ),
        case(
            "unreachable",
            "unknown",
            UNSEEN,
            vec![("/reach/seen/inside/v4-proxy-1", unseen())],
        ),
        case(
            "unreachable",
            "unknown",
            "nothing was tried from inside `proxy`",
            vec![("/reach/seen/inside", json!({}))],
        ),
        case(
            "unreachable",
            "unknown",
            "`db` does not run",
            vec![("/containers/1/state", json!({ "status": "exited" }))],
        ),
        case(
            "unreachable",
            "unknown",
            "no address of `db` is known",
            vec![(
                "/reach/seen/rows/2/tries",
                json!([{ "at": "", "name": "db", "outcome": "no_name" }]),
            )],
        ),
        case(
            "unreachable",
            "unknown",
            "`extra_hosts` of `proxy` leads `db` to 198.51.100.7:3306, which is no address of the stack",
            vec![
                led_away(),
                ("/containers/3/extra_hosts", json!(["db:198.51.100.7"])),
            ],
        ),
        // A name server that knows a machine of that name is nothing that the student did.
        case(
            "unreachable",
            "pass",
            "db (198.51.100.7:3306): an address that is none of the stack's",
            vec![led_away()],
        ),
        case("unreachable", "unknown", UNSEEN, vec![("/reach", unseen())]),
    ]
}

/// The database's name leads to an address that is none of the stack's.
fn led_away() -> (&'static str, Value) {
    let tried = json!([{ "at": "198.51.100.7:3306", "name": "db", "outcome": "elsewhere" }]);
    ("/reach/seen/rows/2/tries", tried)
}
