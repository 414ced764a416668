//! Where the grader may be sent: the addresses and ports at which the stack is met. Made once for a look. Pure.
//!
//! A page, a redirect or a form can name any address of the teacher's machine; what it names outside of this list is told
//! and not asked.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;

use labcheck_core::facts::{Container, Port};

/// Ports at which a container in the machine's own network is looked for, besides those that its image declares.
const USUAL: [u16; 5] = [80, 443, 5000, 8080, 8443];

/// The addresses and ports of a stack.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowed {
    /// Names that lead to an address of the stack instead of to the name service.
    names: Vec<(String, SocketAddr)>,
    addresses: Vec<SocketAddress>,
}

/// A port with the address it is published at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SocketAddress {
    at: At,
    port: u16,
}

/// An address, as far as a URL can name it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum At {
    /// Every loopback address of IPv4 (`127.0.0.0/8`).
    Loopback4,
    /// `::1`.
    Loopback6,
    /// This one alone.
    Address(IpAddr),
    /// A host by its name, as `--entry` or the engine's address has it.
    Name(String),
}

impl At {
    /// A host as it stands in a URL or in a setting.
    fn of(host: &str) -> Self {
        let host = host.trim_matches(['[', ']']);
        host.parse()
            .map_or_else(|_| Self::Name(host.to_ascii_lowercase()), Self::Address)
    }

    fn is(&self, address: IpAddr) -> bool {
        match self {
            Self::Loopback4 => address.is_ipv4() && address.is_loopback(),
            Self::Loopback6 => address.is_ipv6() && address.is_loopback(),
            Self::Address(own) => *own == address,
            Self::Name(_) => false,
        }
    }

    /// Whether `localhost` leads there.
    fn is_this_machine(&self) -> bool {
        match self {
            Self::Loopback4 | Self::Loopback6 => true,
            Self::Address(own) => own.is_loopback(),
            Self::Name(name) => name == "localhost",
        }
    }
}

impl Allowed {
    /// What containers publish; `far` is the engine's host where that is another machine.
    pub(crate) fn new(containers: &[&Container], far: Option<&str>) -> Self {
        let published = containers.iter().flat_map(|container| &container.ports);
        let published = published.filter(|port| port.proto == "tcp" && port.host != 0);
        let mut addresses: Vec<SocketAddress> =
            published.flat_map(|port| addresses(port, far)).collect();
        for container in containers {
            if container.network_mode.is_host() {
                let declared = container.exposed.iter();
                let declared = declared.filter_map(|port| port.strip_suffix("/tcp")?.parse().ok());
                let ports = declared.chain(USUAL);
                addresses.extend(ports.flat_map(|port| everywhere(port, far)));
            }
        }
        Self {
            names: Vec::new(),
            addresses,
        }
    }

    /// With names that lead to an address of the stack.
    pub(crate) fn with_names(mut self, names: Vec<(String, SocketAddr)>) -> Self {
        self.names = names;
        self
    }

    /// With the address that the teacher named as the ingress (`--entry`): at its port, and by its host at the published ones.
    pub(crate) fn with_ingress(mut self, ingress: &Url) -> Self {
        if let (Some(host), Some(port)) = (ingress.host_str(), ingress.port_or_known_default()) {
            let at = At::of(host);
            if matches!(at, At::Name(_)) {
                let published: Vec<u16> =
                    self.addresses.iter().map(|address| address.port).collect();
                let by_name = published.into_iter().map(|port| SocketAddress {
                    at: at.clone(),
                    port,
                });
                self.addresses.extend(by_name);
            }
            self.addresses.push(SocketAddress { at, port });
        }
        self
    }

    /// The names, each with the address it leads to.
    pub(crate) fn names(&self) -> &[(String, SocketAddr)] {
        &self.names
    }

    /// Whether the stack is met at an address.
    pub(crate) fn has(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return false;
        };
        let mut addresses = self.addresses.iter().filter(|address| address.port == port);
        let led = self.names.iter().find(|(name, _)| name == host);
        match (At::of(host), led) {
            (At::Address(address), _) => addresses.any(|one| one.at.is(address)),
            (_, Some((_, leads))) => addresses.any(|address| address.at.is(leads.ip())),
            (At::Name(name), None) if name == "localhost" || name.ends_with(".localhost") => {
                addresses.any(|address| address.at.is_this_machine())
            }
            (named, None) => addresses.any(|address| address.at == named),
        }
    }
}

