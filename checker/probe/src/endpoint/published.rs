//! Where the ingress is: the published ports of the proxy, what `--entry` names, and the names to ask under.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;

use crate::http::address::bases;
use crate::stack::context::StackContext;
use crate::stack::network::owner;
use labcheck_core::facts::Role;
use labcheck_core::text;
use labcheck_engine::model::inspected::Inspected;

/// Doors looked at.
const MOST_PORTS: usize = 12;

/// The address of a published port, and the container behind it.
#[derive(Debug, Clone)]
pub(crate) struct PublishedPort {
    pub address: SocketAddr,
    pub container: String,
}

/// The published TCP ports of the proxy, and what `--entry` names.
pub(crate) fn published_ports(context: &StackContext<'_>) -> Vec<PublishedPort> {
    let proxies = context.playing(Role::Proxy);
    let holders: Vec<&Inspected> = proxies.iter().map(|own| owner(context, own)).collect();
    let far = context.engine.host.as_deref();
    let mut published_ports = Vec::new();
    for inspected in holders {
        let container = &inspected.container;
        let mut urls = bases(&[container], None, far);
        if container.network_mode.is_host() {
            urls.extend(guessed(&container.exposed, far));
        }
        published_ports.extend(urls.iter().filter_map(|url| {
            Some(PublishedPort {
                address: address(url)?,
                container: container.name.clone(),
            })
        }));
    }
    if let Some(ingress_url) = context.plan.target.ingress_url.as_deref() {
        let urls = bases(&[], Some(ingress_url), far);
        published_ports.extend(urls.iter().filter_map(|url| {
            Some(PublishedPort {
                address: address(url)?,
                container: String::new(),
            })
        }));
    }
    published_ports.sort_by_key(|spot| (spot.address.port(), spot.container.is_empty()));
    published_ports.dedup_by_key(|spot| spot.address.port());
    published_ports.truncate(MOST_PORTS);
    published_ports
}

/// In the host's network nothing is published: the declared ports are guessed, then those of the web.
fn guessed(exposed: &[String], far: Option<&str>) -> Vec<Url> {
    let declared = exposed
        .iter()
        .filter_map(|port| port.strip_suffix("/tcp")?.parse::<u16>().ok());
    let host = text::host(far.unwrap_or("127.0.0.1"));
    declared
        .chain([80, 443, 8080, 8443])
        .filter_map(|port| Url::parse(&format!("http://{host}:{port}/")).ok())
        .collect()
}

/// The socket address of an address; names other than those of this machine are asked for there too.
fn address(url: &Url) -> Option<SocketAddr> {
    let host = url.host_str()?.trim_matches(['[', ']']);
    let ip = host
        .parse::<IpAddr>()
        .unwrap_or(IpAddr::from([127, 0, 0, 1]));
    Some(SocketAddr::new(ip, url.port_or_known_default()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_an_address_are_looked_for_on_this_machine() {
        let at =
            |url: &str| address(&Url::parse(url).expect("an address")).map(|at| at.to_string());
        assert_eq!(at("https://shop.test/"), Some("127.0.0.1:443".into()));
        assert_eq!(at("http://[::1]:8080/"), Some("[::1]:8080".into()));
    }
}
