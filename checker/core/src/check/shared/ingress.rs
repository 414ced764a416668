//! Shared by kinds that judge the ports of the ingress: addresses in texts, and words for ports.

use crate::check::Scene;
use crate::facts::{Ingress, IngressPort};
use crate::text::{self, ShellCommand, say, shell};

/// Host and port of an `https` address; `None` for any other.
pub(crate) fn https(address: &str) -> Option<(String, u16)> {
    let rest = address
        .get(..8)
        .filter(|scheme| scheme.eq_ignore_ascii_case("https://"))
        .map(|_| &address[8..])?;
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = rest[..end].rsplit('@').next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (authority, 443),
    };
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    (!host.is_empty()).then_some((host, port))
}

/// Whether a host is this machine, or one of the names that the ingress was asked under.
pub(crate) fn leads_here(ingress: &Ingress, scene: &Scene<'_>, host: &str) -> bool {
    let mut known = ingress.names.iter().chain(&scene.facts.course.hosts);
    host == "localhost"
        || host.ends_with(".localhost")
        || host.starts_with("127.")
        || host == "::1"
        || host == ingress.address
        || known.any(|name| name.eq_ignore_ascii_case(host))
}

/// "port 8443", "ports 80 and 8443".
pub(crate) fn ports<'d>(ports: impl IntoIterator<Item = &'d IngressPort>) -> String {
    let mut numbers: Vec<String> = ports
        .into_iter()
        .map(|port| port.port.to_string())
        .collect();
    numbers.dedup();
    if numbers.len() == 1 {
        say!("port {}", text::list(&numbers))
    } else {
        say!("ports {}", text::list(&numbers))
    }
}

/// The name to ask under at a port, and the address of the ingress.
fn name_and_address<'g>(ingress: &'g Ingress, port: &'g IngressPort) -> (&'g str, String) {
    let first = ingress.names.first().map_or("localhost", String::as_str);
    let name = Some(port.name.as_str()).filter(|name| !name.is_empty());
    let at = text::host(if ingress.address.is_empty() {
        "127.0.0.1"
    } else {
        ingress.address.as_str()
    });
    (name.unwrap_or(first), at)
}

/// The command that shows what is said at a port in plain HTTP.
pub(crate) fn curl(ingress: &Ingress, port: &IngressPort) -> ShellCommand {
    let (name, at) = name_and_address(ingress, port);
    let number = port.port;
    if name == "localhost" {
        return shell!("curl -i http://{}:{}/", name, number);
    }
    shell!(
        "curl -i --connect-to {}:{}:{}:{} http://{}:{}/",
        name,
        number,
        at,
        number,
        name,
        number
    )
}

/// The command that shows what is said at a port in TLS.
pub(crate) fn openssl(ingress: &Ingress, port: &IngressPort, more: &'static str) -> ShellCommand {
    let (name, at) = name_and_address(ingress, port);
    shell!(
        "openssl s_client -connect {}:{} -servername {}{} </dev/null",
        at,
        port.port,
        name,
        ShellCommand::fixed(more)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fall_into_host_and_port() {
        for (address, found) in [
            ("https://localhost:8443/fetch", Some(("localhost", 8443))),
            ("HTTPS://Shop.Test/", Some(("shop.test", 443))),
            ("https://[::1]:8443", Some(("::1", 8443))),
            ("https://[::1]/", Some(("::1", 443))),
            (
                "https://localhost:8443@evil.test/",
                Some(("evil.test", 443)),
            ),
            (
                "https://evil.test\\@localhost:8443/",
                Some(("evil.test", 443)),
            ),
            ("https://x:70000/", None),
            ("https://", None),
            ("http://localhost/", None),
            ("/fetch", None),
            ("ö", None),
        ] {
            let found = found.map(|(host, port): (&str, u16)| (host.to_owned(), port));
            assert_eq!(https(address), found, "{address}");
        }
    }
}
