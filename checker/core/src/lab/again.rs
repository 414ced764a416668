//! A check of an earlier lab that is asked again: its id alone, or with what it comes after here.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::CheckId;

/// A check that must still hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Again {
    /// The check.
    pub id: CheckId,
    /// What it comes after in this lab; `None` leaves what it comes after in its own, as far as this lab asks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<CheckId>>,
}

/// The long form: `{ id: v1-page-answers, after: [v6-page-through-entry] }`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Long {
    /// The check.
    id: CheckId,
    /// What it comes after in this lab, instead of what it comes after in its own.
    after: Vec<CheckId>,
}

impl<'de> Deserialize<'de> for Again {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Again;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a check id, or `{ id, after }`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Again, E> {
                let id = CheckId::try_from(text.to_owned()).map_err(E::custom)?;
                Ok(Again { id, after: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Again, A::Error> {
                let long = Long::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Again {
                    id: long.id,
                    after: Some(long.after),
                })
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Again {
    fn schema_name() -> Cow<'static, str> {
        "Again".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let short = generator.subschema_for::<CheckId>();
        let long = generator.subschema_for::<Long>();
        json_schema!({
            "description": "A check of an earlier lab: its id, or with what it comes after in this lab.",
            "anyOf": [short, long],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_and_others_are_not() {
        let read = |text: &str| serde_yaml::from_str::<Vec<Again>>(text);
        let both = read("[v1-page-answers, { id: v3-db-healthy, after: [v1-page-answers] }]");
        let both = both.expect("read");
        assert_eq!(both[0].after, None);
        assert_eq!(both[1].after.as_ref().map(Vec::len), Some(1));
        assert!(read("[{ id: v3-db-healthy }]").is_err());
        assert!(read("[{ id: v3-db-healthy, after: [], typo: 1 }]").is_err());
        assert!(read("[nonsense]").is_err() && read("[3]").is_err());
    }
}
