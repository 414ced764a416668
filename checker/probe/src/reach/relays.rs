//! Containers between the proxy and the database that may pass connections on, and the ports they listen on.
//!
//! Two networks keep proxy and database apart no longer when a container on both forwards what comes to it, on whatever
//! port. Nothing is known of such a container beforehand, so its sockets are read, and every one of them is listened to.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use super::host_network::{self, Guest};
use super::targets::{Heard, Target, To, by_gateway};
use super::unix_sockets::Shared;
use crate::stack::context::StackContext;
use crate::stack::listening;
use crate::stack::network::{networks, owner, plays, ports_of, speaks};
use crate::stack::settle::Processes;
use labcheck_core::facts::{Listener, Port, Role, Seen, Status};
use labcheck_core::text;
use labcheck_engine::model::inspected::{ContainerSummary, Inspected, NetworkEnd};

/// Containers that are listened to at most.
const MOST: usize = 20;
/// Ports of one container that are listened to at most.
const MOST_PORTS: usize = 40;

/// One container with networks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    name: String,
    id: String,
    /// Networks it is on, each with its address there.
    ends: Vec<NetworkEnd>,
    ports: Vec<Port>,
    /// TCP ports that are known without looking.
    known: Vec<u16>,
    paused: bool,
}

/// What is to be listened to.
#[derive(Debug, Default)]
pub(crate) struct Listen {
    pub targets: Vec<Target>,
    /// Containers of which it could not be found out where they listen, each with why; by name.
    pub unheard: BTreeMap<String, String>,
    /// Containers that say by their processes' names that they are databases themselves.
    pub claims: Vec<Claim>,
}

/// A container that says that it is a database itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub name: String,
    pub addresses: Vec<String>,
}

/// Everything that listens between a container and the database, as targets from there.
pub(crate) async fn targets(
    context: &StackContext<'_>,
    vantage: &Inspected,
    guests: &[Guest],
    shared: &Shared,
) -> Listen {
    let here = networks(owner(context, vantage));
    let dbs = context.playing(Role::Db);
    let kept: Vec<&str> = dbs
        .iter()
        .flat_map(|db| networks(owner(context, db)))
        .collect();
    let nodes = nodes(context, vantage);
    let mut between = between(&here, &kept, &shared.holders(), &nodes);
    let mut unheard = BTreeMap::new();
    for node in between.drain(MOST.min(between.len())..) {
        unheard.insert(node.name.clone(), "there are too many containers".into());
    }
    // A server of MySQL's protocol speaks first; anything else is asked.
    let unasked = dbs.iter().all(|db| speaks(context, db) == (true, false));
    let heard = if unasked {
        Heard::Unasked
    } else {
        Heard::Asked
    };
    let seen = join_all(between.iter().map(|node| listening(context, node))).await;
    let (mut all, alone) = host_network::targets(context, &here, guests, heard);
    unheard.extend(alone);
    let mut claims = Vec::new();
    for (node, (claims_it, seen)) in between.into_iter().zip(seen) {
        if claims_it {
            claims.push(Claim {
                name: node.name.clone(),
                addresses: node.ends.iter().map(|end| end.ip.clone()).collect(),
            });
        }
        let (open, why) = ports(node, &seen);
        unheard.extend(why.map(|why| (node.name.clone(), why)));
        all.extend(of_node(context, node, &open, &here, heard));
    }
    Listen {
        targets: all,
        unheard,
        claims,
    }
}

/// Where a container is listened to from networks: at its own addresses there, and where its ports are published.
fn of_node(
    context: &StackContext<'_>,
    node: &Node,
    open: &[u16],
    here: &[&str],
    heard: Heard,
) -> Vec<Target> {
    let shared = node
        .ends
        .iter()
        .filter(|end| here.contains(&end.network.as_str()) && !end.ip.is_empty());
    let direct = shared.flat_map(|end| {
        open.iter().map(|port| Target {
            container: node.name.clone(),
            port: *port,
            to: To::Address(end.ip.clone()),
            control: false,
            by: *port,
            heard: Some(heard),
        })
    });
    let machine = by_gateway(context, &node.name, &node.ports, here);
    let machine = machine.into_iter().map(|target| Target {
        heard: Some(heard),
        ..target
    });
    direct.chain(machine).collect()
}

