//! Who reaches which port: the table, put together from what the engine says and from attempts.
//!
//! From outside and from this machine the attempts are made here; those from inside the proxy are `reach_inside`'s.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use futures_util::future::{join, join_all, join3};
use tokio::net::{TcpStream, UdpSocket};

use super::attempts;
use super::host_network::{self, Guest};
use super::unix_sockets;
use crate::endpoint::plaintext_form;
use crate::stack::context::StackContext;
use crate::stack::network::{PATIENCE, lender, millis, ports_of};
use labcheck_core::check::Want;
use labcheck_core::facts::{Port, Reach, ReachRow, Seen, Tried, Try, Vantage};
use labcheck_core::text;
use labcheck_engine::model::inspected::Inspected;

/// Rows at most; a stack has a dozen.
const MOST_ROWS: usize = 200;

/// The table; `None` when no check asks for it.
pub(crate) async fn look(context: &StackContext<'_>) -> Option<Seen<Reach>> {
    if !context.plan.wants.contains(&Want::Reach) {
        return None;
    }
    let (guests, shared, others) = join3(
        host_network::look(context),
        unix_sockets::look(context),
        plaintext_form::behind_others(context),
    )
    .await;
    let around = async {
        let outside = outside(context.engine.host.as_deref()).await;
        let known = outside.get().map_or(&[][..], Vec::as_slice);
        let rows = from_around(context, known, &guests).await;
        (outside, rows)
    };
    let ((outside, mut rows), inside) =
        join(around, attempts::look(context, &guests, &shared)).await;
    let mut tools = BTreeMap::new();
    let mut unheard = shared.unseen;
    for found in inside {
        tools.insert(found.vantage, found.tool);
        rows.extend(found.rows);
        unheard.extend(found.unheard);
    }
    rows.sort();
    rows.truncate(MOST_ROWS);
    Some(Seen::Seen(Reach {
        outside: Some(outside),
        inside: tools,
        unheard,
        machine: guests
            .into_iter()
            .map(|guest| (guest.name, guest.listens))
            .collect(),
        sockets: shared.found,
        others,
        rows,
    }))
}

/// Addresses of the engine's host that other machines use. Nothing is sent: the system is asked which of its addresses
/// it would send from.
async fn outside(far: Option<&str>) -> Seen<Vec<String>> {
    if let Some(host) = far {
        return Seen::Seen(vec![host.to_owned()]);
    }
    // Addresses for documentation (RFC 5737, RFC 3849), which lead where everything unknown leads.
    let ways = [("0.0.0.0:0", "192.0.2.1:9"), ("[::]:0", "[2001:db8::1]:9")];
    let mut found = Vec::new();
    for (from, to) in ways {
        let Ok(socket) = UdpSocket::bind(from).await else {
            continue;
        };
        if socket.connect(to).await.is_err() {
            continue;
        }
        if let Ok(own) = socket.local_addr()
            && !own.ip().is_loopback()
            && !own.ip().is_unspecified()
        {
            found.push(own.ip().to_string());
        }
    }
    if found.is_empty() {
        Seen::Unseen("this machine has no address beyond loopback".into())
    } else {
        Seen::Seen(found)
    }
}

/// Rows seen from outside and, for what is published, from this machine.
async fn from_around(
    context: &StackContext<'_>,
    outside: &[String],
    guests: &[Guest],
) -> Vec<ReachRow> {
    let here = context.engine.host.is_none();
    let mut rows = Vec::new();
    for inspected in &context.stack.containers {
        // In the host's network a port that is only declared may belong to any process of the machine.
        let mut of_machine = guests.iter();
        if let Some(guest) = of_machine.find(|guest| guest.name == inspected.container.name) {
            rows.extend(host_network::rows(context, guest, outside));
            continue;
        }
        // What is published for the container whose network it is in leads to it as well.
        let mut with_lent = inspected.clone();
        if let Some(lender) = lender(context, inspected) {
            let lent = &lender.container;
            with_lent.container.ports.extend(lent.ports.clone());
            with_lent
                .container
                .ports_asked
                .extend(lent.ports_asked.clone());
        }
        for (port, proto) in ports_of(context, inspected) {
            rows.extend(rows_of(&with_lent, port, &proto, outside, here));
        }
    }
    rows.truncate(MOST_ROWS);
    join_all(rows.into_iter().map(tried)).await
}

/// The rows of one port, with what is to be tried.
fn rows_of(
    inspected: &Inspected,
    port: u16,
    proto: &str,
    outside: &[String],
    here: bool,
) -> Vec<ReachRow> {
    let container = &inspected.container;
    let of = |all: &[Port]| -> Vec<Port> {
        all.iter()
            .filter(|one| one.container == port && one.proto == proto)
            .cloned()
            .collect()
    };
    let (asked, effective) = (of(&container.ports_asked), of(&container.ports));
    let hosts = container.network_mode.is_host();
    let row = |from: Vantage, at: Vec<String>| ReachRow {
        container: container.name.clone(),
        port,
        proto: proto.to_owned(),
        from,
        asked: asked.iter().map(binding).collect(),
        effective: effective.iter().map(binding).collect(),
        tries: at
            .into_iter()
            .map(|at| Try {
                at,
                name: None,
                outcome: Tried::Untried(if proto == "tcp" {
                    String::new()
                } else {
                    "only TCP is tried".into()
                }),
            })
            .collect(),
    };
    let mut from_outside: BTreeSet<String> = BTreeSet::new();
    let mut from_here: BTreeSet<String> = BTreeSet::new();
    let published = effective
        .iter()
        .map(|port| (port.host_ip.as_str(), port.host));
    let published: Vec<(&str, u16)> = if hosts {
        vec![("", port)]
    } else {
        published.collect()
    };
    for (ip, host) in published {
        let own: Option<IpAddr> = ip.parse().ok();
        let special = own.is_some_and(|own| !own.is_loopback() && !own.is_unspecified());
        if special {
            from_outside.insert(format!("{}:{host}", text::host(ip)));
            continue;
        }
        let six = own.is_some_and(|own| own.is_ipv6());
        let kin = |address: &&String| ip.is_empty() || address.contains(':') == six;
        from_outside.extend(
            outside
                .iter()
                .filter(kin)
                .map(|address| format!("{}:{host}", text::host(address))),
        );
        if here {
            let loopback = match own {
                Some(own) if own.is_loopback() => own.to_string(),
                _ if six => "::1".to_owned(),
                _ => "127.0.0.1".to_owned(),
            };
            from_here.insert(format!("{}:{host}", text::host(&loopback)));
        }
    }
    let mut rows = vec![row(Vantage::Outside, from_outside.into_iter().collect())];
    if !from_here.is_empty() {
        rows.push(row(Vantage::Loopback, from_here.into_iter().collect()));
    }
    rows
}

