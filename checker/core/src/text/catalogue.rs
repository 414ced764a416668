//! The German texts by their English ones, from `catalogue/de/`. What is not in it is said in English; a test sees to it
//! that nothing is missing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// A text and its translation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The English text, as it stands in the source.
    pub en: String,
    /// The German one, with the same places to fill.
    pub de: String,
}

/// A file of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What is said by `say!`.
    Said(&'static str, &'static str),
    /// What facts say in English, told again when it is shown.
    Retold(&'static str, &'static str),
}

macro_rules! file {
    ($kind:ident $name:literal) => {
        Part::$kind($name, include_str!(concat!("../../catalogue/de/", $name)))
    };
}

const PARTS: [Part; 3] = [
    file!(Said "frame.yaml"),
    file!(Said "check.yaml"),
    file!(Retold "facts.yaml"),
];

static GERMAN: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let said = PARTS
        .into_iter()
        .filter(|part| matches!(part, Part::Said(..)));
    let all = said.flat_map(entries);
    all.map(|entry| (entry.en, entry.de)).collect()
});

impl Part {
    /// Every file of the catalogue.
    pub const ALL: [Self; PARTS.len()] = PARTS;

    /// The file's name.
    pub fn file(self) -> &'static str {
        match self {
            Self::Said(name, _) | Self::Retold(name, _) => name,
        }
    }
}

/// The entries of a file; none where the file is not of its form, which a test does not let happen.
pub fn entries(part: Part) -> Vec<Entry> {
    let (Part::Said(_, text) | Part::Retold(_, text)) = part;
    serde_yaml::from_str(text).unwrap_or_default()
}

/// The German text for an English one.
pub(super) fn german(english: &str) -> Option<&'static str> {
    GERMAN.get(english).map(String::as_str)
}
