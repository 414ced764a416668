//! Networks and ports of a container, as attempts and pages need them: whose network it has, what it speaks, where it is met.

use std::collections::BTreeSet;
use std::time::Duration;

use super::context::StackContext;
use labcheck_core::facts::{Role, Seen};
use labcheck_engine::model::inspected::Inspected;

/// Longest wait for one connection.
pub(crate) const PATIENCE: Duration = Duration::from_millis(300);
/// Milliseconds of a time.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// An address without the length of its network.
pub(crate) fn without_prefix_length(address: &str) -> &str {
    address.split('/').next().unwrap_or(address)
}

/// Containers that lend their network to the next, followed at most.
const MOST_OWNERS: usize = 8;

/// The container whose network another one has.
pub(crate) fn owner<'a>(context: &StackContext<'a>, inspected: &'a Inspected) -> &'a Inspected {
    let mut owner = inspected;
    for _ in 0..MOST_OWNERS {
        let mut all = context
            .stack
            .containers
            .iter()
            .chain(&context.stack.lenders);
        match all.find(|other| owner.container.is_in_network_of(&other.container)) {
            Some(next) => owner = next,
            None => break,
        }
    }
    owner
}

/// The container outside of the stack whose network another one is in.
pub(crate) fn lender<'a>(
    context: &StackContext<'a>,
    inspected: &'a Inspected,
) -> Option<&'a Inspected> {
    let owner = owner(context, inspected);
    let mut all = context.stack.lenders.iter();
    all.find(|lender| lender.container.id == owner.container.id)
}

/// The networks that a container is on.
pub(crate) fn networks(inspected: &Inspected) -> Vec<&str> {
    let ends = inspected.container.networks.iter();
    ends.map(|end| end.network.as_str()).collect()
}

/// Ports of a container that are known: asked for, published, declared, and the ones databases listen on.
pub(crate) fn ports_of(context: &StackContext<'_>, inspected: &Inspected) -> Vec<(u16, String)> {
    let container = &inspected.container;
    let lent = lender(context, inspected).into_iter();
    let mut known: BTreeSet<(u16, String)> = container
        .ports_asked
        .iter()
        .chain(&container.ports)
        .chain(lent.flat_map(|lender| &lender.container.ports))
        .map(|port| (port.container, port.proto.clone()))
        .collect();
    known.extend(container.exposed.iter().filter_map(|port| {
        let (number, proto) = port.split_once('/').unwrap_or((port, "tcp"));
        Some((number.parse().ok()?, proto.to_owned()))
    }));
    if plays(context, inspected, Role::Db) {
        let (mysql, postgres) = speaks(context, inspected);
        if mysql || !postgres {
            known.insert((3306, "tcp".into()));
        }
        if postgres || !mysql {
            known.insert((5432, "tcp".into()));
        }
        // The X protocol's port is declared by images of MySQL and listened on by none of MariaDB.
        known.remove(&(33060, "tcp".into()));
    }
    known.into_iter().collect()
}

/// Whether a server of MySQL's protocol, and one of PostgreSQL's, is among a container's processes.
pub(crate) fn speaks(context: &StackContext<'_>, inspected: &Inspected) -> (bool, bool) {
    let list = context
        .processes
        .get(&inspected.container.name)
        .and_then(Seen::get);
    let runs = |words: &[&str]| {
        let mut all = list.into_iter().flatten();
        all.any(|process| words.contains(&process.program()))
    };
    (
        runs(&["mariadbd", "mysqld"]),
        runs(&["postgres", "postmaster"]),
    )
}

pub(crate) fn plays(context: &StackContext<'_>, inspected: &Inspected, role: Role) -> bool {
    let taken = context
        .roles
        .get(&role)
        .map(Vec::as_slice)
        .unwrap_or_default();
    taken
        .iter()
        .any(|taken| taken.container == inspected.container.name)
}
