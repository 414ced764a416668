//! The ingress, port by port: what is spoken there, with which certificate, and with which headers it answers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::greeting::{Greeting, Refusal, Version};
use super::{Seen, Trouble};

/// The ingress of the stack: the published ports of the proxy, or what `--entry` names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Ingress {
    /// The observer's clock when it looked, in seconds since 1970.
    pub now: i64,
    /// Names it was asked under, in this order: those of `--host`, or the one of `--entry`, or `localhost` and what the
    /// stack's labels and configuration say.
    pub names: Vec<String>,
    /// The address it was asked at.
    pub address: String,
    /// Its ports, in ascending order.
    #[serde(rename = "doors")]
    pub ports: Vec<IngressPort>,
    /// The made-up name, as it was asked for: a path in plain HTTP, and with `.com` a host; empty where it was none yet.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub nowhere: String,
    /// Pages looked at for their headers, over TLS where there is any; the home page first.
    pub pages: Vec<Dressed>,
    /// What the application's log says of a request that came through the ingress; `None` when no check asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logged: Option<Seen<Vec<Logged>>>,
}

/// A published TCP port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IngressPort {
    /// The port on the host.
    pub port: u16,
    /// The container that publishes it; empty for one that only `--entry` names.
    pub container: String,
    /// The name under which it was asked: the first that is known there.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What plain HTTP brought: for the home page, for pages further inside, for a made-up path, and for a file
    /// that the home page loads.
    pub plain: Vec<Plain>,
    /// What TLS brought.
    pub tls: Tls,
    /// Addresses in plain HTTP, under other names, with which the inserter's form came back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bare: Vec<String>,
}

impl Ingress {
    /// The ports at which TLS of any age is spoken.
    pub fn tls_ports(&self) -> impl Iterator<Item = &IngressPort> {
        self.ports.iter().filter(|port| port.speaks_any_tls())
    }
}

impl IngressPort {
    /// Whether a TLS handshake that browsers make was completed.
    pub fn speaks_tls(&self) -> bool {
        let done = |version| self.tls.greeted(version) == Some(&Greeting::Agreed);
        done(Version::Tls13) || done(Version::Tls12)
    }

    /// Whether TLS of any age is spoken.
    pub fn speaks_any_tls(&self) -> bool {
        let mut all = self.tls.greetings.values();
        all.any(|greeting| *greeting == Greeting::Agreed)
    }

    /// Whether the port answers in TLS, be it only with an alert: a server without a certificate has nothing else to say.
    pub fn answers_in_tls(&self) -> bool {
        let alert = |greeting: &Greeting| Refusal::of(greeting).is_some_and(|why| why.is_alert());
        self.speaks_any_tls() || self.tls.greetings.values().any(alert)
    }

    /// The answers to plain HTTP, where it is offered: what a port for TLS says to it ("400: plain HTTP was sent to an
    /// HTTPS port") is no offer.
    pub fn offers(&self) -> impl Iterator<Item = (&Plain, &Head)> {
        let tls = self.answers_in_tls();
        let answered = self.plain.iter();
        answered.filter_map(move |plain| match &plain.answer {
            Ok(head) if tls && head.status == 400 => None,
            Ok(head) => Some((plain, head)),
            Err(_) => None,
        })
    }
}

/// A question in plain HTTP, and where it led.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plain {
    /// The address asked for.
    pub url: String,
    /// Addresses that redirects within plain HTTP at the same port led to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<String>,
    /// The last answer.
    pub answer: Result<Head, Trouble>,
}

/// Status line and headers of an answer; its body is not read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Head {
    /// Status code (RFC 9110, section 15).
    pub status: u16,
    /// `Location`, made absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Headers that checks judge, names in lower case; those sent twice are joined by commas.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// What a port says in TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    /// What came of each version of the protocol.
    pub greetings: BTreeMap<Version, Greeting>,
    /// The certificate by the name asked for; the empty one is a greeting without a name. Ports without TLS have none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub certificates: BTreeMap<String, Seen<Certificate>>,
    /// The home page over TLS; `None` where no handshake was completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<Result<Head, Trouble>>,
}

impl Tls {
    /// What came of a version.
    pub fn greeted(&self, version: Version) -> Option<&Greeting> {
        self.greetings.get(&version)
    }
}

/// A certificate (X.509, RFC 5280), as far as checks ask.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Certificate {
    /// Its subject, such as `CN=localhost`.
    pub subject: String,
    /// Host names and addresses of `subjectAltName`.
    pub names: Vec<String>,
    /// From when it holds, in seconds since 1970.
    pub not_before: i64,
    /// Until when it holds, in seconds since 1970.
    pub not_after: i64,
    /// Issuer and subject are the same.
    pub self_signed: bool,
}

/// A page looked at for its headers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dressed {
    /// What was asked for.
    pub page: DressedPage,
    /// The method, and the address without what is fresh in it.
    pub ask: String,
    /// What came back.
    pub answer: Result<Head, Trouble>,
}

/// Pages looked at for their headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DressedPage {
    /// `/`.
    Home,
    /// A path that no page has: an error page, by the application most often.
    Missing,
    /// `TRACE /`, which changes nothing: proxies turn it down with an error page of their own, or pass it on.
    Trace,
}

/// A line of the application's log that tells of a request which came through the ingress.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Logged {
    /// Whose log.
    pub container: String,
    /// The line, cut, without secrets.
    pub line: String,
    /// Addresses in it that are the proxy's own.
    pub proxy: Vec<String>,
    /// Addresses in it that are neither the proxy's nor the application's: a client's.
    pub clients: Vec<String>,
}
