//! Shared by kinds that judge who reaches which port: rows of the table as evidence, ports as phrases.

use crate::check::{Scene, Verdict};
use crate::facts::{Container, Port, Reach, ReachRow, Role, Seen, Tried, Vantage};
use crate::text::{self, ShellCommand, retold, say};

/// Ports that any machine on the network may come in by, as the engine published them: its own, and those of a container
/// outside of the stack whose network it alone is in.
pub(crate) fn beyond_loopback<'f>(container: &'f Container, scene: &Scene<'f>) -> Vec<&'f Port> {
    let lender = lender(container, scene).filter(|lender| guests(lender, scene) < 2);
    let lent = lender.into_iter().flat_map(|lender| &lender.ports);
    let all = container.ports.iter().chain(lent);
    all.filter(|port| !port.loopback()).collect()
}

/// Why it is not known how a container is reached: the container whose network it is in is not known, or publishes ports
/// that may be another guest's.
pub(crate) fn unknown_network(container: &Container, scene: &Scene<'_>) -> Option<String> {
    let name = container.known_as();
    if scene.network_owner(container).is_none() {
        let lender = container.network_mode.lender().unwrap_or_default();
        return Some(say!(
            "`{name}` is in the network of another container (`{lender}`), which the engine does not know",
            name,
            lender = text::cut(lender, 12)
        ));
    }
    let lender = lender(container, scene)?;
    let open = lender.ports.iter().any(|port| !port.loopback());
    (open && guests(lender, scene) > 1).then(|| {
        say!(
            "`{name}` is in the network of `{lender}` together with others, and whose the ports are that `{lender}` publishes is not known",
            name,
            lender = lender.name
        )
    })
}

/// The container outside of the stack whose network one of the stack is in.
fn lender<'f>(container: &'f Container, scene: &Scene<'f>) -> Option<&'f Container> {
    let owner = owner(container, scene);
    let mut all = scene.facts.lenders.iter();
    all.find(|lender| lender.id == owner.id && lender.name == owner.name)
}

/// Containers of the stack in the network of one outside of it.
fn guests(lender: &Container, scene: &Scene<'_>) -> usize {
    let of = |one: &&Container| owner(one, scene).name == lender.name;
    scene.facts.containers.iter().filter(of).count()
}

/// `0.0.0.0:8080` of every port, those of IPv6 left out where IPv4 has the same.
pub(crate) fn host_addresses(ports: &[&Port]) -> Vec<String> {
    let four = |port: &Port| {
        ports
            .iter()
            .any(|other| other.host_ip == "0.0.0.0" && other.host == port.host)
    };
    let kept = ports
        .iter()
        .filter(|port| port.host_ip != "::" || !four(port));
    let mut all: Vec<String> = kept.map(|port| host_address(port)).collect();
    all.dedup();
    all
}

/// One port of the host: `0.0.0.0:8080`.
pub(crate) fn host_address(port: &Port) -> String {
    let ip = if port.host_ip.is_empty() {
        "0.0.0.0"
    } else {
        &port.host_ip
    };
    let proto = if port.proto == "udp" { "/udp" } else { "" };
    if port.host == 0 {
        return say!(
            "{} with a port that the engine chooses{proto}",
            text::host(ip),
            proto
        );
    }
    format!("{}:{}{proto}", text::host(ip), port.host)
}

/// Why it is not known who reaches a container that is on a network of the machine's own wire (`macvlan`, `ipvlan`): it has
/// an address there beside the machine's, which the machine itself cannot ask.
pub(crate) fn on_the_wire(container: &Container, scene: &Scene<'_>) -> Option<String> {
    let networks = scene.networks(container);
    let mut all = networks.iter().filter_map(|name| scene.network(name));
    let found =
        all.find(|one| matches!(one.driver.as_str(), "macvlan" | "ipvlan") && !one.internal)?;
    Some(say!(
        "`{}` has an address of its own in the network around this machine (`{}`, driver {}); who reaches it there cannot be tried from here",
        container.known_as(),
        found.name,
        found.driver
    ))
}

/// Rows of the table about a container, seen from a place.
pub(crate) fn rows<'f>(
    reach: Option<&'f Reach>,
    container: &Container,
    from: impl Fn(&Vantage) -> bool,
) -> Vec<&'f ReachRow> {
    let all = reach.map_or(&[][..], |reach| &reach.rows);
    all.iter()
        .filter(|row| row.container == container.name && from(&row.from))
        .collect()
}

/// The table, if it was looked at.
pub(crate) fn table<'f>(scene: &Scene<'f>) -> Option<&'f Reach> {
    scene.facts.reach.as_ref().and_then(Seen::get)
}