/// Whether it says that it is a database, and its listening sockets.
async fn listening(context: &StackContext<'_>, node: &Node) -> (bool, Seen<Vec<Listener>>) {
    if node.paused {
        return (false, Seen::Unseen("it is paused".into()));
    }
    let known = context.processes.contains_key(&node.name);
    let own = if known {
        None
    } else {
        let list = context.engine.top(&node.id).await;
        Some(Processes::from([(node.name.clone(), list)]))
    };
    let processes = own.as_ref().unwrap_or(context.processes);
    let claims = serves(processes, &node.name);
    (claims, listening::at(context, &node.id).await)
}

/// Whether a container's processes have the name of a database's, which anything can have.
fn serves(processes: &Processes, name: &str) -> bool {
    const SERVERS: [&str; 4] = ["mariadbd", "mysqld", "postgres", "postmaster"];
    let mut all = processes
        .get(name)
        .and_then(Seen::get)
        .into_iter()
        .flatten();
    all.any(|process| SERVERS.contains(&process.program()))
}

/// The ports to listen to, and why they may not be all.
fn ports(node: &Node, seen: &Seen<Vec<Listener>>) -> (Vec<u16>, Option<String>) {
    match seen {
        Seen::Seen(sockets) => {
            let open = sockets.iter().filter(|socket| !socket.loopback());
            let all: BTreeSet<u16> = open.map(|socket| socket.port).collect();
            let more = all.len().checked_sub(MOST_PORTS).filter(|more| *more > 0);
            (
                all.into_iter().take(MOST_PORTS).collect(),
                more.map(|more| format!("it listens on {more} ports more than are tried")),
            )
        }
        Seen::Unseen(why) => {
            let usual = [3306, 5432].into_iter();
            let all: BTreeSet<u16> = node.known.iter().copied().chain(usual).collect();
            (
                all.into_iter().take(MOST_PORTS).collect(),
                Some(text::cut(why, 200)),
            )
        }
    }
}

/// Whether it passes connections on, or does so again at once: one that is paused goes on where it was.
fn alive(status: Status) -> bool {
    matches!(status, Status::Running | Status::Paused)
}

/// Containers that are up and are neither the container itself nor a database.
fn nodes(context: &StackContext<'_>, vantage: &Inspected) -> Vec<Node> {
    let own = |inspected: &&Inspected| {
        alive(inspected.container.state.status)
            && inspected.container.name != owner(context, vantage).container.name
            // Who shares another's network listens there.
            && inspected.container.network_mode.lender().is_none()
            && !plays(context, inspected, Role::Db)
    };
    let of_stack = context
        .stack
        .containers
        .iter()
        .filter(own)
        .map(|inspected| {
            let known = ports_of(context, inspected).into_iter();
            Node {
                name: inspected.container.name.clone(),
                id: inspected.container.id.clone(),
                ends: inspected.ends.clone(),
                ports: inspected.container.ports.clone(),
                known: known
                    .filter(|(_, proto)| proto == "tcp")
                    .map(|(port, _)| port)
                    .collect(),
                paused: inspected.container.state.status == Status::Paused,
            }
        });
    let stranger = |row: &&ContainerSummary| {
        let mut stack = context.stack.containers.iter();
        alive(row.status) && !stack.any(|inspected| inspected.container.id == row.id)
    };
    let others = context.there.iter().filter(stranger).map(|row| Node {
        name: row.name.clone(),
        id: row.id.clone(),
        ends: row.ends.clone(),
        ports: row.ports.clone(),
        known: row.ports.iter().map(|port| port.container).collect(),
        paused: row.status == Status::Paused,
    });
    of_stack.chain(others).collect()
}

