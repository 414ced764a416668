//! Reports of recordings: told in German without an English sentence.

use std::collections::BTreeSet;
use std::path::Path;

use labcheck_core::grade::{Mark, judge};
use labcheck_core::text::{Language, within};
use labcheck_probe::Replay;

use super::labs;

/// Text without what is quoted in it: names, commands, what a page says.
fn unquoted(text: &str) -> String {
    let text = text.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    let text = text.replace(['«', '»'], "\"");
    text.split('"').step_by(2).collect::<Vec<_>>().join(" ")
}

/// Words that stand in English sentences and in no German one.
const ENGLISH: [&str; 14] = [
    "the", "and", "its", "which", "from", "with", "has", "have", "not", "does", "looked", "found",
    "every", "could",
];

/// What other programs said stays in their language.
const QUOTED: [&str; 4] = ["Abfragen (", "sagt: ", "Logzeile: ", "> "];

#[test]
fn recordings_are_told_in_german_without_an_english_sentence() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../recordings");
    let mut offences = BTreeSet::new();
    for lab in labs(Language::German) {
        let files = std::fs::read_dir(folder.join(lab.id.as_str())).expect("recordings");
        for file in files.flatten() {
            let facts = Replay::new(file.path()).read().expect("a recording");
            let grade = within(Language::German, || judge(&lab, facts));
            for check in &grade.checks {
                let (Mark::Pass(finding) | Mark::Fail(finding) | Mark::Unknown(finding)) =
                    &check.mark
                else {
                    continue;
                };
                let evidence = finding.evidence.iter().map(|one| &one.what);
                for text in [&finding.expected, &finding.found]
                    .into_iter()
                    .chain(evidence)
                {
                    let own = QUOTED.iter().fold(&**text, |text, quoted| {
                        text.split(quoted).next().unwrap_or_default()
                    });
                    let own = unquoted(own);
                    let english = own
                        .split(|c: char| !c.is_alphabetic())
                        .filter(|word| ENGLISH.contains(word));
                    // A field's name is the same everywhere.
                    if english.count() > 0 && !text.starts_with("HostConfig.") {
                        offences.insert(format!("{}: {text}", check.entry.id));
                    }
                }
            }
        }
    }
    assert!(offences.is_empty(), "{offences:#?}");
}
