//! `certificate_dates`: the certificate holds today.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::ingress::openssl;
use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Certificate, IngressPort, Role};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "certificate_dates: { role: proxy }";

/// Every certificate that the entry shows is within its dates.
///
/// Judged from `notBefore` and `notAfter` and the grader's own clock, which is part of the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateDates {
    /// Whose ports.
    pub role: Role,
}

impl Kind for CertificateDates {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Ingress]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(proxy) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let name = proxy.known_as();
        let expected = say!("the certificate of `{name}` is within its dates", name);
        let ingress = seen!(scene.facts.ingress.as_ref(), expected, say!("the entry"));
        let ports = || ingress.ports.iter().filter(|port| port.speaks_tls());
        let presented: Vec<(&IngressPort, &Certificate)> = ports()
            .flat_map(|port| certificates(port).map(move |own| (port, own)))
            .collect();
        let Some((port, first)) = presented.first() else {
            return none(ports().next(), name, expected);
        };
        let try_it = |port| {
            shell!(
                "{} 2>/dev/null | openssl x509 -noout -subject -dates",
                openssl(ingress, port, "")
            )
        };
        for (port, own) in &presented {
            let (from, until) = (text::date(own.not_before), text::date(own.not_after));
            let what = if ingress.now > own.not_after {
                say!("expired on {until}", until)
            } else if ingress.now < own.not_before {
                say!("holds from {from} on, which is still to come", from)
            } else {
                continue;
            };
            let found = say!(
                "the certificate `{}` at port {} of `{name}` {what}",
                own.subject,
                port.port,
                name,
                what
            );
            return Verdict::fail(expected, found).seen(say!("its dates"), try_it(port));
        }
        let found = say!(
            "it holds from {} to {}",
            text::date(first.not_before),
            text::date(first.not_after)
        );
        Verdict::pass(expected, found).seen(say!("its dates"), try_it(port))
    }
}

/// The certificates that a port presents under the names it was asked by; the one without a name only where there is no
/// other.
pub(super) fn certificates(port: &IngressPort) -> impl Iterator<Item = &Certificate> {
    let presented = || {
        port.tls
            .certificates
            .iter()
            .filter_map(|(name, own)| Some((name, own.get()?)))
    };
    let named = presented().any(|(name, _)| !name.is_empty());
    presented()
        .filter(move |(name, _)| !named || !name.is_empty())
        .map(|(_, own)| own)
}

/// The verdict when no certificate was seen.
pub(super) fn none(port: Option<&IngressPort>, name: &str, expected: String) -> Verdict {
    let Some(port) = port else {
        return Verdict::fail(
            expected,
            say!("no port of `{name}` speaks TLS, so there is none", name),
        )
        .seen(say!("what is published"), "docker ps");
    };
    let why = port.tls.certificates.values().find_map(|own| own.why());
    let why = why.unwrap_or(say!("no certificate was looked at"));
    Verdict::unknown(expected, say!("port {}: {why}", port.port, why))
}
