//! A hint: a text alone, or one for what was found.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A nudge towards mending a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What it says.
    pub text: String,
    /// It is only given where the check's finding has one of these words in it, in capitals or not; always where there
    /// are none. A translation adds its own.
    pub found: Vec<String>,
}

/// The long form: `{ found: "exit code", text: … }`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Long {
    /// Words that the check's finding must have in it, in capitals or not.
    found: String,
    /// The hint.
    text: String,
}

impl Hint {
    /// Whether it fits what was found; one without a condition always does.
    pub fn fits(&self, found: Option<&str>) -> bool {
        let found = found.map(str::to_lowercase);
        let has = |words: &String| {
            let words = words.to_lowercase();
            found.as_ref().is_some_and(|found| found.contains(&words))
        };
        self.always() || self.found.iter().any(has)
    }

    /// Whether it fits whatever was found.
    pub fn always(&self) -> bool {
        self.found.is_empty()
    }

    /// The same hint in another language.
    #[must_use]
    pub(super) fn told(&self, other: Self) -> Self {
        let own = self.found.iter().cloned();
        Self {
            text: other.text,
            found: own.chain(other.found).collect(),
        }
    }

    /// The hints that fit what was found: those that know something of it first, each sort in the author's order.
    pub fn fitting<'h>(hints: &'h [Self], found: Option<&str>) -> Vec<&'h str> {
        let (knowing, plain): (Vec<&Self>, Vec<&Self>) = hints
            .iter()
            .filter(|hint| hint.fits(found))
            .partition(|hint| !hint.always());
        let all = knowing.into_iter().chain(plain);
        all.map(|hint| hint.text.as_str()).collect()
    }
}

impl Serialize for Hint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(found) = self.found.first() else {
            return serializer.serialize_str(&self.text);
        };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("found", found)?;
        map.serialize_entry("text", &self.text)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Hint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Hint;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or `{ found, text }`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Hint, E> {
                Ok(Hint {
                    text: text.to_owned(),
                    found: Vec::new(),
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Hint, A::Error> {
                let long = Long::deserialize(MapAccessDeserializer::new(map))?;
                if long.found.trim().is_empty() {
                    return Err(A::Error::custom("`found` is empty, so it says nothing"));
                }
                Ok(Hint {
                    text: long.text,
                    found: vec![long.found],
                })
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Hint {
    fn schema_name() -> Cow<'static, str> {
        "Hint".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let short = generator.subschema_for::<String>();
        let long = generator.subschema_for::<Long>();
        json_schema!({
            "description": "A hint: a text, or one that is only given where the check's finding has certain words in it.",
            "anyOf": [short, long],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Hint>, serde_yaml::Error> {
        serde_yaml::from_str(text)
    }

    #[test]
    fn what_was_found_decides_and_comes_first() {
        let hints = read(
            "[Look., { found: Exit Code 1, text: It ended. }, { found: loop, text: It loops. }]",
        );
        let hints = hints.expect("read");
        let of = |found| Hint::fitting(&hints, found);
        assert_eq!(of(None), ["Look."]);
        assert_eq!(of(Some("stopped with exit code 1")), ["It ended.", "Look."]);
        assert_eq!(of(Some("running")), ["Look."]);
    }

    #[test]
    fn both_forms_are_read_and_written_and_others_are_not() {
        let text = "[Look., { found: loop, text: It loops. }]";
        let hints = read(text).expect("read");
        let again = serde_yaml::to_string(&hints).expect("written");
        assert_eq!(read(&again).expect("read"), hints);
        for wrong in [
            "[{ text: x }]",
            "[{ found: x }]",
            "[{ found: '', text: x }]",
            "[{ found: x, text: y, when: z }]",
            "[3]",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
