//! Who answers at the port of a container that calls itself a database: itself, or the database that is kept apart.
//!
//! A name proves nothing, and neither does a greeting. But a relay opens a connection of its own for each one it passes
//! on, and the kernel remembers that for a minute: so the tables of connections are compared, before and after the greeting.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use super::relays::Claim;
use super::unix_sockets::Shared;
use crate::stack::context::StackContext;
use crate::stack::listening::{self, LISTEN, address};
use crate::stack::network::without_prefix_length;
use labcheck_core::facts::{ReachRow, Role, Status, Tried};

/// A connection, seen from one end: own port, the other's address and port.
type Connection = (u16, String, u16);

/// Tables of connections.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    /// Of containers that call themselves databases, by name.
    claims: BTreeMap<String, Result<Table, String>>,
    /// Of the databases that are kept apart.
    dbs: Vec<Result<Table, String>>,
    /// Addresses of these.
    kept: BTreeSet<String>,
    /// Every address of the stack.
    known: BTreeSet<String>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Table {
    listening: BTreeSet<u16>,
    connections: BTreeSet<Connection>,
}

impl Tables {
    /// Whether any container calls itself a database.
    pub(crate) fn asked(&self) -> bool {
        !self.claims.is_empty()
    }
}

/// The tables of those containers and of the databases; nothing is read where no container calls itself a database.
pub(crate) async fn tables(context: &StackContext<'_>, claims: &[Claim]) -> Tables {
    if claims.is_empty() {
        return Tables::default();
    }
    let dbs = context.playing(Role::Db).into_iter();
    let dbs: Vec<_> = dbs
        .filter(|db| db.container.state.status == Status::Running)
        .collect();
    let of = async |id: &str| listening::table(context, id).await.map(|text| parse(&text));
    let own = join_all(claims.iter().map(|claim| of(&claim.id))).await;
    let theirs = join_all(dbs.iter().map(|db| of(&db.container.id))).await;
    let all = |inspected: &&labcheck_engine::model::inspected::Inspected| -> Vec<String> {
        let each = inspected.addresses.iter();
        each.map(|address| without_prefix_length(address).to_owned())
            .collect()
    };
    Tables {
        claims: claims
            .iter()
            .map(|claim| claim.name.clone())
            .zip(own)
            .collect(),
        dbs: theirs,
        kept: dbs.iter().flat_map(all).collect(),
        known: context
            .stack
            .containers
            .iter()
            .flat_map(|inspected| all(&inspected))
            .collect(),
    }
}

/// Rows of `/proc/net/tcp` and `tcp6`; an IPv4 address in an IPv6 socket is one of IPv4.
fn parse(text: &str) -> Table {
    let end = |word: &str| -> Option<(String, u16)> {
        let (host, port) = word.split_once(':')?;
        let host = address(host)?;
        let host = host.strip_prefix("::ffff:").unwrap_or(&host).to_owned();
        Some((host, u16::from_str_radix(port, 16).ok()?))
    };
    let mut table = Table::default();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, own, other, state, ..] = words.as_slice() else {
            continue;
        };
        let (Some((_, own)), Some((host, port))) = (end(own), end(other)) else {
            continue;
        };
        if *state == LISTEN {
            table.listening.insert(own);
        } else {
            table.connections.insert((own, host, port));
        }
    }
    table
}

/// Whose greeting it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whose {
    /// It opened a connection of its own when it was asked.
    PassedOn,
    /// Its own.
    Own,
    /// Why that cannot be told.
    Unclear(String),
}

/// Whose greeting came from a container that calls itself a database.
pub(crate) fn whose(claim: &Claim, shared: &Shared, before: &Tables, after: &Tables) -> Whose {
    let unclear = |why: &str| Whose::Unclear(why.to_owned());
    if shared.holders().contains(claim.name.as_str()) {
        return unclear("it has a mount with the socket of the database that is kept apart");
    }
    let pair = |tables: &'_ Tables| tables.claims.get(&claim.name).cloned();
    let (old, new) = match (pair(before), pair(after)) {
        (Some(Ok(old)), Some(Ok(new))) => (old, new),
        (Some(Err(why)), _) | (_, Some(Err(why))) => return Whose::Unclear(why),
        _ => return unclear("its sockets could not be read"),
    };
    let own = |host: &str| claim.addresses.iter().any(|address| address == host);
    let leaves = |(port, host, _): &Connection| {
        !new.listening.contains(port) && after.known.contains(host) && !own(host)
    };
    let mut opened = new.connections.difference(&old.connections);
    if opened.any(&leaves) {
        return Whose::PassedOn;
    }
    for (old, new) in before.dbs.iter().zip(&after.dbs) {
        let (Ok(old), Ok(new)) = (old, new) else {
            return unclear("the sockets of the database that is kept apart could not be read");
        };
        let mut came = new.connections.difference(&old.connections);
        if came.any(|(_, host, _)| own(host)) {
            return Whose::PassedOn;
        }
    }
    let mut held = new.connections.iter();
    if held.any(|one| leaves(one) && after.kept.contains(&one.1)) {
        return unclear("it holds a connection to the database that is kept apart");
    }
    Whose::Own
}