/// The containers by which something may come from networks `here` to networks `kept`, or to a socket that `holders` have:
/// they lead there without those of `here`, over others where need be, and are reached from `here` or where they are
/// published.
fn between<'n>(
    here: &[&str],
    kept: &[&str],
    holders: &BTreeSet<&str>,
    nodes: &'n [Node],
) -> Vec<&'n Node> {
    let apart = |network: &str| !here.contains(&network) && !matches!(network, "host" | "none");
    let mut led: BTreeSet<&str> = kept.iter().copied().filter(|one| apart(one)).collect();
    let on = |node: &Node, led: &BTreeSet<&str>| {
        let mut ends = node.ends.iter();
        holders.contains(node.name.as_str()) || ends.any(|end| led.contains(end.network.as_str()))
    };
    loop {
        let before = led.len();
        for node in nodes {
            if on(node, &led) {
                let names = node.ends.iter().map(|end| end.network.as_str());
                led.extend(names.filter(|name| apart(name)));
            }
        }
        if led.len() == before {
            break;
        }
    }
    let met = |node: &Node| {
        let shared = node
            .ends
            .iter()
            .any(|end| here.contains(&end.network.as_str()));
        shared || node.ports.iter().any(|port| !port.loopback())
    };
    nodes
        .iter()
        .filter(|node| on(node, &led) && met(node))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, networks: &[&str]) -> Node {
        let ends = networks.iter();
        Node {
            name: name.into(),
            id: name.into(),
            ends: ends
                .map(|network| NetworkEnd {
                    network: (*network).to_owned(),
                    ip: "172.18.0.9".to_owned(),
                })
                .collect(),
            ports: Vec::new(),
            known: vec![80],
            paused: false,
        }
    }

    fn names(here: &[&str], kept: &[&str], nodes: &[Node]) -> Vec<String> {
        let found = between(here, kept, &BTreeSet::new(), nodes);
        found.into_iter().map(|node| node.name.clone()).collect()
    }

    #[test]
    fn who_is_on_both_networks_may_pass_connections_on() {
        let nodes = [
            node("app", &["edge", "internal"]),
            node("status", &["edge"]),
            node("backup", &["internal"]),
        ];
        assert_eq!(names(&["edge"], &["internal"], &nodes), ["app"]);
    }

    #[test]
    fn a_chain_of_two_is_followed_and_a_stranger_on_the_proxys_network_alone_is_not() {
        let nodes = [
            node("first", &["edge", "middle"]),
            node("second", &["middle", "internal"]),
            node("stranger", &["edge", "elsewhere"]),
        ];
        assert_eq!(names(&["edge"], &["internal"], &nodes), ["first"]);
    }

    #[test]
    fn who_has_the_databases_socket_needs_no_network() {
        let nodes = [node("relay", &["edge"]), node("status", &["edge"])];
        let holders = BTreeSet::from(["relay"]);
        let found = between(&["edge"], &["internal"], &holders, &nodes);
        assert_eq!(found, [&nodes[0]]);
    }

    #[test]
    fn a_published_port_is_met_by_way_of_the_machine() {
        let mut relay = node("relay", &["internal", "lobby"]);
        let nodes = |relay: &Node| [relay.clone()];
        assert!(names(&["edge"], &["internal"], &nodes(&relay)).is_empty());
        relay.ports = vec![Port {
            container: 3306,
            proto: "tcp".into(),
            host_ip: "127.0.0.1".into(),
            host: 3307,
        }];
        assert!(names(&["edge"], &["internal"], &nodes(&relay)).is_empty());
        relay.ports[0].host_ip = "0.0.0.0".into();
        assert_eq!(names(&["edge"], &["internal"], &nodes(&relay)), ["relay"]);
    }

    #[test]
    fn one_that_is_paused_stands_between_and_one_that_ended_does_not() {
        assert!(alive(Status::Running) && alive(Status::Paused));
        assert!(!alive(Status::Exited) && !alive(Status::Created));
    }

    #[test]
    fn sockets_that_were_not_seen_are_told_and_the_usual_ports_tried() {
        let relay = node("relay", &["edge", "internal"]);
        let listener = |address: &str, port: u16| Listener {
            address: address.into(),
            port,
        };
        let sockets = vec![listener("127.0.0.1", 9000), listener("0.0.0.0", 13306)];
        assert_eq!(ports(&relay, &Seen::Seen(sockets)), (vec![13306], None));
        let (tried, why) = ports(&relay, &Seen::Unseen("it is paused".into()));
        assert_eq!(tried, [80, 3306, 5432]);
        assert_eq!(why.as_deref(), Some("it is paused"));
        let many = (1..=60).map(|port| listener("::", port)).collect();
        let (tried, why) = ports(&relay, &Seen::Seen(many));
        assert_eq!(tried.len(), 40);
        assert!(why.is_some_and(|why| why.contains("20 ports more")));
    }
}
