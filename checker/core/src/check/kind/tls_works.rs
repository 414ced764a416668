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
        let mut doors = ingress.doors.iter();
        if let Some(door) = doors.find(|door| matches!(door.tls.page, Some(Ok(_)))) {
            let spoken = Version::ALL
                .into_iter()
                .filter(|version| door.tls.greeted(*version) == Some(&Greeting::Agreed));
            let spoken: Vec<&str> = spoken.map(Version::word).collect();
            let found = say!("port {} speaks {}", door.port, text::list(&spoken));
            return Verdict::pass(expected, found)
                .seen(say!("the handshake"), openssl(ingress, door, ""));
        }
        silent(ingress, scene, name, expected)
    }
}

/// No port answers over TLS: the nearest that comes to it is told.
fn silent(ingress: &Ingress, scene: &Scene<'_>, name: &str, expected: String) -> Verdict {
    for door in &ingress.doors {
        if let Some(Err(trouble)) = &door.tls.page {
            let found = say!(
                "port {} of `{name}` completes the handshake, but the request over it {}",
                door.port,
                retold(&trouble.phrase()),
                name
            );
            // A slow application behind it is not the handshake's fault, and whether it is HTTP cannot be told yet.
            if matches!(trouble, Trouble::TimedOut(_)) {
                return Verdict::unknown(expected, found)
                    .seen(say!("the handshake"), openssl(ingress, door, ""));
            }
            return Verdict::fail(expected, found)
                .seen(say!("the handshake"), openssl(ingress, door, ""));
        }
    }
    let old = |door: &&IngressPort| door.speaks_any_tls();
    if let Some(door) = ingress.doors.iter().find(old) {
        let found = say!(
            "port {} of `{name}` speaks TLS in versions that browsers refuse, and not 1.2 or 1.3",
            door.port,
            name
        );
        return Verdict::fail(expected, found)
            .seen(say!("the handshake"), openssl(ingress, door, " -tls1_2"));
    }
    for door in &ingress.doors {
        let http = door.offers().next().is_some();
        let told = [Version::Tls13, Version::Tls12].iter().find_map(|version| {
            match door.tls.greeted(*version) {
                Some(greeting @ Greeting::Refused(why)) if !http => {
                    Some((why, Refusal::of(greeting).filter(Refusal::is_alert)?))
                }
                _ => None,
            }
        });
        let Some((why, refusal)) = told else { continue };
        let found = say!(
            "port {} of `{name}` refuses the handshake: {why}",
            door.port,
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
            .seen(say!("the handshake"), openssl(ingress, door, ""));
    }
    let plain: Vec<&IngressPort> = ingress
        .doors
        .iter()
        .filter(|door| door.offers().next().is_some())
        .collect();
    let meant = ingress.doors.iter().find(|door| meant_for_tls(scene, door));
    let found = match meant.filter(|door| door.offers().next().is_some()) {
        _ if plain.is_empty() => say!(
            "no port of `{name}` answers in HTTPS or HTTP ({})",
            ports(&ingress.doors),
            name
        ),
        Some(door) => say!(
            "`{name}` answers in plain HTTP only, also at port {}, which is there for HTTPS",
            door.port,
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
        (Some(door), _) => verdict.seen(say!("the handshake"), openssl(ingress, door, "")),
        (None, Some(door)) => verdict.seen(say!("what it says"), curl(ingress, door)),
        (None, None) => verdict.seen(say!("what is published"), "docker ps"),
    }
}

/// Whether a door leads to a port where servers speak TLS by custom.
fn meant_for_tls(scene: &Scene<'_>, door: &IngressPort) -> bool {
    let usual = |port: u16| matches!(port, 443 | 8443);
    let Some(container) = scene.container(&door.container) else {
        return usual(door.port);
    };
    let mut leads = container.ports.iter().filter(|port| port.host == door.port);
    leads.any(|port| usual(port.container))
        || (container.network_mode.is_host() && usual(door.port))
}
