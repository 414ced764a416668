//! `tls_works`: the entry can be reached over HTTPS.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::ingress::{curl, openssl, ports};
use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Greeting, Ingress, IngressPort, Refusal, Role, Trouble, Version};
use crate::text::{self, retold, say, shell};

pub(super) const EXAMPLE: &str = "tls_works: { role: proxy }";

/// At some published port a TLS handshake is completed, in version 1.2 or 1.3, and a request over it is answered.
///
/// Any certificate will do here: self-signed, expired or for another name; other kinds judge it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TlsWorks {
    /// Whose ports.
    pub role: Role,
}

impl Kind for TlsWorks {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Ingress]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(proxy) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let name = proxy.known_as();
        let expected = say!("a published port of `{name}` speaks HTTPS", name);
        let ingress = seen!(scene.facts.ingress.as_ref(), expected, say!("the entry"));
        let mut ports = ingress.ports.iter();
        if let Some(port) = ports.find(|port| matches!(port.tls.page, Some(Ok(_)))) {
            let spoken = Version::ALL
                .into_iter()
                .filter(|version| port.tls.greeted(*version) == Some(&Greeting::Agreed));
            let spoken: Vec<&str> = spoken.map(Version::word).collect();
            let found = say!("port {} speaks {}", port.port, text::list(&spoken));
            return Verdict::pass(expected, found)
                .seen(say!("the handshake"), openssl(ingress, port, ""));
        }
        silent(ingress, scene, name, expected)
    }
}

/// No port answers over TLS: the nearest that comes to it is told.
fn silent(ingress: &Ingress, scene: &Scene<'_>, name: &str, expected: String) -> Verdict {
    for port in &ingress.ports {
        if let Some(Err(trouble)) = &port.tls.page {
            let found = say!(
                "port {} of `{name}` completes the handshake, but the request over it {}",
                port.port,
                retold(&trouble.phrase()),
                name
            );
            // A slow application behind it is not the handshake's fault, and whether it is HTTP cannot be told yet.
            if matches!(trouble, Trouble::TimedOut(_)) {
                return Verdict::unknown(expected, found)
                    .seen(say!("the handshake"), openssl(ingress, port, ""));
            }
            return Verdict::fail(expected, found)
                .seen(say!("the handshake"), openssl(ingress, port, ""));
        }
    }
    let old = |port: &&IngressPort| port.speaks_any_tls();
    if let Some(port) = ingress.ports.iter().find(old) {
        let found = say!(
            "port {} of `{name}` speaks TLS in versions that browsers refuse, and not 1.2 or 1.3",
            port.port,
            name
        );
        return Verdict::fail(expected, found)
            .seen(say!("the handshake"), openssl(ingress, port, " -tls1_2"));
    }
    for port in &ingress.ports {
        let http = port.offers().next().is_some();
        let told = [Version::Tls13, Version::Tls12].iter().find_map(|version| {
            match port.tls.greeted(*version) {
                Some(greeting @ Greeting::Refused(why)) if !http => {
                    Some((why, Refusal::of(greeting).filter(Refusal::is_alert)?))
                }
                _ => None,
            }
        });
        let Some((why, refusal)) = told else { continue };
        let found = say!(
            "port {} of `{name}` refuses the handshake: {why}",
            port.port,
            name,
            why
        );
        let by_name = refusal.no_such_name();
        let found = if refusal.no_certificate() {
            say!("{found}, as a server does that has no certificate", found)
        } else {
            found
        };
        if by_name && scene.facts.course.hosts.is_empty() {
            return Verdict::unknown(
                expected,
                say!("{found}; it may know another name only", found),
            )
            .seen(
                say!("if it has a name of its own"),
                shell!("labcheck {} --host NAME", scene.facts.lab),
            );
        }
        return Verdict::fail(expected, found)
            .seen(say!("the handshake"), openssl(ingress, port, ""));
    }
    let plain: Vec<&IngressPort> = ingress
        .ports
        .iter()
        .filter(|port| port.offers().next().is_some())
        .collect();
    let meant = ingress.ports.iter().find(|port| meant_for_tls(scene, port));
    let found = match meant.filter(|port| port.offers().next().is_some()) {
        _ if plain.is_empty() => say!(
            "no port of `{name}` answers in HTTPS or HTTP ({})",
            ports(&ingress.ports),
            name
        ),
        Some(port) => say!(
            "`{name}` answers in plain HTTP only, also at port {}, which is there for HTTPS",
            port.port,
            name
        ),
        None => say!(
            "`{name}` answers in plain HTTP only, at {}",
            ports(plain.iter().copied()),
            name
        ),
    };
    let verdict = Verdict::fail(expected, found);
    match (meant, plain.first()) {
        (Some(port), _) => verdict.seen(say!("the handshake"), openssl(ingress, port, "")),
        (None, Some(port)) => verdict.seen(say!("what it says"), curl(ingress, port)),
        (None, None) => verdict.seen(say!("what is published"), "docker ps"),
    }
}

/// Whether a port leads to a port where servers speak TLS by custom.
fn meant_for_tls(scene: &Scene<'_>, port: &IngressPort) -> bool {
    let usual = |port: u16| matches!(port, 443 | 8443);
    let Some(container) = scene.container(&port.container) else {
        return usual(port.port);
    };
    let mut leads = container.ports.iter().filter(|own| own.host == port.port);
    leads.any(|own| usual(own.container))
        || (container.network_mode.is_host() && usual(port.port))
}
