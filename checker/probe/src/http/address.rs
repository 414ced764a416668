//! Where a role's pages are: `--entry`, or the ports its containers publish. Pure.

use std::collections::BTreeSet;

use reqwest::Url;

use labcheck_core::facts::{Container, Port};

/// Ports that speak something else than HTTP; tried last.
const NOT_WEB: [u16; 9] = [3306, 33060, 5432, 6379, 27017, 1433, 9000, 25, 22];

/// Base addresses to try for containers, the likeliest first.
pub(crate) fn bases(
    containers: &[&Container],
    ingress_url: Option<&str>,
    engine_host: Option<&str>,
) -> Vec<Url> {
    if let Some(ingress_url) = ingress_url {
        let ingress_url = if ingress_url.contains("://") {
            ingress_url.to_owned()
        } else {
            format!("http://{ingress_url}")
        };
        return Url::parse(&ingress_url).into_iter().collect();
    }
    let mut seen = BTreeSet::new();
    let mut ports: Vec<&Port> = containers
        .iter()
        .flat_map(|container| &container.ports)
        .filter(|port| port.proto == "tcp" && port.host != 0)
        .collect();
    // The two rows of one publishing (IPv4 and IPv6) are one address; loopback and IPv4 come first.
    ports.sort_by_key(|port| {
        (
            NOT_WEB.contains(&port.container),
            port.host,
            port.host_ip.contains(':'),
        )
    });
    ports.retain(|port| seen.insert(port.host));
    ports
        .into_iter()
        .filter_map(|port| base(port, engine_host))
        .collect()
}

fn base(port: &Port, engine_host: Option<&str>) -> Option<Url> {
    let everybody = matches!(port.host_ip.as_str(), "" | "0.0.0.0" | "::");
    let host = match engine_host {
        Some(far) if everybody => far,
        _ if port.host_ip == "::" || port.host_ip == "::1" => "::1",
        _ if everybody => "127.0.0.1",
        _ => port.host_ip.as_str(),
    };
    let scheme = if matches!(port.container, 443 | 8443) {
        "https"
    } else {
        "http"
    };
    Url::parse(&format!(
        "{scheme}://{}:{}/",
        labcheck_core::text::host(host),
        port.host
    ))
    .ok()
}

/// The same address over the other of HTTP and HTTPS.
pub(crate) fn other_scheme(base: &Url) -> Option<Url> {
    let port = base.port_or_known_default()?;
    let scheme = if base.scheme() == "http" {
        "https"
    } else {
        "http"
    };
    let mut other = Url::parse(&format!("{scheme}://{}:{port}/", base.host_str()?)).ok()?;
    other.set_path(base.path());
    Some(other)
}

/// A path below a base; `None` when it is no path.
pub(crate) fn below(base: &Url, path: &str) -> Option<Url> {
    let prefix = base.path().trim_end_matches('/');
    let path = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    };
    base.join(&format!("{prefix}{path}"))
        .ok()
        .filter(|url| url.host() == base.host())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(rows: &[(u16, &str, u16)]) -> Container {
        let ports = rows.iter().map(|&(container, ip, host)| Port {
            container,
            proto: "tcp".into(),
            host_ip: ip.into(),
            host,
        });
        Container {
            ports: ports.collect(),
            ..Container::default()
        }
    }

    fn tried(container: &Container, far: Option<&str>) -> Vec<String> {
        bases(&[container], None, far)
            .iter()
            .map(Url::to_string)
            .collect()
    }

    #[test]
    fn two_rows_of_one_port_are_one_address() {
        assert_eq!(
            tried(&published(&[(80, "0.0.0.0", 8080), (80, "::", 8080)]), None),
            ["http://127.0.0.1:8080/"]
        );
        assert_eq!(
            tried(&published(&[(80, "::1", 8080)]), None),
            ["http://[::1]:8080/"]
        );
    }

    #[test]
    fn database_ports_come_last_and_443_is_https() {
        let container = published(&[
            (3306, "127.0.0.1", 3306),
            (443, "127.0.0.1", 8443),
            (5000, "127.0.0.1", 5000),
        ]);
        assert_eq!(
            tried(&container, None),
            [
                "http://127.0.0.1:5000/",
                "https://127.0.0.1:8443/",
                "http://127.0.0.1:3306/"
            ]
        );
    }

    #[test]
    fn a_far_engine_publishes_on_its_own_host() {
        assert_eq!(
            tried(&published(&[(80, "0.0.0.0", 8080)]), Some("10.0.0.5")),
            ["http://10.0.0.5:8080/"]
        );
    }

    #[test]
    fn paths_stay_on_their_host() {
        let base = Url::parse("http://h:1/sub/").expect("an address");
        assert_eq!(
            below(&base, "/fetch").map(|url| url.to_string()),
            Some("http://h:1/sub/fetch".into())
        );
        let root = Url::parse("http://h:1/").expect("an address");
        assert!(below(&root, "//evil.example/x").is_none());
        assert_eq!(
            other_scheme(&root).map(|url| url.to_string()),
            Some("https://h:1/".into())
        );
    }
}
