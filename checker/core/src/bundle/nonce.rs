//! The course's nonce: a word that a teacher gives, which the round trip posts as part of a name. Pure.

use thiserror::Error;

use crate::error::Explain;
use crate::exit::Exit;
use crate::facts::{Facts, Seen};
use crate::text::say;

/// Longest word: names have to fit into a student's columns.
const LONGEST: usize = 12;

/// `--nonce WORD`.
pub fn word(text: &str) -> Result<String, String> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let word = text.to_ascii_lowercase();
    if (3..=LONGEST).contains(&word.len()) && word.chars().all(good) {
        Ok(word)
    } else {
        Err(format!(
            "a word of 3 to {LONGEST} letters and digits is wanted"
        ))
    }
}

/// A bundle that carries another nonce than the one asked for.
#[derive(Debug, Error)]
#[error("{path}: it does not carry the nonce `{asked}`")]
pub struct OtherNonce {
    /// The file.
    pub path: String,
    /// The word asked for.
    pub asked: String,
    /// What it carries.
    pub carried: String,
}

impl Explain for OtherNonce {
    fn exit(&self) -> Exit {
        Exit::Invalid
    }

    fn cause(&self) -> Option<String> {
        Some(format!("its nonce: {}", self.carried))
    }

    fn help(&self) -> Option<String> {
        Some("it was made for somebody else or at another time; without --nonce it is graded all the same".into())
    }
}

/// What the facts say of a nonce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// None was given.
    None,
    /// It was given, and nothing shows that it went through the application.
    Said(String),
    /// The file says that it lay in the database under the name that was posted, and came back through the fetcher.
    Travelled(String),
}

impl Carried {
    /// What facts carry.
    pub fn by(facts: &Facts) -> Self {
        let Some(word) = &facts.course.nonce else {
            return Self::None;
        };
        let went = |round_trip: &crate::facts::RoundTrip| {
            let named = round_trip.name.ends_with(&format!("-{word}"));
            let rows = round_trip.rows.as_ref().and_then(Seen::get);
            let stored = rows.is_some_and(|rows| rows.iter().any(|row| row.value == "name"));
            let found = round_trip.found.as_ref();
            let found = found.is_some_and(|found| found.shows_name(&round_trip.name));
            named && stored && found
        };
        match &facts.round_trip {
            Some(Seen::Seen(round_trip)) if went(round_trip) => Self::Travelled(word.clone()),
            _ => Self::Said(word.clone()),
        }
    }

    /// The word, if any.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Said(word) | Self::Travelled(word) => Some(word),
        }
    }

    /// For a sentence.
    pub fn phrase(&self) -> String {
        match self {
            Self::None => say!("none").into(),
            Self::Said(word) => {
                say!(
                    "{word}, on the bundle's word alone: no round trip shows it",
                    word
                )
            }
            Self::Travelled(word) => {
                say!(
                    "{word}; the file says that it was found in the database and came back through the fetcher",
                    word
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_a_plain_short_word() {
        assert_eq!(word("Spring26"), Ok("spring26".into()));
        for bad in ["", "ab", "far-too-long-for-it", "a b", "x'--", "größe"] {
            assert!(word(bad).is_err(), "{bad}");
        }
    }
}
