//! Who holds the ports that a stack wants. Told before anything is started, so that nothing is left half-way.

use std::net::{IpAddr, SocketAddr, TcpListener};

use serde_json::Value;

use labcheck_core::text::{say, shell};
use labcheck_engine::model::inspected::ContainerSummary;

/// A port of this machine that a compose file publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The service.
    pub service: String,
    /// Where it is published; `None` means every address.
    pub address: Option<IpAddr>,
    /// Its number.
    pub port: u16,
    /// The port inside.
    pub inside: u16,
    /// All networks of the service are internal, so that the engine publishes nothing.
    pub inner: bool,
}

impl Wanted {
    /// Host and port, from this machine.
    pub(crate) fn host_address(&self) -> String {
        let host = self
            .address
            .filter(|address| !address.is_unspecified())
            .map_or_else(
                || "127.0.0.1".to_owned(),
                |address| labcheck_core::text::host(&address.to_string()),
            );
        format!("{host}:{}", self.port)
    }
}

/// Whether a service is on internal networks alone.
fn inner(config: &Value, service: &Value) -> bool {
    let all = service.get("networks").and_then(Value::as_object);
    let internal = |name: &String| {
        let network = config.get("networks").and_then(|all| all.get(name));
        let said = network.and_then(|network| network.get("internal"));
        said.and_then(Value::as_bool) == Some(true)
    };
    all.is_some_and(|all| !all.is_empty() && all.keys().all(internal))
}

/// The TCP ports that a merged configuration publishes under numbers of its own.
pub(crate) fn wanted(config: &Value) -> Vec<Wanted> {
    let number = |port: &Value, key: &str| {
        let value = port.get(key)?;
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
        u16::try_from(number).ok().filter(|number| *number > 0)
    };
    let mut found = Vec::new();
    let services = config.get("services").and_then(Value::as_object);
    for (service, body) in services.into_iter().flatten() {
        let inner = inner(config, body);
        let ports = body.get("ports").and_then(Value::as_array);
        for port in ports.into_iter().flatten() {
            let proto = port.get("protocol").and_then(Value::as_str);
            let (Some(outside), Some(inside), "tcp") = (
                number(port, "published"),
                number(port, "target"),
                proto.unwrap_or("tcp"),
            ) else {
                continue;
            };
            let address = port.get("host_ip").and_then(Value::as_str);
            found.push(Wanted {
                service: service.clone(),
                address: address.and_then(|address| address.parse().ok()),
                port: outside,
                inside,
                inner,
            });
        }
    }
    found
}

/// A port that another program or container holds, and the command that frees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    /// The sentence.
    pub what: String,
    /// What to do.
    pub help: String,
}

/// The first port that another project's container, or a program outside Docker, holds.
pub(crate) fn held(wanted: &[Wanted], rows: &[ContainerSummary], project: &str) -> Option<Held> {
    wanted.iter().find_map(|want| {
        let mut all = rows.iter();
        let holder = all.find(|row| row.running() && row.holds(want.port));
        match holder {
            Some(row) if row.project.as_deref() == Some(project) => None,
            Some(row) => Some(by_container(want, row)),
            None => taken(want).then(|| outside(want)),
        }
    })
}

fn by_container(want: &Wanted, row: &ContainerSummary) -> Held {
    let lab = row
        .lab
        .as_ref()
        .map_or_else(String::new, |lab| format!(" (lab {lab})"));
    let (whose, clear) = match &row.project {
        Some(project) => (
            say!(" of the stack `{project}`{lab}", project, lab),
            shell!("docker compose -p {} down", project),
        ),
        None => (lab, shell!("docker rm -f {}", row.name)),
    };
    Held {
        what: format!(
            "port {} of this machine, which `{}` wants, is held by container `{}`{whose}",
            want.port, want.service, row.name
        ),
        help: format!("`{clear}` frees it, then run the command again"),
    }
}

fn outside(want: &Wanted) -> Held {
    Held {
        what: format!(
            "port {} of this machine, which `{}` wants, is held by a program outside Docker",
            want.port, want.service
        ),
        help: format!(
            "`ss -ltnp 'sport = :{}'` says which one; stop it, then run the command again",
            want.port
        ),
    }
}

/// Whether a program listens there.
fn taken(want: &Wanted) -> bool {
    is_taken(
        want.address.unwrap_or(IpAddr::from([0, 0, 0, 0])),
        want.port,
    )
}

/// Whether a program listens on an address and port of this machine.
pub fn is_taken(address: IpAddr, port: u16) -> bool {
    let tried = TcpListener::bind(SocketAddr::new(address, port));
    tried.is_err_and(|err| err.kind() == std::io::ErrorKind::AddrInUse)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use labcheck_core::facts::{Port, Status};

    #[test]
    fn numbers_of_its_own_are_what_a_stack_wants() {
        let config = json!({ "services": { "app": { "ports": [
            { "host_ip": "127.0.0.1", "target": 5000, "published": "5000", "protocol": "tcp" },
            { "target": 80, "protocol": "tcp" },
            { "target": 53, "published": "53", "protocol": "udp" },
        ] }, "db": {} } });
        let app = Wanted {
            service: "app".into(),
            address: Some(IpAddr::from([127, 0, 0, 1])),
            port: 5000,
            inside: 5000,
            inner: false,
        };
        assert_eq!(wanted(&config), [app]);
        assert_eq!(wanted(&json!({})), []);
    }

    #[test]
    fn the_holder_is_named_with_the_command_that_clears_it() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its number").port();
        let want = [Wanted {
            service: "app".into(),
            address: Some(IpAddr::from([127, 0, 0, 1])),
            port,
            inside: 5000,
            inner: false,
        }];
        let outside = held(&want, &[], "v4").expect("this test listens");
        assert!(outside.what.contains("outside Docker"), "{outside:?}");
        let row = ContainerSummary {
            name: "v3-app-1".into(),
            project: Some("v3".into()),
            lab: Some("v3".into()),
            status: Status::Running,
            ports: vec![Port {
                host: port,
                ..Port::default()
            }],
            ..ContainerSummary::default()
        };
        let held_by = |row: &ContainerSummary| held(&want, std::slice::from_ref(row), "v4");
        let lab = held_by(&row).expect("held");
        assert!(lab.what.ends_with("`v3-app-1` of the stack `v3` (lab v3)"));
        assert!(lab.help.contains("`docker compose -p v3 down`"));
        let loose = ContainerSummary {
            project: None,
            lab: None,
            ..row.clone()
        };
        assert!(held_by(&loose).is_some_and(|held| held.help.contains("docker rm -f v3-app-1")));
        let own = ContainerSummary {
            project: Some("v4".into()),
            ..row
        };
        assert_eq!(held_by(&own), None);
    }

    #[test]
    fn a_service_on_internal_networks_alone_publishes_nothing() {
        let config = serde_json::json!({
            "services": {
                "app": { "networks": { "inner": null }, "ports": [{ "published": "5000", "target": 5000, "protocol": "tcp" }] },
                "proxy": { "networks": { "inner": null, "edge": null }, "ports": [{ "published": "8080", "target": 80, "protocol": "tcp" }] },
                "plain": { "ports": [{ "published": "8081", "target": 80, "protocol": "tcp" }] },
            },
            "networks": { "inner": { "internal": true }, "edge": {} },
        });
        let inner = wanted(&config).into_iter().filter(|want| want.inner);
        let inner: Vec<String> = inner.map(|want| want.service).collect();
        assert_eq!(inner, ["app"]);
    }
}
