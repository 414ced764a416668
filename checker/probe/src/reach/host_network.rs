//! Containers in the host's own network: on which of the machine's sockets each of them listens.
//!
//! Their sockets stand in one table with those of the whole machine, so that they are told apart by the numbers of the
//! sockets (inodes) that their own processes hold open. Where the grader cannot read that, it is not known what they
//! listen on, and is said so.

use std::collections::BTreeSet;

use super::host_proc::HostSockets;
use super::targets::{Heard, Target, To};
use crate::stack::context::StackContext;
use crate::stack::network::{networks, owner, plays, without_prefix_length};
use labcheck_core::facts::{Listener, Process, ReachRow, Role, Seen, Status, Tried, Try, Vantage};
use labcheck_core::text;
use labcheck_engine::model::inspected::Inspected;

/// Ports of one container that are tried at most.
const MOST_PORTS: usize = 40;

/// A container in the host's network.
#[derive(Debug, Clone)]
pub(crate) struct Guest {
    pub name: String,
    /// It is the database itself.
    pub database: bool,
    /// The machine's sockets that it listens on, or why it could not be seen which.
    pub listens: Seen<Vec<Listener>>,
}

/// The stack's containers in the host's network but the ingress, which may listen there; none on the usual stack. Who else is
/// there has a database of its own to speak for, and is not asked.
pub(crate) async fn look(context: &StackContext<'_>) -> Vec<Guest> {
    let is_proxy = |inspected: &Inspected| plays(context, inspected, Role::Proxy);
    let own = context.stack.containers.iter().filter(|inspected| {
        inspected.container.state.status == Status::Running
            && owner(context, inspected).container.network_mode.is_host()
            && !is_proxy(inspected)
    });
    let own: Vec<&Inspected> = own.collect();
    if own.is_empty() {
        return Vec::new();
    }
    let machine = machine(context, &own).await;
    let guests = own.into_iter().map(|inspected| Guest {
        name: inspected.container.name.clone(),
        database: plays(context, inspected, Role::Db),
        listens: match (&machine, processes(context, inspected)) {
            (_, Seen::Unseen(why)) => Seen::Unseen(why),
            (Err(why), _) => Seen::Unseen(format!(
                "in the host's network its sockets could not be told from others: {why}"
            )),
            (Ok(machine), Seen::Seen(list)) => machine.of(&list),
        },
    });
    guests.collect()
}

/// The processes of a container, numbered as the engine's host does.
fn processes(context: &StackContext<'_>, inspected: &Inspected) -> Seen<Vec<Process>> {
    let list = context.processes.get(&inspected.container.name).cloned();
    list.unwrap_or_else(|| Seen::Unseen("its processes were not seen".into()))
}

async fn machine(context: &StackContext<'_>, own: &[&Inspected]) -> Result<HostSockets, String> {
    if context.engine.host.is_some() {
        return Err("the engine is on another machine".into());
    }
    let each = own.iter().flat_map(|inspected| {
        let list = processes(context, inspected);
        let pids: BTreeSet<u64> = list
            .get()
            .into_iter()
            .flatten()
            .map(|one| one.pid)
            .collect();
        let id = &inspected.container.id;
        pids.into_iter().map(move |pid| (id.clone(), pid))
    });
    HostSockets::read(each.collect()).await
}

/// Where the machine is met from networks `here`: at their gateways, or at the one address that is listened on.
fn ways(context: &StackContext<'_>, here: &[&str], at: &Listener) -> Vec<String> {
    if at.loopback() {
        return Vec::new();
    }
    if !unspecified(&at.address) {
        return vec![at.address.clone()];
    }
    let gateways = context.stack.gateways.iter();
    let of_here = gateways.filter(|(network, _)| here.contains(&network.as_str()));
    let all: BTreeSet<&str> = of_here
        .flat_map(|(_, all)| all)
        .map(|gateway| without_prefix_length(gateway))
        .filter(|gateway| at.address == "::" || !gateway.contains(':'))
        .collect();
    all.into_iter().map(str::to_owned).collect()
}

pub(crate) fn unspecified(address: &str) -> bool {
    matches!(address, "0.0.0.0" | "::" | "")
}

