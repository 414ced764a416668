//! One try at Docker Hub, with a short deadline: where it cannot be had, that is known quickly and said.

use std::time::Duration;

use futures_util::StreamExt as _;

use super::super::error::SetupError;
use crate::setup::progress::Say;
use labcheck_engine::client::Engine;
use labcheck_engine::error::means_disk_full;

/// Until the first word. A name that does not resolve is refused at once; a network that swallows packets is not.
const FIRST_WORD: Duration = Duration::from_secs(10);
/// Between words, once layers are coming.
const NEXT_WORD: Duration = Duration::from_mins(1);

/// Why an image did not come from Docker Hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotPulled {
    /// Docker Hub cannot be reached from here.
    Unreachable,
    /// Too many pulls from this address.
    RateLimited,
    /// Docker Hub has no such image.
    NoSuchImage,
    /// Some other word of the engine.
    Other,
}

impl NotPulled {
    /// Whether the next image would fail for the same reason.
    pub(crate) fn holds_for_all(self) -> bool {
        matches!(self, Self::Unreachable | Self::RateLimited)
    }

    /// For a sentence.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Unreachable => "Docker Hub cannot be reached",
            Self::RateLimited => "Docker Hub allows no more pulls from this address for now",
            Self::NoSuchImage => "Docker Hub has no such image",
            Self::Other => "Docker Hub refused",
        }
    }
}

/// Tries to pull an image.
///
/// # Errors
/// [`SetupError::DiskFull`]; everything else is an outcome.
pub(crate) async fn pull(
    engine: &Engine,
    name: &str,
    say: Say,
) -> Result<Result<(), NotPulled>, SetupError> {
    let mut step = say.step(&format!("pulling {name}"));
    let mut words = engine.pull_image(name);
    let mut patience = FIRST_WORD;
    loop {
        match tokio::time::timeout(patience, words.next()).await {
            Err(_) => return Ok(Err(NotPulled::Unreachable)),
            Ok(None) => break,
            Ok(Some(Ok(word))) => {
                step.now(&word);
                // The first word only repeats the name; what follows comes from the registry.
                if !word.starts_with("Pulling from") {
                    patience = NEXT_WORD;
                }
            }
            Ok(Some(Err(why))) if means_disk_full(&why) => {
                return Err(SetupError::DiskFull {
                    doing: format!("pulling {name}"),
                    place: engine.root_folder().await,
                    help: "make room there (`docker system df` shows what uses it), then run the command again".into(),
                });
            }
            Ok(Some(Err(why))) => return Ok(Err(told(&why))),
        }
    }
    step.done("done");
    Ok(Ok(()))
}

/// What the engine's words mean.
fn told(why: &str) -> NotPulled {
    let why = why.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| why.contains(word));
    if has(&["toomanyrequests", "too many requests", "rate limit"]) {
        NotPulled::RateLimited
    } else if has(&[
        "no such host",
        "server misbehaving",
        "name resolution",
        "timeout",
        "timed out",
        "deadline exceeded",
        "connection refused",
        "connection reset",
        "network is unreachable",
        "no route to host",
        "x509",
        "certificate",
        "proxyconnect",
        "eof",
    ]) {
        NotPulled::Unreachable
    } else if has(&["manifest unknown", "not found", "no matching manifest"]) {
        NotPulled::NoSuchImage
    } else {
        NotPulled::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_words_are_told_apart() {
        let cases = [
            (
                "Get \"https://a/v2/\": dial tcp: lookup a on 1.2.3.4:53: no such host",
                NotPulled::Unreachable,
            ),
            (
                "net/http: request canceled while waiting for connection (Client.Timeout exceeded)",
                NotPulled::Unreachable,
            ),
            (
                "tls: failed to verify certificate: x509: certificate signed by unknown authority",
                NotPulled::Unreachable,
            ),
            (
                "toomanyrequests: You have reached your unauthenticated pull rate limit.",
                NotPulled::RateLimited,
            ),
            (
                "received unexpected HTTP status: 429 Too Many Requests",
                NotPulled::RateLimited,
            ),
            (
                "manifest for mariadb:0 not found: manifest unknown",
                NotPulled::NoSuchImage,
            ),
            (
                "unauthorized: incorrect username or password",
                NotPulled::Other,
            ),
        ];
        for (words, meant) in cases {
            assert_eq!(told(words), meant, "{words}");
        }
    }

    #[test]
    fn a_missing_image_says_nothing_of_the_next_one() {
        assert!(NotPulled::Unreachable.holds_for_all() && NotPulled::RateLimited.holds_for_all());
        assert!(!NotPulled::NoSuchImage.holds_for_all() && !NotPulled::Other.holds_for_all());
    }
}
