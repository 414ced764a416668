//! What the round trip posts: all of it made up, all of it holding the same fresh word, by which it is found again.

use super::names::firm;
use crate::ProbeError;
use crate::html::content::{CALL, MARK};

/// What is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Nonce {
    /// The manufacturer's name: see [`super::names`].
    pub name: String,
    /// A name that is never stored.
    pub missing: String,
    /// The number first posted, and the one of the second time: small enough that a column of numbers takes them too.
    pub number: String,
    pub number_again: String,
    /// The last seven digits of every number.
    digits: String,
}

/// A manufacturer as it is typed into the inserter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manufacturer {
    pub name: String,
    pub email: String,
    pub number: String,
    pub website: String,
}

/// A manufacturer with markup in one of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marked {
    pub manufacturer: Manufacturer,
    pub field: &'static str,
    /// What an application that takes tags out of a name would have stored.
    pub stripped: String,
}

impl Nonce {
    /// A fresh one; with a course's word at the end of its name where one was given.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(crate) fn fresh(word: Option<&str>) -> Result<Self, ProbeError> {
        let mut bytes = [0_u8; 11];
        getrandom::fill(&mut bytes).map_err(|err| {
            ProbeError::Nothing(
                format!("no random word could be made: {err}"),
                "grade again".into(),
            )
        })?;
        let mut nonce = Self::from_bytes(bytes);
        if let Some(word) = word {
            nonce.name = format!("{}-{word}", nonce.name);
        }
        Ok(nonce)
    }

    pub(crate) fn from_bytes(bytes: [u8; 11]) -> Self {
        let digits = bytes[5..8].iter().fold(0_u32, |sum, byte| {
            (sum << 8 | u32::from(*byte)) % 10_000_000
        });
        let digits = format!("{digits:07}");
        Self {
            // Another trade, so that the one that is never stored is no other's beginning.
            missing: firm([
                bytes[8],
                bytes[1].wrapping_add(1),
                bytes[9],
                bytes[10],
                bytes[5],
            ]),
            name: firm([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]]),
            number: format!("44{digits}"),
            number_again: format!("45{digits}"),
            digits,
        }
    }

    /// The manufacturer of the round trip, with one of its numbers.
    pub(crate) fn manufacturer(&self, number: &str) -> Manufacturer {
        Manufacturer {
            name: self.name.clone(),
            email: self.email(),
            number: number.to_owned(),
            website: format!("https://example.org/{}", self.name),
        }
    }

    /// The e-mail address of the round trip's manufacturer.
    pub(crate) fn email(&self) -> String {
        format!("{}@example.org", self.name)
    }

    /// Another manufacturer that differs in every field, as any of them may have to be unique.
    pub(crate) fn other(&self, mark: char, first: u8) -> Manufacturer {
        let name = &self.name;
        Manufacturer {
            name: format!("{name}{mark}"),
            email: format!("{mark}.{name}@example.org"),
            number: format!("{first}{}", self.digits),
            website: format!("https://example.org/{name}/{mark}"),
        }
    }

    /// Manufacturers with markup: a script, a picture that calls one, a way out of an attribute; in the name, and in
    /// other fields that may be free text.
    pub(crate) fn marked(&self) -> Vec<Marked> {
        let break_out = format!("\"'><b {MARK}>");
        let named = |mark: char, first: u8, tag: &dyn Fn(&str) -> String| {
            let mut manufacturer = self.other(mark, first);
            let stripped = manufacturer.name.clone();
            manufacturer.name = tag(&manufacturer.name);
            Marked {
                manufacturer,
                field: "name",
                stripped,
            }
        };
        let elsewhere = |mark: char, first: u8, field: &'static str| {
            let mut manufacturer = self.other(mark, first);
            match field {
                "website" => {
                    manufacturer.website = format!("https://example.org/{break_out}{}", self.name);
                }
                _ => manufacturer.email = format!("{break_out}{}", manufacturer.email),
            }
            Marked {
                stripped: manufacturer.name.clone(),
                manufacturer,
                field,
            }
        };
        vec![
            named('s', 46, &|name| {
                format!("<script>{CALL}\"{name}\")</script>")
            }),
            named('i', 47, &|name| {
                format!("<img src=x onerror={CALL})>{name}")
            }),
            named('b', 48, &|name| format!("{break_out}{name}")),
            elsewhere('w', 49, "website"),
            elsewhere('e', 43, "email"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::content::marked;

    #[test]
    fn everything_posted_holds_the_fresh_word() {
        let nonce = Nonce::from_bytes([7; 11]);
        assert_eq!(nonce.name, "gerber-textil-0460551");
        assert!(!nonce.missing.contains(&nonce.name));
        let mut posted = vec![nonce.manufacturer(&nonce.number), nonce.other('x', 46)];
        posted.extend(nonce.marked().into_iter().map(|marked| marked.manufacturer));
        for manufacturer in posted {
            for text in [
                &manufacturer.name,
                &manufacturer.email,
                &manufacturer.website,
            ] {
                assert!(text.contains(&nonce.name), "{text}");
            }
            assert!(manufacturer.number.parse::<i32>().is_ok());
        }
        assert_ne!(nonce.number, nonce.number_again);
    }

    #[test]
    fn a_word_of_the_course_ends_every_name() {
        let nonce = Nonce::fresh(Some("spring26")).expect("randomness");
        assert!(nonce.name.ends_with("-spring26") && !nonce.name.contains("labcheck"));
        assert!(nonce.other('x', 46).name.contains("-spring26"));
        assert!(
            nonce
                .manufacturer(&nonce.number)
                .website
                .ends_with("-spring26")
        );
        assert!(!nonce.missing.contains("spring26"));
    }

    #[test]
    fn each_shape_of_markup_is_told_when_it_comes_back() {
        let nonce = Nonce::from_bytes([7; 11]);
        for shape in nonce.marked() {
            let Manufacturer {
                name,
                email,
                website,
                ..
            } = shape.manufacturer;
            assert!(marked(&format!(
                "<h2>{name}</h2><a href=\"{website}\">{email}</a>"
            )));
            assert_ne!(shape.stripped, nonce.name);
        }
    }
}