fn binding(port: &Port) -> String {
    let ip = if port.host_ip.is_empty() {
        "0.0.0.0"
    } else {
        &port.host_ip
    };
    format!("{}:{}", text::host(ip), port.host)
}

/// The row with its attempts made.
async fn tried(mut row: ReachRow) -> ReachRow {
    let each = row.tries.iter_mut().filter(|_| row.proto == "tcp");
    // What has a reason not to be tried is not.
    let each = each.filter(|one| one.outcome == Tried::Untried(String::new()));
    join_all(each.map(|one| async { one.outcome = connect(&one.at).await })).await;
    row
}

async fn connect(at: &str) -> Tried {
    match tokio::time::timeout(PATIENCE, TcpStream::connect(at)).await {
        Ok(Ok(_)) => Tried::Open,
        Ok(Err(err)) if err.kind() == std::io::ErrorKind::ConnectionRefused => Tried::Refused,
        Ok(Err(err)) => Tried::NoRoute(text::cut(&text::clean(&err.to_string()), 80)),
        Err(_) => Tried::TimedOut(millis(PATIENCE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::Container;

    fn inspected(asked: &[(&str, u16)], ports: &[(&str, u16)]) -> Inspected {
        let of = |rows: &[(&str, u16)]| {
            let each = rows.iter().map(|&(ip, host)| Port {
                container: 80,
                proto: "tcp".into(),
                host_ip: ip.into(),
                host,
            });
            each.collect()
        };
        Inspected {
            container: Container {
                name: "web".into(),
                ports_asked: of(asked),
                ports: of(ports),
                ..Container::default()
            },
            ..Inspected::default()
        }
    }

    fn at(rows: &[ReachRow], from: &Vantage) -> Vec<String> {
        rows.iter()
            .filter(|row| row.from == *from)
            .flat_map(|row| &row.tries)
            .map(|one| one.at.clone())
            .collect()
    }

    #[test]
    fn a_published_port_is_tried_by_the_machines_own_address_and_by_loopback() {
        let outside = ["203.0.113.7".to_owned(), "2001:db8::7".to_owned()];
        let inspected = inspected(&[("", 8080)], &[("0.0.0.0", 8080), ("::", 8080)]);
        let rows = rows_of(&inspected, 80, "tcp", &outside, true);
        assert_eq!(
            at(&rows, &Vantage::Outside),
            ["203.0.113.7:8080", "[2001:db8::7]:8080"]
        );
        assert_eq!(
            at(&rows, &Vantage::Loopback),
            ["127.0.0.1:8080", "[::1]:8080"]
        );
        assert_eq!(rows[0].asked, ["0.0.0.0:8080"]);
        assert_eq!(rows[0].effective, ["0.0.0.0:8080", "[::]:8080"]);
    }

    #[test]
    fn a_port_on_loopback_is_tried_from_outside_too_and_one_that_is_not_published_is_not() {
        let outside = ["203.0.113.7".to_owned()];
        let bound = inspected(&[("127.0.0.1", 81)], &[("127.0.0.1", 81)]);
        let rows = rows_of(&bound, 80, "tcp", &outside, true);
        assert_eq!(at(&rows, &Vantage::Outside), ["203.0.113.7:81"]);
        assert_eq!(at(&rows, &Vantage::Loopback), ["127.0.0.1:81"]);
        let inner = rows_of(&inspected(&[("", 81)], &[]), 80, "tcp", &outside, true);
        assert_eq!((inner.len(), inner[0].tries.len()), (1, 0));
    }

    #[test]
    fn an_address_of_its_own_is_tried_as_it_is_and_a_far_host_is_not_tried_by_loopback() {
        let own = inspected(&[("192.168.1.5", 81)], &[("192.168.1.5", 81)]);
        let rows = rows_of(&own, 80, "tcp", &["203.0.113.7".to_owned()], true);
        assert_eq!(at(&rows, &Vantage::Outside), ["192.168.1.5:81"]);
        let far = inspected(&[("", 81)], &[("0.0.0.0", 81)]);
        let rows = rows_of(&far, 80, "tcp", &["10.0.0.9".to_owned()], false);
        assert_eq!(at(&rows, &Vantage::Loopback), Vec::<String>::new());
    }

    #[tokio::test]
    async fn open_and_refused_are_told_apart() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let at = listener.local_addr().expect("its address").to_string();
        assert_eq!(connect(&at).await, Tried::Open);
        drop(listener);
        assert_eq!(connect(&at).await, Tried::Refused);
    }
}