/// Whether two addresses are of one origin: scheme, host and port (RFC 6454).
pub(crate) fn same_origin(one: &Url, other: &Url) -> bool {
    one.origin().is_tuple() && one.origin() == other.origin()
}

fn addresses(port: &Port, far: Option<&str>) -> Vec<SocketAddress> {
    let at = |at: At| SocketAddress {
        at,
        port: port.host,
    };
    match (port.host_ip.as_str(), far) {
        ("" | "0.0.0.0" | "::", Some(_)) => everywhere(port.host, far),
        ("" | "0.0.0.0", None) => vec![at(At::Loopback4)],
        ("::", None) => vec![at(At::Loopback6)],
        (own, _) => vec![at(At::of(own))],
    }
}

/// A port of the engine's machine, whichever of its addresses is asked.
fn everywhere(port: u16, far: Option<&str>) -> Vec<SocketAddress> {
    let all = match far {
        Some(far) => vec![At::of(far)],
        None => vec![At::Loopback4, At::Loopback6],
    };
    all.into_iter()
        .map(|at| SocketAddress { at, port })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(rows: &[(&str, u16)]) -> Container {
        let ports = rows.iter().map(|&(ip, host)| Port {
            container: 5000,
            proto: "tcp".into(),
            host_ip: ip.into(),
            host,
        });
        Container {
            ports: ports.collect(),
            ..Container::default()
        }
    }

    fn has(allowed: &Allowed, url: &str) -> bool {
        allowed.has(&Url::parse(url).expect("an address"))
    }

    #[test]
    fn a_port_that_the_stack_does_not_publish_is_none_of_it() {
        let stack = published(&[("127.0.0.1", 5000), ("0.0.0.0", 8080)]);
        let allowed = Allowed::new(&[&stack], None);
        for url in [
            "http://127.0.0.1:5000/x",
            "http://localhost:5000/",
            "https://shop.localhost:8080/",
            "http://127.0.0.7:8080/",
        ] {
            assert!(has(&allowed, url), "{url}");
        }
        for url in [
            "http://127.0.0.1:9999/",
            "http://localhost/",
            "http://127.0.0.7:5000/",
            "http://[::1]:8080/",
            "http://example.org:5000/",
            "http://10.0.0.1:8080/",
            "http://shop.test:8080/",
        ] {
            assert!(!has(&allowed, url), "{url}");
        }
    }

    #[test]
    fn names_lead_where_the_stack_is_and_to_its_ports_alone() {
        let stack = published(&[("0.0.0.0", 8080), ("0.0.0.0", 8443)]);
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        let allowed = Allowed::new(&[&stack], None).with_names(vec![("shop.test".into(), here)]);
        assert!(has(&allowed, "https://shop.test:8443/"));
        assert!(!has(&allowed, "https://shop.test/"));
        let ingress = Url::parse("http://books.test:8080/").expect("an address");
        let allowed = Allowed::new(&[&stack], None).with_ingress(&ingress);
        assert!(has(&allowed, "https://books.test:8443/"));
        assert!(!has(&allowed, "https://books.test:9000/"));
        let alone = Url::parse("http://127.0.0.1:7000/").expect("an address");
        let allowed = Allowed::default().with_ingress(&alone);
        assert!(has(&allowed, "http://localhost:7000/"));
        assert!(!has(&allowed, "http://localhost:7001/"));
    }

    #[test]
    fn what_another_machine_publishes_is_not_on_this_one() {
        let stack = published(&[("0.0.0.0", 8080)]);
        let allowed = Allowed::new(&[&stack], Some("10.0.0.5"));
        assert!(has(&allowed, "http://10.0.0.5:8080/"));
        assert!(!has(&allowed, "http://127.0.0.1:8080/"));
        assert!(!has(&allowed, "http://localhost:8080/"));
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let same = |one: &str, other: &str| {
            let url = |text: &str| Url::parse(text).expect("an address");
            same_origin(&url(one), &url(other))
        };
        assert!(same("http://h/a", "http://h:80/b"));
        assert!(!same("http://h/", "https://h/") && !same("http://h/", "http://h:81/"));
        assert!(!same("http://localhost/", "http://127.0.0.1/"));
    }
}