/// An attempt as a phrase.
pub(crate) fn told(tried: &crate::facts::Try) -> String {
    let name = tried.name.as_deref().map(retold);
    let at = match (name, tried.at.as_str()) {
        (Some(name), "") => name.into_owned(),
        (Some(name), at) => format!("{name} ({at})"),
        (None, at) => at.to_owned(),
    };
    format!("{at}: {}", retold(&tried.outcome.phrase()))
}

/// A row as a line: asked, effective, and what each attempt showed.
pub(crate) fn line(row: &ReachRow, known_as: &str) -> String {
    let list = |addresses: &[String]| {
        if addresses.is_empty() {
            say!("nothing").to_owned()
        } else {
            text::list(addresses)
        }
    };
    let tries: Vec<String> = row.tries.iter().map(told).collect();
    let mut parts = vec![say!(
        "`{known_as}` {}/{} from {}",
        row.port,
        row.proto,
        retold(&row.from.phrase()),
        known_as
    )];
    if !matches!(row.from, Vantage::Proxy(_)) {
        parts.push(say!(
            "asked {}, published {}",
            list(&row.asked),
            list(&row.effective)
        ));
    }
    parts.push(if tries.is_empty() {
        say!("nothing to try").into()
    } else {
        tries.join("; ")
    });
    parts.join(": ")
}

/// The verdict with rows of the table as evidence.
pub(crate) fn with_rows(
    mut verdict: Verdict,
    rows: &[&ReachRow],
    scene: &Scene<'_>,
    try_it: impl Fn(&ReachRow) -> ShellCommand,
) -> Verdict {
    const MOST: usize = 12;
    for row in rows.iter().take(MOST) {
        let known_as = scene
            .container(&row.container)
            .map_or(row.container.as_str(), Container::known_as);
        verdict = verdict.seen(line(row, known_as), try_it(row));
    }
    verdict
}

/// Whether a container has the host's own network; also by way of another one's.
pub(crate) fn in_hosts_network(container: &Container, scene: &Scene<'_>) -> bool {
    owner(container, scene).network_mode.is_host()
}

/// Where other machines come in to a container in the host's network by ports that it listens on, such as
/// `0.0.0.0:9090`; facts of earlier versions do not tell.
pub(crate) fn open_on_machine(container: &Container, scene: &Scene<'_>) -> Seen<Vec<String>> {
    let name = container.known_as();
    let unseen = || {
        say!(
            "`{name}` is in the host's network, and which ports it has there could not be seen",
            name
        )
    };
    let listens = table(scene).and_then(|reach| reach.machine.get(&container.name));
    let sockets = match listens {
        None => return Seen::Unseen(unseen()),
        Some(Seen::Unseen(why)) => {
            return Seen::Unseen(format!("{}: {}", unseen(), retold(why)));
        }
        Some(Seen::Seen(sockets)) => sockets,
    };
    let rows = rows(table(scene), container, |from| *from == Vantage::Outside);
    let mut open = Vec::new();
    for socket in sockets.iter().filter(|socket| !socket.loopback()) {
        let at = format!("{}:{}", text::host(&socket.address), socket.port);
        let row = rows.iter().find(|row| row.effective.contains(&at));
        let anywhere = matches!(socket.address.as_str(), "0.0.0.0" | "::");
        let untried = |row: &&&ReachRow| {
            let why = |one: &crate::facts::Try| matches!(one.outcome, Tried::Untried(_));
            !row.tries.is_empty() && row.tries.iter().all(why)
        };
        if row.is_some_and(|row| row.closed()) {
            continue;
        }
        if let Some(row) = row.filter(untried) {
            return Seen::Unseen(format!("{}: {}", unseen(), told(&row.tries[0])));
        }
        if anywhere || row.is_some_and(|row| row.open()) {
            open.push(at);
        }
    }
    Seen::Seen(open)
}

/// The container whose network this one has: its own, or that of the one it shares.
pub(crate) fn owner<'f>(container: &'f Container, scene: &Scene<'f>) -> &'f Container {
    scene.network_owner(container).unwrap_or(container)
}

/// The containers of a role with those of several.
pub(crate) fn of_roles<'f>(scene: &Scene<'f>, roles: &[Role]) -> Vec<&'f Container> {
    let mut all: Vec<&Container> = Vec::new();
    for container in roles.iter().flat_map(|role| scene.all(*role)) {
        if !all.iter().any(|other| other.name == container.name) {
            all.push(container);
        }
    }
    all
}
