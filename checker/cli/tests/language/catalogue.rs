//! The catalogue of German messages: none is missing, none is left over, and no room says a sentence without one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use labcheck_core::text::{Part, entries, holes};

use super::source::{code, literals, plain, said, said_in, sources};

fn of(kind: impl Fn(&Part) -> bool) -> Vec<labcheck_core::text::Entry> {
    Part::ALL
        .into_iter()
        .filter(kind)
        .flat_map(|part| {
            let all = entries(part);
            assert!(
                !all.is_empty(),
                "{} is empty or not of its form",
                part.file()
            );
            all
        })
        .collect()
}

#[test]
fn every_message_has_a_german_one_with_the_same_places() {
    let catalogue: BTreeMap<String, String> = of(|part| matches!(part, Part::Said(..)))
        .into_iter()
        .map(|entry| (entry.en, entry.de))
        .collect();
    let missing: BTreeSet<String> = said()
        .into_iter()
        .filter(|(_, template)| !catalogue.contains_key(template))
        .map(|(file, template)| format!("{file}: {template:?}"))
        .collect();
    assert!(
        missing.is_empty(),
        "not in checker/core/catalogue/de: {missing:#?}"
    );
}

#[test]
fn no_entry_is_unused_twice_empty_or_has_other_places() {
    let used: BTreeSet<String> = said().into_iter().map(|(_, template)| template).collect();
    let mut seen = BTreeSet::new();
    for entry in of(|part| matches!(part, Part::Said(..))) {
        assert!(used.contains(&entry.en), "nobody says {:?}", entry.en);
        assert!(seen.insert(entry.en.clone()), "twice: {:?}", entry.en);
    }
    // What stands in the places is handed over in their order, so that `{}` after `{name}` would get the first again.
    for entry in of(|part| matches!(part, Part::Retold(..))) {
        let both = entry.en.contains("{}") && entry.en.replace("{}", "").contains('{');
        assert!(!both, "name every place or none: {:?}", entry.en);
    }
    for entry in of(|_| true) {
        assert!(!entry.de.trim().is_empty(), "{:?}", entry.en);
        assert_eq!(holes(&entry.en), holes(&entry.de), "{:?}", entry.en);
        assert!(
            !entry.de.contains('ß'),
            "Switzerland writes ss: {:?}",
            entry.de
        );
    }
}

#[test]
fn every_sentence_that_is_told_again_is_somewhere_in_the_source() {
    let mut all = BTreeSet::new();
    for (_, text) in sources() {
        all.extend(literals(&code(&text)).iter().map(|text| plain(text)));
    }
    let gone: Vec<String> = of(|part| matches!(part, Part::Retold(..)))
        .into_iter()
        .filter(|entry| !all.contains(&plain(&entry.en)))
        .map(|entry| entry.en)
        .collect();
    assert!(gone.is_empty(), "nobody says: {gone:#?}");
}

/// Literals that are no sentence: commands, fields, and words to look for.
const NO_SENTENCES: [&str; 35] = [
    "already allocated",
    "address already in use",
    "no such file or directory",
    "docker ",
    "time docker ",
    "timeout 1 ",
    "psql ",
    "mariadb ",
    ", made by labcheck",
    "curl ",
    "`docker ",
    "\\ No newline at end of file",
    "Test Page for the HTTP Server",
    "Directory listing for",
    "dependency failed to start",
    "failed to calculate checksum of ref",
    ": not found",
    "executable file not found",
    "manifest unknown",
    "manifest for ",
    "pull access denied",
    "access denied for ",
    "failed to resolve source metadata",
    "metadata for ",
    "no such host",
    "dial tcp",
    "handshake timeout",
    "request canceled while waiting",
    " variable is not set",
    "does not support these crate types",
    "failed to read dockerfile",
    "failed to walk",
    "dockerfile parse error",
    "Invalid ip address: ",
    "must be a ",
];

/// Rooms that speak to people, and say everything in the language that is spoken.
const ROOMS: [&str; 9] = [
    "check/kind",
    "check/shared",
    "commands/course_folder.rs",
    "commands/doctor.rs",
    "commands/start.rs",
    "course_folder",
    "doctor",
    "start",
    "watch",
];

/// Whether a literal reads as a sentence: two small words at least.
fn is_sentence(literal: &str) -> bool {
    let words = literal
        .split_whitespace()
        .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase()));
    words.count() > 1 && !NO_SENTENCES.iter().any(|no| literal.starts_with(no))
}

#[test]
fn no_room_says_a_sentence_without_its_translation() {
    let retold = of(|part| matches!(part, Part::Retold(..)));
    let retold: BTreeSet<String> = retold.iter().map(|entry| plain(&entry.en)).collect();
    let mut found = Vec::new();
    for (path, text) in sources() {
        let folder = path.parent().unwrap_or(&path);
        let room = ROOMS.iter().find(|room| {
            let room = Path::new("src").join(room);
            folder.ends_with(&room) || path.ends_with(room)
        });
        let Some(room) = room else { continue };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name == "mod.rs" || name.contains("tests") {
            continue;
        }
        let said: BTreeSet<String> = said_in(&path, &text).into_iter().collect();
        for literal in literals(&code(&text)) {
            // What a kind of check says is its own; elsewhere errors and steps are told again by their form.
            let again = !room.starts_with("check") && retold.contains(&plain(&literal));
            if is_sentence(&literal) && !said.contains(&literal) && !again {
                found.push(format!("{}: {literal:?}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "say!(…) these: {found:#?}");
}