/// Takes greetings back that are a container's own or may be; gives those of which it is not known.
pub(crate) fn settle(
    rows: &mut [ReachRow],
    claims: &[Claim],
    whose: impl Fn(&Claim) -> Whose,
) -> Vec<(String, String)> {
    let mut unclear = Vec::new();
    for claim in claims {
        let own = rows.iter_mut().filter(|row| row.container == claim.name);
        let tries = own.flat_map(|row| &mut row.tries);
        let greeted: Vec<_> = tries.filter(|one| one.outcome.greets().is_some()).collect();
        if greeted.is_empty() {
            continue;
        }
        let whose = whose(claim);
        if whose == Whose::PassedOn {
            continue;
        }
        for one in greeted {
            one.outcome = Tried::Open;
        }
        if let Whose::Unclear(why) = whose {
            let why =
                format!("whether the database that answers there is its own is not known: {why}");
            unclear.push((claim.name.clone(), why));
        }
    }
    unclear
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::{Try, Vantage};

    fn claim() -> Claim {
        Claim {
            name: "cache".into(),
            id: "cache".into(),
            addresses: vec!["172.18.0.9".into(), "172.19.0.9".into()],
        }
    }

    fn table(connections: &[(u16, &str, u16)]) -> Table {
        let each = connections.iter();
        Table {
            listening: BTreeSet::from([13306]),
            connections: each
                .map(|(own, host, port)| (*own, (*host).to_owned(), *port))
                .collect(),
        }
    }

    fn tables(cache: Result<Table, String>, db: Table) -> Tables {
        let all = ["172.18.0.2", "172.18.0.9", "172.19.0.3", "172.19.0.9"];
        Tables {
            claims: BTreeMap::from([("cache".to_owned(), cache)]),
            dbs: vec![Ok(db)],
            kept: BTreeSet::from(["172.19.0.3".to_owned()]),
            known: all.map(str::to_owned).into(),
        }
    }

    fn told(before: &Tables, after: &Tables) -> Whose {
        whose(&claim(), &Shared::default(), before, after)
    }

    #[test]
    fn who_opens_a_connection_when_asked_passes_on() {
        let quiet = || tables(Ok(table(&[])), table(&[]));
        // The proxy's own connection comes in; the relay's goes out.
        let inward = (13306, "172.18.0.2", 40000);
        let outward = (51000, "172.19.0.3", 3306);
        let after = tables(Ok(table(&[inward, outward])), table(&[]));
        assert_eq!(told(&quiet(), &after), Whose::PassedOn);
        // Closed by the database first: it is the database's kernel that remembers.
        let after = tables(Ok(table(&[inward])), table(&[(3306, "172.19.0.9", 51000)]));
        assert_eq!(told(&quiet(), &after), Whose::PassedOn);
    }

    #[test]
    fn a_database_of_its_own_opens_none() {
        let inward = (13306, "172.18.0.2", 40000);
        let app = (3306, "172.19.0.5", 50123);
        let before = tables(Ok(table(&[])), table(&[]));
        let after = tables(Ok(table(&[inward])), table(&[app]));
        assert_eq!(told(&before, &after), Whose::Own);
    }

    #[test]
    fn what_cannot_be_told_is_not_taken_for_either() {
        let held = (51000, "172.19.0.3", 3306);
        let both = || tables(Ok(table(&[held])), table(&[]));
        assert!(matches!(told(&both(), &both()), Whose::Unclear(_)));
        let shut = || tables(Err("it is paused".into()), table(&[]));
        assert_eq!(
            told(&shut(), &shut()),
            Whose::Unclear("it is paused".into())
        );
    }

    #[test]
    fn only_a_greeting_that_is_passed_on_stays() {
        let rows = || {
            let one = Try {
                at: "172.18.0.9:13306".into(),
                name: None,
                outcome: Tried::Greets("MariaDB 11.8".into()),
            };
            [ReachRow {
                container: "cache".into(),
                port: 13306,
                proto: "tcp".into(),
                from: Vantage::Proxy("proxy".into()),
                asked: Vec::new(),
                effective: Vec::new(),
                tries: vec![one],
            }]
        };
        let settled = |whose: Whose| {
            let mut rows = rows();
            let unclear = settle(&mut rows, &[claim()], |_| whose.clone());
            (rows[0].tries[0].outcome.greets().is_some(), unclear.len())
        };
        assert_eq!(settled(Whose::PassedOn), (true, 0));
        assert_eq!(settled(Whose::Own), (false, 0));
        assert_eq!(settled(Whose::Unclear("x".into())), (false, 1));
    }

    #[test]
    fn connections_are_read_and_listening_sockets_kept_apart() {
        let text = "  sl  local_address rem_address   st\n\
            0: 00000000:33FA 00000000:0000 0A 0\n\
            1: 090013AC:C738 030013AC:0CEA 06 0\n\
            2: 0000000000000000FFFF0000090013AC:C739 0000000000000000FFFF0000030013AC:0CEA 01 0\n";
        let found = parse(text);
        assert_eq!(found.listening, BTreeSet::from([13306]));
        let to = |own: u16| (own, "172.19.0.3".to_owned(), 3306);
        assert_eq!(found.connections, BTreeSet::from([to(51000), to(51001)]));
    }
}
