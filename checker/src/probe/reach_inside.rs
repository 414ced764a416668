//! Attempts from inside the proxy: which of the stack's addresses and names it can connect to.
//!
//! One program in the proxy's own container makes all attempts at once, with whatever is there to connect with.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::join_all;

use super::beside;
use super::engine_exec::{Ended, Program};
use super::looked::Looked;
use super::parts::Parts;
use super::reach::{PATIENCE, millis, plays, ports_of};
use super::reach_again::{PAUSE, came_through, confirm};
use super::reach_script as script;
use crate::facts::{ReachRow, Role, Seen, Status, Tool, Tried, Try, Vantage};
use crate::text;

/// What is attempted from one place at most.
const MOST: usize = 60;
/// Longest wait for the program as a whole.
const DEADLINE: Duration = Duration::from_secs(5);

/// A place attempts were made from, how, and what they showed.
pub(super) type Found = (String, Seen<Tool>, Vec<ReachRow>);

/// One attempt to make.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    container: String,
    port: u16,
    /// An address, or a name to look up first.
    to: To,
    /// It must succeed where the tool works.
    control: bool,
    /// The port that is connected to, where it is another one: that of the host.
    by: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum To {
    Address(String),
    /// An address of the machine, where the port is published.
    Machine(String),
    Name(String),
}

/// Attempts from every container that plays the proxy and has a network of its own.
pub(super) async fn look(parts: &Parts<'_>) -> Vec<Found> {
    let places = parts.playing(Role::Proxy).into_iter().filter(|place| {
        place.container.network_mode != "host" && place.container.state.status == Status::Running
    });
    join_all(places.map(|place| from(parts, place))).await
}

async fn from(parts: &Parts<'_>, place: &Looked) -> Found {
    let name = place.container.name.clone();
    let targets = targets(parts, place);
    let known = known(parts);
    let program = program(&targets, &known);
    let id = &place.container.id;
    let kept: Vec<&str> = parts
        .playing(Role::Db)
        .into_iter()
        .map(|looked| looked.container.name.as_str())
        .collect();
    let within = parts.engine.run(id, &program, "", DEADLINE).await;
    let mut best = read(within, &name, &targets, false);
    if came_through(&best.2, &kept) {
        tokio::time::sleep(PAUSE).await;
        let again = parts.engine.run(id, &program, "", DEADLINE).await;
        confirm(&mut best.2, &read(again, &name, &targets, false).2);
    }
    let proven = |found: &Found| found.1.get().is_some_and(|tool| tool.control.is_some());
    // Without anything in it to connect with, or with something that does not: from a container of another image in
    // the same network.
    if !proven(&best)
        && let Some(image) = beside::tools(parts)
    {
        let next = parts.beside.run(id, image, &program, DEADLINE).await;
        let mut next = read(next, &name, &targets, true);
        if came_through(&next.2, &kept) {
            tokio::time::sleep(PAUSE).await;
            let again = parts.beside.run(id, image, &program, DEADLINE).await;
            confirm(&mut next.2, &read(again, &name, &targets, true).2);
        }
        if proven(&next) || best.1.get().is_none() {
            best = next;
        }
    }
    best
}

/// What was found, from what the program said.
fn read(ended: Result<Ended, String>, name: &str, targets: &[Target], beside: bool) -> Found {
    let none = "there is nothing in it to connect with (bash, python3 or nc)";
    let said = match ended {
        Ok(ended) => (ended.missing(), script::read(&ended.out)),
        Err(why) => return (name.to_owned(), Seen::Unseen(why), Vec::new()),
    };
    let (missing, said) = said;
    if missing || said.program.is_empty() {
        return (name.to_owned(), Seen::Unseen(none.into()), Vec::new());
    }
    let (control, rows) = rows(name, targets, &said);
    let tool = Tool {
        program: said.program,
        beside,
        control,
    };
    (name.to_owned(), Seen::Seen(tool), rows)
}

