//! What was said at a port of the ingress, read: which port counts, whether another name is wanted, where an answer leads.
//! Pure.

use reqwest::Url;

use super::virtual_host::{Scheme, VirtualHost};
use crate::endpoint::published::PublishedPort;
use crate::tls::certificate;
use labcheck_core::facts::{Head, IngressPort, Refusal, Seen, Version};
use labcheck_core::text;

/// The port whose pages visitors get, with the name it knows: over TLS if there is one that answers, otherwise in plain
/// HTTP.
pub(crate) fn best<'d>(
    published_ports: &[PublishedPort],
    ports: &'d [IngressPort],
) -> Option<VirtualHost<'d>> {
    let both = || published_ports.iter().zip(ports);
    let tls = both().find(|(_, port)| matches!(port.tls.page, Some(Ok(_))));
    let plain = || both().find(|(_, port)| port.offers().next().is_some());
    let host = |scheme| {
        move |(spot, port): (&PublishedPort, &'d IngressPort)| VirtualHost {
            address: spot.address,
            name: port.name.as_str(),
            scheme,
        }
    };
    tls.map(host(Scheme::Https))
        .or_else(|| plain().map(host(Scheme::Http)))
}

/// Whether anything was said at a port, in whichever words.
pub(crate) fn opened(port: &IngressPort) -> bool {
    // A server that still waits for its certificate turns handshakes down, and says so to plain HTTP.
    port.speaks_any_tls()
        || (!port.answers_in_tls() && port.plain.iter().any(|plain| plain.answer.is_ok()))
}

/// Whether a server that chooses by name may know another one only: it turns the handshake down with an alert, or says
/// that there is no such page (404) or that the request is not for it (421).
pub(crate) fn other_name_wanted(port: &IngressPort) -> bool {
    let unknown = |head: &Head| matches!(head.status, 404 | 421);
    let refused = |version| {
        let refusal = port.tls.greeted(version).and_then(Refusal::of);
        matches!(refusal, Some(Refusal::Alert(_)))
    };
    let page = match &port.tls.page {
        Some(Ok(head)) => return unknown(head),
        Some(Err(_)) => return false,
        None => port.offers().next(),
    };
    match page {
        Some((_, head)) => unknown(head),
        None => refused(Version::Tls13) && refused(Version::Tls12),
    }
}

/// Path and query, as they are asked for.
pub(crate) fn target(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// The same with `Location` made absolute.
pub(crate) fn absolute(mut head: Head, from: &Url) -> Head {
    let whole = head.location.take().map(|location| {
        let joined = from.join(location.trim());
        joined.map_or(location, |url| url.to_string())
    });
    head.location = whole.map(|location| text::cut(&text::clean(&location), 300));
    head
}

/// The same for an answer that came over TLS.
pub(crate) fn resolved(head: Head, host: &str, target: &str) -> Head {
    match Url::parse(&format!("https://{host}{target}")) {
        Ok(url) => absolute(head, &url),
        Err(_) => head,
    }
}

pub(crate) fn presented(der: &[u8]) -> Seen<labcheck_core::facts::Certificate> {
    if der.is_empty() {
        return Seen::Unseen("it shows no certificate".into());
    }
    certificate::read(der)
}

/// Where an answer redirects to (RFC 9110, section 15.4).
pub(crate) fn redirect(head: &Head) -> Option<Url> {
    matches!(head.status, 301 | 302 | 303 | 307 | 308).then_some(())?;
    Url::parse(head.location.as_deref()?).ok()
}

/// Whether a redirect stays at the same port in plain HTTP.
pub(crate) fn stays(next: &Url, at: &Url) -> bool {
    next.scheme() == "http"
        && next.port_or_known_default() == at.port_or_known_default()
        && next.host_str() == at.host_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::{Greeting, Plain, Tls};

    #[test]
    fn a_port_that_turns_every_handshake_down_is_not_open_yet() {
        let told = |greeting: Greeting| IngressPort {
            plain: vec![Plain {
                answer: Ok(Head {
                    status: 400,
                    ..Head::default()
                }),
                url: String::new(),
                via: Vec::new(),
            }],
            tls: Tls {
                greetings: [(Version::Tls13, greeting)].into(),
                ..Tls::default()
            },
            ..IngressPort::default()
        };
        assert!(!opened(&told(Greeting::Refused(
            "alert internal_error".into()
        ))));
        assert!(opened(&told(Greeting::Agreed)));
        assert!(opened(&told(Greeting::NoTls)));
    }
}
