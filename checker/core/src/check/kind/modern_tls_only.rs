//! `modern_tls_only`: old versions of TLS are refused.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::ingress::{openssl, ports};
use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Greeting, IngressPort, Role, Version};
use crate::text::{self, retold, say};

pub(super) const EXAMPLE: &str = "modern_tls_only: { role: proxy, at_least: \"1.2\" }";

/// No port of the entry agrees on a version of TLS older than the one asked for.
///
/// Judged from greetings (`ClientHello`) in every older version; an alert, a newer version or hanging up is a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModernTlsOnly {
    /// Whose ports.
    pub role: Role,
    /// The oldest version that may be spoken.
    pub at_least: Version,
}

impl Kind for ModernTlsOnly {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Ingress]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(proxy) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let (name, least) = (proxy.known_as(), self.at_least.word());
        let expected = say!(
            "`{name}` speaks {least} or newer and nothing older",
            name,
            least
        );
        let ingress = seen!(scene.facts.ingress.as_ref(), expected, say!("the entry"));
        let tls: Vec<&IngressPort> = ingress.tls_ports().collect();
        if tls.is_empty() {
            let found = say!(
                "no port of `{name}` speaks TLS ({})",
                ports(&ingress.ports),
                name
            );
            return Verdict::fail(expected, found).seen(say!("what is published"), "docker ps");
        }
        let older = || {
            Version::ALL
                .into_iter()
                .filter(|version| *version < self.at_least)
        };
        for port in &tls {
            let agreed =
                older().filter(|version| port.tls.greeted(*version) == Some(&Greeting::Agreed));
            let words: Vec<&str> = agreed.map(Version::word).collect();
            if !words.is_empty() {
                let found = say!(
                    "port {} of `{name}` also agrees on {}",
                    port.port,
                    text::list(&words),
                    name
                );
                let flag = older()
                    .rfind(|version| port.tls.greeted(*version) == Some(&Greeting::Agreed))
                    .map_or("", flag);
                return Verdict::fail(expected, found)
                    .seen(say!("the handshake"), openssl(ingress, port, flag));
            }
        }
        for port in &tls {
            for version in older() {
                let silent = match port.tls.greeted(version) {
                    Some(Greeting::Silent(trouble)) => retold(&trouble.phrase()).into_owned(),
                    None => say!("was not tried").into(),
                    Some(_) => continue,
                };
                let why = say!(
                    "a greeting in {} at port {} {silent}",
                    version.word(),
                    port.port,
                    silent
                );
                return Verdict::unknown(expected, why);
            }
        }
        let refused: Vec<&str> = older().map(Version::word).collect();
        let found = say!(
            "{} refused at {}",
            text::list(&refused),
            ports(tls.iter().copied())
        );
        match tls.first() {
            Some(port) => Verdict::pass(expected, found)
                .seen(say!("the handshake"), openssl(ingress, port, " -tls1_1")),
            None => Verdict::pass(expected, found),
        }
    }
}

fn flag(version: Version) -> &'static str {
    match version {
        Version::Tls10 => " -tls1 -cipher ALL@SECLEVEL=0",
        Version::Tls11 => " -tls1_1 -cipher ALL@SECLEVEL=0",
        Version::Tls12 => " -tls1_2",
        Version::Tls13 => " -tls1_3",
    }
}
