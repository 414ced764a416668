//! How a server turned a greeting down. The fact holds a phrase; this file alone writes it and reads it.

use labcheck_core::facts::{Greeting, Version};
use labcheck_core::text;

/// What every alert's phrase begins with.
const ALERT: &str = "alert ";
/// The phrase for a connection that was closed.
const HUNG_UP: &str = "it hangs up";
/// What the phrase for another version begins with.
const OTHER_VERSION: &str = "it answers in ";

/// How a server turned a greeting down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
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
    /// As a fact.
    pub(crate) fn greeting(&self) -> Greeting {
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
    pub(crate) fn of(greeting: &Greeting) -> Option<Self> {
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
}
