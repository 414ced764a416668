//! English and German: no message is missing, none is left over, and the English one is the one it always was.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use labcheck_core::embedded::Embedded;
use labcheck_core::error::Explain as _;
use labcheck_core::grade::{Mark, judge};
use labcheck_core::lab::{Course, Hint, Lab, Translation};
use labcheck_core::text::{Language, Part, entries, holes, within};
use labcheck_probe::Replay;

fn sources() -> Vec<(PathBuf, String)> {
    fn below(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                below(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    for name in ["core", "engine", "probe", "cli"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../{name}/src"));
        if folder.is_dir() {
            below(&folder, &mut found);
        }
    }
    found
}

/// A source without its tests, which stand last, and without comments on lines of their own.
fn code(text: &str) -> String {
    let tests = [
        "#[cfg(test)]\nmod ",
        "#[cfg(test)]\n#[path",
        "\n    #[cfg(test)]\n    mod ",
        "#[cfg(all(test",
    ];
    let end = tests.iter().filter_map(|tests| text.find(tests)).min();
    let text = &text[..end.unwrap_or(text.len())];
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// A text literal that begins here, as the program has it, and what follows it.
fn literal(text: &str) -> Option<(String, &str)> {
    let mut rest = text.trim_start().strip_prefix('"')?.chars();
    let mut out = String::new();
    loop {
        match rest.next()? {
            '"' => return Some((out, rest.as_str())),
            '\\' => match rest.next()? {
                'n' => out.push('\n'),
                '\n' => rest = rest.as_str().trim_start().chars(),
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
}

/// Every text literal of a source.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '\'']) {
        let here = &rest[at..];
        // A quotation mark as a character is none, and a lifetime ends nowhere.
        rest = if here.starts_with("'\"'") || here.starts_with("'\\\"'") {
            here[2..].split_once('\'').map_or("", |(_, after)| after)
        } else if let Some(after) = here.strip_prefix('\'') {
            after
        } else if let Some((text, after)) = literal(here) {
            found.push(text);
            after
        } else {
            ""
        };
    }
    found
}

/// What `say!` is given, with the file it stands in.
fn said() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (path, text) in sources() {
        if !path.ends_with("text/say.rs") {
            let file = path.display().to_string();
            found.extend(
                said_in(&path, &text)
                    .into_iter()
                    .map(|said| (file.clone(), said)),
            );
        }
    }
    found
}

fn said_in(path: &Path, text: &str) -> Vec<String> {
    let text = code(text);
    let calls = text.match_indices("say!(");
    let templates = calls.map(|(at, call)| {
        let (template, _) = literal(&text[at + call.len()..])
            .unwrap_or_else(|| panic!("{}: say! without a literal", path.display()));
        template
    });
    templates.collect()
}

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

/// Places as the source has them may be named or not, and formatted; a form has them without that.
fn plain(template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        out.push_str("{}");
        rest = after.split_once('}').map_or("", |(_, behind)| behind);
    }
    out + rest
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

fn labs(language: Language) -> Vec<Lab> {
    within(language, || {
        let course = Course::embedded().expect("the labs shipped are right");
        let names = course.names();
        names
            .iter()
            .map(|name| course.lab(name).expect("it is there"))
            .collect()
    })
}

#[test]
fn every_text_of_every_lab_is_german_too() {
    for (english, german) in labs(Language::English).iter().zip(&labs(Language::German)) {
        assert_ne!(english.title, german.title);
        for (here, there) in english.checks.iter().zip(&german.checks) {
            let id = &here.id;
            assert_eq!(id, &there.id);
            assert_ne!(here.title, there.title, "{id}");
            assert_ne!(here.why, there.why, "{id}");
            assert_eq!(here.hints.len(), there.hints.len(), "{id}");
            let text = |hint: &Hint| hint.text.clone();
            let hints = here.hints.iter().map(text);
            for (one, other) in hints.zip(there.hints.iter().map(text)) {
                // A hint that is nothing but a line to type is the same in both.
                let typed =
                    one.starts_with('`') && one.matches('`').count() == 2 && one.ends_with('`');
                assert!(one != other || typed, "{id}: {one}");
            }
        }
    }
    let files = Embedded::iter().filter(|path| path.ends_with("/lab.de.yaml"));
    for path in files {
        let text = Embedded::get(&path).expect("it is there").data;
        assert!(!String::from_utf8_lossy(&text).contains('ß'), "{path}");
    }
}

const LAB: &str = "lab: t1\ntitle: A lab\nroles:\n  app: { leftover: true }\nchecks:\n  - id: t1-runs\n    title: It runs\n    points: 1\n    expect: { running: { role: app } }\n    why: Because.\n    hints: [One, Two]\n    chapter: v1.html#a\n";

fn told_by(german: &str) -> Result<Lab, String> {
    Course::from_files([("t1/lab.yaml".to_owned(), LAB.to_owned())])
        .and_then(|course| course.told_by([("t1/lab.de.yaml".to_owned(), german.to_owned())]))
        .and_then(|course| course.lab("t1"))
        .map_err(|err| format!("{err}\n{}", err.help().unwrap_or_default()))
}

#[test]
fn a_course_of_ones_own_may_leave_texts_out_but_not_mistake_a_check() {
    let lab =
        told_by("title: Ein Lab\nchecks:\n  t1-runs: { title: Es läuft }\n").expect("it is right");
    assert_eq!(lab.title, "Ein Lab");
    assert_eq!(
        (&*lab.checks[0].title, &*lab.checks[0].why),
        ("Es läuft", "Because.")
    );
    let hints = Hint::fitting(&lab.checks[0].hints, None);
    assert_eq!(hints, ["One", "Two"]);
    let err = told_by("checks:\n  t1-rums: { title: Es läuft }\n").expect_err("there is none such");
    assert!(
        err.contains("t1/lab.de.yaml:2:1: lab t1 has no check `t1-rums`")
            && err.contains("did you mean `t1-runs`?"),
        "{err}"
    );
    let err = told_by("checks:\n  t1-runs: { hints: [Eins] }\n").expect_err("one is missing");
    assert!(err.contains("1 hints here and 2"), "{err}");
    assert!(told_by("checks:\n  t1-runs: { titel: Es läuft }\n").is_err());
    assert!(Translation::parse("a", "nonsense: 1").is_err());
}

/// Literals that are no sentence: commands, fields, and words to look for.
const NO_SENTENCES: [&str; 27] = [
    "already allocated",
    "address already in use",
    "no such file or directory",
    "docker ",
    "time docker ",
    "timeout 1 ",
    "psql ",
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
