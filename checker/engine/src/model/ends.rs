//! What a container is connected to: ports, networks, mounts.

use std::collections::{BTreeSet, HashMap};

use bollard::models::{EndpointSettings, HostConfig, MountPoint, NetworkSettings, PortMap};

use super::clean::{name, sorted};
use super::inspected::{Bind, NetworkEnd};
use super::socket_path;
use labcheck_core::facts::{Attachment, Mount, MountKind, Port};

/// `80/tcp` with its bindings; `null` and `[]` mean that it is only exposed.
pub(crate) fn ports(map: Option<&PortMap>) -> Vec<Port> {
    let mut all = BTreeSet::new();
    for (key, bindings) in map.into_iter().flatten() {
        let (number, proto) = key.split_once('/').unwrap_or((key, "tcp"));
        let Ok(container) = number.parse() else {
            continue;
        };
        for binding in bindings.iter().flatten() {
            all.insert(Port {
                container,
                proto: name(proto),
                host_ip: name(binding.host_ip.as_deref().unwrap_or_default()),
                host: binding
                    .host_port
                    .as_deref()
                    .and_then(|port| port.parse().ok())
                    .unwrap_or(0),
            });
        }
    }
    all.into_iter().collect()
}

pub(crate) fn attachments(net: &NetworkSettings) -> Vec<Attachment> {
    let mut all: Vec<Attachment> = net
        .networks
        .iter()
        .flatten()
        .map(|(network, end)| Attachment {
            network: name(network),
            ip: name(end.ip_address.as_deref().unwrap_or_default()),
            aliases: sorted(
                end.aliases
                    .iter()
                    .chain(&end.dns_names)
                    .flatten()
                    .map(|alias| name(alias)),
            ),
        })
        .collect();
    all.sort_by(|a, b| a.network.cmp(&b.network));
    all
}

/// A network with the addresses that a container has on it: that of IPv4, be it none, and that of IPv6 if there is one.
pub(crate) fn ends(network: &str, end: &EndpointSettings) -> Vec<NetworkEnd> {
    let four = end.ip_address.as_deref().unwrap_or_default();
    let six = end.global_ipv6_address.as_deref();
    let six = six.filter(|address| !address.is_empty());
    let both = std::iter::once(four).chain(six);
    let end = |address: &str| NetworkEnd {
        network: name(network),
        ip: name(address),
    };
    both.map(end).collect()
}

pub(crate) fn addresses(net: &NetworkSettings) -> Vec<String> {
    let both = net
        .networks
        .iter()
        .flatten()
        .flat_map(|(_, end)| [end.ip_address.clone(), end.global_ipv6_address.clone()]);
    both.flatten()
        .filter(|address| !address.is_empty())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

pub(crate) fn mounts(points: Vec<MountPoint>, host: &HostConfig) -> (Vec<Mount>, Vec<Bind>) {
    let mut binds = Vec::new();
    let mut all: Vec<Mount> = points
        .into_iter()
        .map(|point| {
            let (volume, source, destination) = (
                point.name.unwrap_or_default(),
                point.source.unwrap_or_default(),
                point.destination.unwrap_or_default(),
            );
            let kind = match point.typ.as_deref().unwrap_or_default() {
                "volume" if anonymous(&volume) => MountKind::AnonymousVolume,
                "volume" => MountKind::Volume,
                "bind" => MountKind::Bind,
                "tmpfs" => MountKind::Tmpfs,
                _ => MountKind::Other,
            };
            if kind == MountKind::Bind {
                binds.push(Bind {
                    host: source.clone(),
                    inside: destination.clone(),
                });
            }
            let socket = kind == MountKind::Bind && socket_path::within(&source);
            let source = if volume.is_empty() { source } else { volume };
            Mount {
                kind,
                socket,
                memory: false,
                source: name(&source),
                destination: name(&destination),
                writable: point.rw.unwrap_or(true),
            }
        })
        .collect();
    for path in host.tmpfs.iter().flat_map(HashMap::keys) {
        all.push(Mount {
            kind: MountKind::Tmpfs,
            source: String::new(),
            destination: name(path),
            writable: true,
            socket: false,
            memory: false,
        });
    }
    all.sort_by(|a, b| a.destination.cmp(&b.destination));
    (all, binds)
}

/// The engine names a volume without a name of its own with 64 hexadecimal digits.
fn anonymous(volume: &str) -> bool {
    volume.len() == 64 && volume.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_ipv6_is_a_second_end_on_the_same_network() {
        let end = |four: &str, six: &str| EndpointSettings {
            ip_address: Some(four.into()),
            global_ipv6_address: Some(six.into()),
            ..EndpointSettings::default()
        };
        let of = |address: &str| NetworkEnd {
            network: "v6_edge".to_owned(),
            ip: address.to_owned(),
        };
        assert_eq!(ends("v6_edge", &end("172.18.0.9", "")), [of("172.18.0.9")]);
        let both = [of("172.18.0.9"), of("fd00::9")];
        assert_eq!(ends("v6_edge", &end("172.18.0.9", "fd00::9")), both);
        assert_eq!(ends("v6_edge", &end("", "")), [of("")]);
    }
}