/// The program with what it is to try.
fn program(targets: &[Target], known: &BTreeSet<String>) -> Program {
    let mut cmd: Vec<String> = ["sh", "-c", script::SHELL, "labcheck"]
        .map(str::to_owned)
        .into();
    for target in targets {
        let (word, to) = match &target.to {
            To::Address(address) | To::Machine(address) => ("at", address),
            To::Name(name) => ("name", name),
        };
        cmd.extend([word.to_owned(), to.clone(), target.by.to_string()]);
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    Program {
        cmd,
        env: script::env(&known, PATIENCE),
        talks: false,
    }
}

/// Every address of the stack, and the gateways of its networks: where a name may lead.
fn known(parts: &Parts<'_>) -> BTreeSet<String> {
    let containers = parts.stack.containers.iter();
    let gateways = parts.stack.gateways.iter().flat_map(|(_, all)| all);
    containers
        .flat_map(|looked| &looked.addresses)
        .chain(gateways)
        .map(|address| bare(address).to_owned())
        .collect()
}

/// An address without the length of its network.
fn bare(address: &str) -> &str {
    address.split('/').next().unwrap_or(address)
}

/// The container whose network another one has.
fn owner<'a>(parts: &Parts<'a>, looked: &'a Looked) -> &'a Looked {
    let shared = looked.container.network_mode.strip_prefix("container:");
    let found = shared.and_then(|id| {
        let mut all = parts.stack.containers.iter();
        all.find(|other| other.container.id.starts_with(id) || other.container.name == id)
    });
    found.unwrap_or(looked)
}

fn targets(parts: &Parts<'_>, place: &Looked) -> Vec<Target> {
    let mut all: Vec<Target> = Vec::new();
    let at = |looked: &Looked, port: u16, to: To, control: bool| Target {
        container: looked.container.name.clone(),
        port,
        to,
        control,
        by: port,
    };
    // The place's own ports: whoever can connect at all can connect to itself.
    for port in tcp(parts, owner(parts, place)) {
        all.push(at(place, port, To::Address("127.0.0.1".into()), true));
    }
    let here: Vec<&str> = networks(owner(parts, place));
    for role in [Role::App, Role::Admin] {
        for looked in parts.playing(role) {
            let ends = owner(parts, looked).container.networks.iter();
            let shared: Vec<&str> = ends
                .filter(|end| here.contains(&end.network.as_str()) && !end.ip.is_empty())
                .map(|end| end.ip.as_str())
                .collect();
            let known = tcp(parts, looked);
            for address in shared {
                for port in &known {
                    let to = To::Address(address.to_owned());
                    all.push(at(looked, *port, to, role == Role::App));
                }
            }
        }
    }
    for looked in parts.playing(Role::Db) {
        let held = owner(parts, looked);
        let known = tcp(parts, looked);
        for port in &known {
            for address in &held.addresses {
                let to = To::Address(bare(address).to_owned());
                all.push(at(looked, *port, to, false));
            }
            for name in names(held, looked) {
                all.push(at(looked, *port, To::Name(name), false));
            }
        }
        all.extend(by_gateway(parts, looked, held, &here));
    }
    all.truncate(MOST);
    all
}

/// Where a published port of the database would be reached by way of the host.
fn by_gateway(parts: &Parts<'_>, looked: &Looked, held: &Looked, here: &[&str]) -> Vec<Target> {
    let open = held
        .container
        .ports
        .iter()
        .filter(|port| port.proto == "tcp" && !port.loopback());
    let gateways: BTreeSet<&str> = parts
        .stack
        .gateways
        .iter()
        .filter(|(network, _)| here.contains(&network.as_str()))
        .flat_map(|(_, all)| all)
        .map(|gateway| bare(gateway))
        .collect();
    let mut all = Vec::new();
    for port in open {
        let own = !matches!(port.host_ip.as_str(), "" | "0.0.0.0" | "::");
        let by: Vec<&str> = if own {
            vec![port.host_ip.as_str()]
        } else {
            gateways.iter().copied().collect()
        };
        for address in by {
            all.push(Target {
                container: looked.container.name.clone(),
                port: port.container,
                to: To::Machine(address.to_owned()),
                control: false,
                by: port.host,
            });
        }
    }
    all
}

fn tcp(parts: &Parts<'_>, looked: &Looked) -> Vec<u16> {
    let mut known: Vec<u16> = ports_of(parts, looked)
        .into_iter()
        .filter(|(_, proto)| proto == "tcp")
        .map(|(port, _)| port)
        .collect();
    // Nothing is declared: the ports that applications usually have.
    if known.is_empty() && plays(parts, looked, Role::App) {
        known = vec![5000, 8000, 8080, 3000, 80];
    }
    known
}

fn networks(looked: &Looked) -> Vec<&str> {
    let ends = looked.container.networks.iter();
    ends.map(|end| end.network.as_str()).collect()
}

/// Names by which a container may be found, without the beginning of its id.
fn names(held: &Looked, looked: &Looked) -> BTreeSet<String> {
    let service = looked.container.service.iter();
    let own = held.names.iter().chain(service);
    own.filter(|name| !looked.container.id.starts_with(name.as_str()))
        .filter(|name| !held.container.id.starts_with(name.as_str()))
        .filter(|name| script::plain(name))
        .cloned()
        .collect()
}

/// The attempts of a place as rows, and the control that succeeded.
fn rows(place: &str, targets: &[Target], said: &script::Said) -> (Option<String>, Vec<ReachRow>) {
    let mut rows: BTreeMap<(String, u16), Vec<Try>> = BTreeMap::new();
    let mut control = None;
    let late = Tried::TimedOut(millis(PATIENCE));
    for target in targets {
        let tries: Vec<Try> = match &target.to {
            To::Address(address) | To::Machine(address) => {
                let outcome = said.outcome(address, target.by).unwrap_or(late.clone());
                let machine = matches!(target.to, To::Machine(_));
                vec![Try {
                    at: format!("{}:{}", text::host(address), target.by),
                    name: machine.then(|| "the machine itself".to_owned()),
                    outcome,
                }]
            }
            To::Name(name) => by_name(name, target.by, said, &late),
        };
        if target.control && control.is_none() {
            let open = tries.iter().find(|one| one.outcome == Tried::Open);
            control = open.map(|one| one.at.clone());
        }
        let row = rows
            .entry((target.container.clone(), target.port))
            .or_default();
        row.extend(
            tries
                .into_iter()
                .filter(|one| !row.contains(one))
                .collect::<Vec<_>>(),
        );
    }
    let rows = rows
        .into_iter()
        .map(|((container, port), tries)| ReachRow {
            container,
            port,
            proto: "tcp".into(),
            from: Vantage::Proxy(place.to_owned()),
            asked: Vec::new(),
            effective: Vec::new(),
            tries,
        })
        .collect();
    (control, rows)
}

/// What a name led to, and whether that could be connected to.
fn by_name(name: &str, port: u16, said: &script::Said, late: &Tried) -> Vec<Try> {
    let to = |at: String, outcome: Tried| Try {
        at,
        name: Some(name.to_owned()),
        outcome,
    };
    match said.led(name) {
        None if said.no_names => vec![to(
            String::new(),
            Tried::Untried("there is no program to look names up with".into()),
        )],
        None => vec![to(String::new(), late.clone())],
        Some([]) => vec![to(String::new(), Tried::NoName)],
        Some(addresses) => addresses
            .iter()
            .map(|(address, of_stack)| {
                let at = format!("{}:{port}", text::host(address));
                if *of_stack {
                    let outcome = said.outcome(address, port).unwrap_or(late.clone());
                    to(at, outcome)
                } else {
                    to(at, Tried::Elsewhere)
                }
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(container: &str, to: To, port: u16, control: bool) -> Target {
        Target {
            container: container.into(),
            port,
            to,
            control,
            by: port,
        }
    }

    #[test]
    fn silence_is_a_time_out_and_a_control_has_to_be_open() {
        let targets = [
            target("proxy", To::Address("127.0.0.1".into()), 443, true),
            target("db", To::Address("172.20.0.3".into()), 3306, false),
            target("db", To::Name("db".into()), 3306, false),
        ];
        let said = script::read("with bash\nopen 127.0.0.1 443\nnoname db\n");
        let (control, rows) = rows("proxy", &targets, &said);
        assert_eq!(control.as_deref(), Some("127.0.0.1:443"));
        let db = rows
            .iter()
            .find(|row| row.container == "db")
            .expect("a row");
        let outcomes: Vec<&Tried> = db.tries.iter().map(|one| &one.outcome).collect();
        assert_eq!(outcomes, [&Tried::TimedOut(300), &Tried::NoName]);
        assert!(db.closed() && !db.open());
        let mute = script::read("with bash\n");
        assert_eq!(super::rows("proxy", &targets, &mute).0, None);
    }

    #[test]
    fn a_name_may_lead_to_a_relay_or_out_of_the_stack() {
        let targets = [target("db", To::Name("db".into()), 3306, false)];
        let relay = script::read("with bash\nname db 172.19.0.9 known\nopen 172.19.0.9 3306\n");
        let (_, found) = rows("proxy", &targets, &relay);
        assert!(found[0].open(), "{found:?}");
        let away = script::read("with bash\nname db 192.0.2.8 unknown\n");
        let (_, found) = rows("proxy", &targets, &away);
        assert_eq!(found[0].tries[0].outcome, Tried::Elsewhere);
        assert!(found[0].closed());
    }
}
