//! The kinds of check, each with its parameters, an example, and who asks it.

use std::fmt::Write as _;

use super::markdown::fenced;
use super::shape::Shapes;
use labcheck_core::check::Expect;
use labcheck_core::lab::{Course, Manifest};

/// The page.
pub(super) fn page(course: &Course) -> String {
    let shapes = Shapes::new(&schemars::schema_for!(Manifest), "lab-file.md");
    let mut out = format!(
        "# Kinds of check\n\n\
         A check in a [lab file](lab-file.md) expects one of these {} things. Every kind answers from what was seen alone, and the\n\
         same way each time.\n",
        Expect::NAMES.len()
    );
    for (name, example) in Expect::EXAMPLES {
        let kind = camel(name);
        let _ = write!(
            out,
            "\n## `{name}` {{#{name}}}\n\n{}\n\n",
            shapes.about(&kind)
        );
        out += &shapes.table(&kind);
        out += &fenced(
            "yaml",
            &format!("expect:\n  {}", example.replace('\n', "\n  ")),
        );
        let by: Vec<String> = course
            .manifests()
            .flat_map(|lab| &lab.checks)
            .filter(|entry| entry.expect.name() == *name)
            .map(|entry| {
                format!(
                    "[`{}`](../{})",
                    entry.id,
                    entry.chapter.replace(".html", ".md")
                )
            })
            .collect();
        if !by.is_empty() {
            let _ = write!(out, "\nAsked by {}.\n", by.join(", "));
        }
    }
    out
}

/// Whether a shape of the schema is a kind.
pub(super) fn is_one(shape: &str) -> bool {
    Expect::NAMES.iter().any(|name| camel(name) == shape)
}

/// `sessions_of` is `SessionsOf` in the schema.
fn camel(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}
