//! The ports that the course's stacks publish, and who holds them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::line::Line;
use super::owner;
use crate::start::is_taken;
use labcheck_core::text::{say, shell};
use labcheck_engine::model::inspected::ContainerSummary;

/// The ports of this machine that a compose file publishes under numbers of their own.
pub(crate) fn named(compose: &str) -> BTreeSet<u16> {
    let stack: serde_yaml::Value = serde_yaml::from_str(compose).unwrap_or_default();
    let services = stack
        .get("services")
        .and_then(|services| services.as_mapping().cloned());
    let mut found = BTreeSet::new();
    for service in services.unwrap_or_default().values() {
        let ports = service
            .get("ports")
            .and_then(serde_yaml::Value::as_sequence);
        for port in ports.into_iter().flatten() {
            let number = match port.get("published") {
                Some(published) => published
                    .as_u64()
                    .and_then(|number| u16::try_from(number).ok())
                    .or_else(|| published.as_str().and_then(number)),
                None => port.as_str().and_then(outside),
            };
            found.extend(number);
        }
    }
    found
}

/// The second last part of `ADDRESS:OUTSIDE:INSIDE`.
fn outside(short: &str) -> Option<u16> {
    let (before, _) = short.rsplit_once(':')?;
    // A variable may have a default with a colon in it.
    if let Some(end) = before.strip_suffix('}') {
        return number(&format!("{}}}", end.get(end.rfind("${")?..)?));
    }
    number(before.rsplit_once(':').map_or(before, |(_, port)| port))
}

/// A number, or the default of a variable: `${PORT:-8443}`.
fn number(text: &str) -> Option<u16> {
    match text.strip_prefix("${") {
        Some(variable) => variable.strip_suffix('}')?.rsplit_once('-')?.1.parse().ok(),
        None => text.parse().ok(),
    }
}

/// A line for each port.
pub(crate) fn lines(ports: &BTreeSet<u16>, rows: &[ContainerSummary]) -> Vec<Line> {
    let held = |port: u16| {
        let mut running = rows.iter().filter(|row| row.running());
        running.find(|row| row.holds(port))
    };
    let mut free = Vec::new();
    let mut lines = Vec::new();
    for port in ports {
        let topic = format!("port {port}");
        if let Some(row) = held(*port) {
            lines.push(by_container(topic, row));
        } else if is_taken(IpAddr::from([127, 0, 0, 1]), *port)
            || is_taken(IpAddr::from([0, 0, 0, 0]), *port)
        {
            let who = owner::of(*port).unwrap_or_else(|| say!("a program outside Docker").into());
            let mend = say!(
                "`sudo ss -ltnp 'sport = :{port}'` says which one; stop it before the lab that wants the port",
                port
            );
            lines.push(Line::warn(topic, say!("held by {who}", who), mend));
        } else {
            free.push(port.to_string());
        }
    }
    if !free.is_empty() {
        lines.insert(0, Line::ok("ports", say!("free: {}", free.join(", "))));
    }
    lines
}

fn by_container(topic: String, row: &ContainerSummary) -> Line {
    let name = &row.name;
    let mend = row.project.as_ref().map_or_else(
        || shell!("docker stop {}", name),
        |project| shell!("docker compose -p {} down", project),
    );
    let mend = format!("`{mend}`");
    if let Some(lab) = &row.lab {
        return Line::ok(
            topic,
            say!(
                "held by container `{name}` of lab {lab}; {mend} frees it",
                name,
                lab,
                mend
            ),
        );
    }
    Line::warn(
        topic,
        say!("held by container `{name}`", name),
        say!("{mend} frees it", mend),
    )
}

#[cfg(test)]
mod tests {
    use super::super::line::State;
    use super::*;
    use labcheck_core::facts::{Port, Status};

    #[test]
    fn ports_are_read_in_every_form_that_compose_has() {
        let compose = "services:\n  a:\n    ports: [\"127.0.0.1:5000:5000\", \"8080:80\", \"3306\", \"${HTTPS_PORT:-8443}:443\", \"[::1]:81:80\"]\n  b:\n    ports:\n      - { target: 80, published: \"8081\" }\n      - { target: 80, published: 8082 }\n  c: {}\n";
        let found: Vec<u16> = named(compose).into_iter().collect();
        assert_eq!(found, [81, 5000, 8080, 8081, 8082, 8443]);
        assert!(named("nonsense: [").is_empty() && named("").is_empty());
    }

    #[test]
    fn a_holder_is_named_with_what_frees_the_port() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its number").port();
        let all = BTreeSet::from([port]);
        let outside = lines(&all, &[]);
        assert_eq!(outside.len(), 1);
        assert_eq!(outside[0].state, State::Warn, "{outside:?}");
        let row = |lab: Option<&str>| ContainerSummary {
            name: "shop-web-1".into(),
            project: Some("shop".into()),
            lab: lab.map(str::to_owned),
            status: Status::Running,
            ports: vec![Port {
                host: port,
                ..Port::default()
            }],
            ..ContainerSummary::default()
        };
        let lab = lines(&all, &[row(Some("v3"))]);
        assert_eq!(lab[0].state, State::Ok);
        let by_hand = ContainerSummary {
            project: None,
            ..row(Some("v3"))
        };
        let by_hand = format!("{:?}", lines(&all, &[by_hand]));
        assert!(by_hand.contains("docker stop shop-web-1"), "{by_hand}");
        let other = format!("{:?}", lines(&all, &[row(None)]));
        assert!(other.contains("docker compose -p shop down"), "{other}");
    }
}
