//! Greetings of TLS by version, and how a server turned one down: the fact holds a phrase, which this file alone writes and
//! reads.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Trouble;
use crate::text;

/// Versions of TLS.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Version {
    /// TLS 1.0 (RFC 2246), given up by RFC 8996.
    #[serde(rename = "1.0")]
    Tls10,
    /// TLS 1.1 (RFC 4346), given up by RFC 8996.
    #[serde(rename = "1.1")]
    Tls11,
    /// TLS 1.2 (RFC 5246).
    #[serde(rename = "1.2")]
    Tls12,
    /// TLS 1.3 (RFC 8446).
    #[serde(rename = "1.3")]
    Tls13,
}

impl Version {
    /// Every version, the oldest first.
    pub const ALL: [Self; 4] = [Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13];

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }
}

/// What a greeting in a version of TLS was answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Greeting {
    /// The version was agreed on. For 1.2 and 1.3 the handshake was completed.
    Agreed,
    /// The server turned it down in TLS: with an alert, another version, or by hanging up.
    Refused(String),
    /// The answer is no TLS.
    NoTls,
    /// There was no answer to judge by.
    Silent(Trouble),
}

/// What every alert's phrase begins with.
const ALERT: &str = "alert ";
/// The phrase for a connection that was closed.
const HUNG_UP: &str = "it hangs up";
/// What the phrase for another version begins with.
const OTHER_VERSION: &str = "it answers in ";

/// How a server turned a greeting down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// With an alert (RFC 8446, section 6), by its name, or its number where it has none.
    Alert(String),
    /// It closed the connection.
    HungUp,
    /// It answered in a version that was not asked for.
    OtherVersion(Version),
    /// The handshake failed in another way, in the words of the library.
    Failed(String),
}

impl Refusal {
    /// Whether it was an alert: only a server that speaks TLS sends one.
    pub fn is_alert(&self) -> bool {
        matches!(self, Self::Alert(_))
    }

    /// Whether a server that chooses by name says in this way that it knows no such name. RFC 6066 (section 3) spells the alert
    /// with a z, rustls with an s; some send their own fault instead.
    pub fn no_such_name(&self) -> bool {
        self.alert_is(&["unrecognizedname", "unrecognisedname", "internal"])
    }

    /// Whether a server says in this way that it has no certificate: the words of OpenSSL, rustls and Go.
    pub fn no_certificate(&self) -> bool {
        self.alert_is(&["handshakefailure", "accessdenied", "internal"])
    }

    fn alert_is(&self, words: &[&str]) -> bool {
        let Self::Alert(name) = self else {
            return false;
        };
        let plain = name.to_ascii_lowercase().replace('_', "");
        words.iter().any(|word| plain.contains(word))
    }

    /// As a fact.
    pub fn greeting(&self) -> Greeting {
        let phrase = match self {
            Self::Alert(name) => format!("{ALERT}{name}"),
            Self::HungUp => HUNG_UP.to_owned(),
            // Written out: the German catalogue finds phrases by their literal.
            Self::OtherVersion(version) => format!("it answers in {}", version.word()),
            Self::Failed(words) => words.clone(),
        };
        Greeting::Refused(text::cut(&text::clean(&phrase), 120))
    }

    /// What a fact says; `None` where the greeting was not turned down.
    pub fn of(greeting: &Greeting) -> Option<Self> {
        let Greeting::Refused(phrase) = greeting else {
            return None;
        };
        if let Some(name) = phrase.strip_prefix(ALERT) {
            return Some(Self::Alert(name.to_owned()));
        }
        if phrase == HUNG_UP {
            return Some(Self::HungUp);
        }
        let version = phrase.strip_prefix(OTHER_VERSION);
        let version = version.and_then(|word| {
            let mut all = Version::ALL.into_iter();
            all.find(|version| version.word() == word)
        });
        Some(version.map_or_else(|| Self::Failed(phrase.clone()), Self::OtherVersion))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_down_is_read_back() {
        for refusal in [
            Refusal::Alert("unrecognized_name".into()),
            Refusal::Alert("201".into()),
            Refusal::HungUp,
            Refusal::OtherVersion(Version::Tls10),
            Refusal::Failed("received corrupt message".into()),
        ] {
            assert_eq!(Refusal::of(&refusal.greeting()), Some(refusal));
        }
        assert_eq!(Refusal::of(&Greeting::Agreed), None);
        assert_eq!(Refusal::of(&Greeting::NoTls), None);
    }

    #[test]
    fn what_an_alert_says_of_names_and_certificates() {
        let alert = |name: &str| Refusal::Alert(name.to_owned());
        for name in ["unrecognized_name", "UnrecognisedName", "internal_error"] {
            assert!(alert(name).no_such_name(), "{name}");
        }
        for name in ["handshake_failure", "HandshakeFailure", "AccessDenied"] {
            assert!(alert(name).no_certificate(), "{name}");
            assert!(!alert(name).no_such_name(), "{name}");
        }
        let failed = Refusal::Failed("handshake_failure".into());
        assert!(!failed.is_alert() && !failed.no_certificate());
    }
}
