//! What attempts from inside the proxy are made at: addresses, names and published ports. Nothing is tried here.

use std::collections::BTreeSet;

use crate::stack::context::StackContext;
use crate::stack::network::{networks, owner, plays, ports_of, without_prefix_length};
use labcheck_core::facts::{Port, Role};
use labcheck_engine::model::inspected::Inspected;

/// What is attempted from one container at most.
const MOST: usize = 60;

/// One attempt to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub container: String,
    pub port: u16,
    /// An address, or a name to look up first.
    pub to: To,
    /// It must succeed where the tool works.
    pub control: bool,
    /// The port that is connected to, where it is another one: that of the host.
    pub by: u16,
    /// What comes back is listened to, for whether a database greets.
    pub heard: Option<Heard>,
}

/// How a greeting is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It comes by itself, as from MySQL and MariaDB.
    Unasked,
    /// Something has to be asked first, as of PostgreSQL.
    Asked,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum To {
    Address(String),
    /// An address of the machine, where the port is published.
    Machine(String),
    Name(String),
}

/// Every address of a container on the engine, the stack's or not, and the gateways of the stack's networks: a name that
/// leads there is followed. What is on another machine is not: it reaches the database only by a port that is published.
pub(crate) fn known(context: &StackContext<'_>) -> BTreeSet<String> {
    let containers = context.stack.containers.iter();
    let gateways = context.stack.gateways.iter().flat_map(|(_, all)| all);
    let others = context.there.iter().flat_map(|row| &row.ends);
    containers
        .chain(&context.stack.lenders)
        .flat_map(|inspected| &inspected.addresses)
        .chain(others.map(|end| &end.ip))
        .chain(gateways)
        .filter(|address| !address.is_empty())
        .map(|address| without_prefix_length(address).to_owned())
        .collect()
}

/// What is tried from a container: its own ports and the application's, which show that the tool works, and every way to the
/// database.
pub(crate) fn targets(context: &StackContext<'_>, vantage: &Inspected) -> Vec<Target> {
    let mut all: Vec<Target> = Vec::new();
    let at = |inspected: &Inspected, port: u16, to: To, control: bool| Target {
        container: inspected.container.name.clone(),
        port,
        to,
        control,
        by: port,
        heard: None,
    };
    // The container's own ports: a program that can connect at all can connect to them.
    for port in tcp(context, owner(context, vantage)) {
        all.push(at(vantage, port, To::Address("127.0.0.1".into()), true));
    }
    let here: Vec<&str> = networks(owner(context, vantage));
    for role in [Role::App, Role::Admin] {
        for inspected in context.playing(role) {
            let ends = owner(context, inspected).container.networks.iter();
            let shared: Vec<&str> = ends
                .filter(|end| here.contains(&end.network.as_str()) && !end.ip.is_empty())
                .map(|end| end.ip.as_str())
                .collect();
            let known = tcp(context, inspected);
            for address in shared {
                for port in &known {
                    let to = To::Address(address.to_owned());
                    all.push(at(inspected, *port, to, role == Role::App));
                }
            }
        }
    }
    for inspected in context.playing(Role::Db) {
        let held = owner(context, inspected);
        let known = tcp(context, inspected);
        for port in &known {
            for address in &held.addresses {
                let to = To::Address(without_prefix_length(address).to_owned());
                all.push(at(inspected, *port, to, false));
            }
            for name in names(held, inspected) {
                all.push(at(inspected, *port, To::Name(name), false));
            }
        }
        all.extend(by_gateway(
            context,
            &inspected.container.name,
            &held.container.ports,
            &here,
        ));
    }
    all.truncate(MOST);
    all
}

/// Where published ports of a container would be reached by way of the host.
pub(crate) fn by_gateway(
    context: &StackContext<'_>,
    container: &str,
    published: &[Port],
    here: &[&str],
) -> Vec<Target> {
    let open = published
        .iter()
        .filter(|port| port.proto == "tcp" && !port.loopback());
    let gateways: BTreeSet<&str> = context
        .stack
        .gateways
        .iter()
        .filter(|(network, _)| here.contains(&network.as_str()))
        .flat_map(|(_, all)| all)
        .map(|gateway| without_prefix_length(gateway))
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
                container: container.to_owned(),
                port: port.container,
                to: To::Machine(address.to_owned()),
                control: false,
                by: port.host,
                heard: None,
            });
        }
    }
    all
}

fn tcp(context: &StackContext<'_>, inspected: &Inspected) -> Vec<u16> {
    let mut known: Vec<u16> = ports_of(context, inspected)
        .into_iter()
        .filter(|(_, proto)| proto == "tcp")
        .map(|(port, _)| port)
        .collect();
    // Nothing is declared: the ports that applications usually have.
    if known.is_empty() && plays(context, inspected, Role::App) {
        known = vec![5000, 8000, 8080, 3000, 80];
    }
    known
}

/// Names by which a container may be found, without the beginning of its id.
fn names(held: &Inspected, inspected: &Inspected) -> BTreeSet<String> {
    let service = inspected.container.service.iter();
    let own = held.names.iter().chain(service);
    own.filter(|name| !inspected.container.id.starts_with(name.as_str()))
        .filter(|name| !held.container.id.starts_with(name.as_str()))
        .filter(|name| plain(name))
        .cloned()
        .collect()
}

/// Whether a name can be looked up at all: letters, digits, and what host names have between them.
fn plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && name.len() <= 253
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn only_host_names_are_looked_up() {
        assert!(plain("db") && plain("v6-db-1") && plain("my_db.local"));
        assert!(!plain("-x") && !plain("a b") && !plain("$(x)") && !plain("bücher") && !plain(""));
    }
}