/// Ports at which something may be passed on to the database, and the containers of which it is not known.
pub(crate) fn targets(
    context: &StackContext<'_>,
    here: &[&str],
    guests: &[Guest],
    heard: Heard,
) -> (Vec<Target>, Vec<(String, String)>) {
    let mut all = Vec::new();
    let mut unheard = Vec::new();
    for guest in guests.iter().filter(|guest| !guest.database) {
        match &guest.listens {
            Seen::Unseen(why) => unheard.push((guest.name.clone(), why.clone())),
            Seen::Seen(sockets) if sockets.len() > MOST_PORTS => {
                let more = sockets.len() - MOST_PORTS;
                let why = format!("it listens on {more} ports more than are tried");
                unheard.push((guest.name.clone(), why));
            }
            Seen::Seen(_) => {}
        }
        all.extend(of_guest(context, here, guest, Some(heard)));
    }
    (all, unheard)
}

/// A database in the host's network, as targets from a container.
pub(crate) fn databases(
    context: &StackContext<'_>,
    vantage: &Inspected,
    guests: &[Guest],
) -> Vec<Target> {
    let here = networks(owner(context, vantage));
    let dbs = guests.iter().filter(|guest| guest.database);
    dbs.flat_map(|guest| of_guest(context, &here, guest, None))
        .collect()
}

fn of_guest(
    context: &StackContext<'_>,
    here: &[&str],
    guest: &Guest,
    heard: Option<Heard>,
) -> Vec<Target> {
    let sockets = guest.listens.get().map_or(&[][..], Vec::as_slice);
    let tried = sockets.iter().take(MOST_PORTS);
    let each = tried.flat_map(|at| {
        let ways = ways(context, here, at).into_iter();
        ways.map(|way| Target {
            container: guest.name.clone(),
            port: at.port,
            to: To::Machine(way),
            control: false,
            by: at.port,
            heard,
        })
    });
    each.collect()
}

/// Rows of the table seen from outside, not yet tried: one for each socket that is not loopback's.
pub(crate) fn rows(context: &StackContext<'_>, guest: &Guest, outside: &[String]) -> Vec<ReachRow> {
    let gateways = context.stack.gateways.iter().flat_map(|(_, all)| all);
    let gateways: Vec<&str> = gateways
        .map(|gateway| without_prefix_length(gateway))
        .collect();
    let sockets = guest.listens.get().map_or(&[][..], Vec::as_slice);
    let open = sockets.iter().filter(|at| !at.loopback());
    open.take(MOST_PORTS)
        .map(|at| row(&guest.name, at, outside, &gateways))
        .collect()
}

fn row(name: &str, at: &Listener, outside: &[String], gateways: &[&str]) -> ReachRow {
    let binding = format!("{}:{}", text::host(&at.address), at.port);
    let untried = |at: String, why: &str| Try {
        at,
        name: None,
        outcome: Tried::Untried(why.to_owned()),
    };
    let tries: Vec<Try> = if unspecified(&at.address) {
        let kin = |address: &&String| at.address == "::" || !address.contains(':');
        let all = outside.iter().filter(kin);
        all.map(|address| untried(format!("{}:{}", text::host(address), at.port), ""))
            .collect()
    } else if outside.contains(&at.address) {
        vec![untried(binding.clone(), "")]
    } else if gateways.contains(&at.address.as_str()) {
        // An address that containers alone have.
        Vec::new()
    } else {
        vec![untried(
            binding.clone(),
            "whether other machines use this address is not known",
        )]
    };
    ReachRow {
        container: name.to_owned(),
        port: at.port,
        proto: "tcp".into(),
        from: Vantage::Outside,
        asked: Vec::new(),
        effective: vec![binding],
        tries,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str, port: u16) -> Listener {
        Listener {
            address: address.into(),
            port,
        }
    }

    #[test]
    fn what_other_machines_use_is_tried_and_a_networks_gateway_is_not() {
        let outside = ["203.0.113.7".to_owned(), "2001:db8::7".to_owned()];
        let tried = |address: &str| -> Vec<String> {
            let row = row("door", &at(address, 9090), &outside, &["172.18.0.1"]);
            assert_eq!(row.effective, [format!("{}:9090", text::host(address))]);
            row.tries.into_iter().map(|one| one.at).collect()
        };
        assert_eq!(tried("0.0.0.0"), ["203.0.113.7:9090"]);
        assert_eq!(tried("::"), ["203.0.113.7:9090", "[2001:db8::7]:9090"]);
        assert_eq!(tried("203.0.113.7"), ["203.0.113.7:9090"]);
        assert!(tried("172.18.0.1").is_empty());
        let unknown = row("door", &at("172.17.0.1", 9090), &outside, &[]);
        let why = |one: &Try| matches!(&one.outcome, Tried::Untried(why) if !why.is_empty());
        assert!(unknown.tries.iter().all(why) && unknown.tries.len() == 1);
    }
}
