//! `certificate_names_host`: the certificate is for the name that visitors type.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::certificate_dates::{certificates, none};
use crate::check::shared::ingress::openssl;
use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Certificate, Ingress, Role};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "certificate_names_host: { role: proxy }";

/// The certificate names the host that it is asked under: every name given with `--host`, otherwise one of `localhost`,
/// the address of this machine, and the names that the stack's labels and configuration say.
///
/// Judged from `subjectAltName`, as browsers do (RFC 9525); a name in the subject alone does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateNamesHost {
    /// Whose ports.
    pub role: Role,
}

impl Kind for CertificateNamesHost {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Ingress]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(proxy) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let ingress = seen!(
            scene.facts.ingress.as_ref(),
            say!("the certificate of `{}` names its host", proxy.known_as()),
            say!("the entry")
        );
        let asked = text::ticked(&ingress.names);
        let given = !scene.facts.course.hosts.is_empty();
        let asked = if given || ingress.names.len() < 2 {
            asked
        } else {
            say!("one of {asked}", asked)
        };
        let expected = say!(
            "the certificate of `{}` names {asked}",
            proxy.known_as(),
            asked
        );
        // What was given has to be there; of names that the stack's own files say, one is enough.
        let mut lacking = ingress.names.iter().filter(|name| !named(ingress, name));
        let any = ingress.names.iter().any(|name| named(ingress, name));
        let missing = lacking.next().filter(|_| given || !any);
        let ports = || ingress.ports.iter().filter(|port| port.speaks_tls());
        let presented = || ports().flat_map(|port| certificates(port).map(move |own| (port, own)));
        let Some((port, own)) = presented().next() else {
            return none(ports().next(), proxy.known_as(), expected);
        };
        let try_it = shell!(
            "{} 2>/dev/null | openssl x509 -noout -subject -ext subjectAltName",
            openssl(ingress, port, "")
        );
        let Some(missing) = missing else {
            let found = say!("it is for {}", text::ticked(&own.names));
            return Verdict::pass(expected, found).seen("subjectAltName", try_it);
        };
        let found = if own.names.is_empty() {
            say!(
                "at port {} it has no `subjectAltName`; its subject is `{}`, which browsers do not look at",
                port.port,
                own.subject
            )
        } else {
            say!(
                "at port {} it is for {}, not for `{missing}`",
                port.port,
                text::ticked(&own.names),
                missing
            )
        };
        Verdict::fail(expected, found).seen("subjectAltName", try_it)
    }
}

/// Whether some port presents a certificate for a name. Visitors of this machine may type its address as well.
fn named(ingress: &Ingress, name: &str) -> bool {
    let mut ports = ingress.ports.iter().filter(|port| port.speaks_tls());
    ports.any(|port| {
        let presented = |asked: &str| port.tls.certificates.get(asked).and_then(|own| own.get());
        let by_name = presented(name).is_some_and(|own| covers(own, name));
        let address = || presented("").is_some_and(|own| covers(own, &ingress.address));
        by_name || (name == "localhost" && address())
    })
}

/// Whether a certificate names a host; a star stands for one label (RFC 9525, section 6.3).
fn covers(own: &Certificate, host: &str) -> bool {
    let host = host.trim_end_matches('.');
    own.names.iter().any(|name| {
        let name = name.trim_end_matches('.');
        let star = name.strip_prefix("*.").zip(host.split_once('.'));
        name.eq_ignore_ascii_case(host)
            || star.is_some_and(|(rest, (_, below))| rest.eq_ignore_ascii_case(below))
    })
}
