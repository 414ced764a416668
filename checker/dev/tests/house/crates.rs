//! What each crate may depend on: arrows only point down, and each library has a home.

use std::collections::BTreeSet;

use super::{CRATES, root, tracked};

/// Libraries that have a home, and the crates that may name them in their manifest.
const HOMES: [(&str, &[&str]); 7] = [
    ("bollard", &["engine"]),
    ("sqlx", &["cli"]),
    ("reqwest", &["probe", "cli", "dev"]),
    ("tokio", &["eye", "engine", "probe", "cli", "dev"]),
    ("axum", &["cli"]),
    ("mdbook-driver", &["cli"]),
    ("x509-cert", &["probe"]),
];

/// The `[dependencies]` of a crate.
fn dependencies(name: &str) -> BTreeSet<String> {
    let file = root().join(format!("checker/{name}/Cargo.toml"));
    let text = std::fs::read_to_string(file).expect("a manifest");
    let mut inside = false;
    let mut found = BTreeSet::new();
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line == "[dependencies]";
        } else if inside && let Some((library, _)) = line.split_once(['.', ' ', '=']) {
            found.insert(library.to_owned());
        }
    }
    found
}

#[test]
fn crates_depend_on_lower_ones_only() {
    for (at, (name, _)) in CRATES.iter().enumerate() {
        let own = dependencies(name);
        let mut higher = CRATES[at..].iter().map(|(_, package)| *package);
        assert!(
            !higher.any(|package| own.contains(package)),
            "{name}: {own:?}"
        );
    }
}

#[test]
fn each_library_with_a_home_is_named_there_alone() {
    for (library, homes) in HOMES {
        let mut named = Vec::new();
        for (name, _) in CRATES {
            if dependencies(name).contains(library) {
                named.push(name);
            }
        }
        assert!(
            named.iter().all(|name| homes.contains(name)),
            "{library}: {named:?}"
        );
    }
}

/// Words that would let what judges look, wait, or fail; where none of its manifest's libraries does.
const IMPURE: [&str; 17] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "Instant",
    "SystemTime",
    "rand::",
    "async ",
    ".await",
    "println!",
    "eprintln!",
    ".unwrap()",
    ".expect(",
    "panic!(",
    "unreachable!(",
    "std::io",
];

/// Source lines without comments and without the tests that stand at a file's end.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    let end = text
        .find("#[cfg(test)]\n#[path")
        .map_or(end, |at| at.min(end));
    let lines = text[..end].lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn offences(pattern: &str, words: &[&str]) -> Vec<String> {
    let files = tracked(pattern).into_iter();
    let files = files.filter(|(path, _)| !path.ends_with("_tests.rs"));
    files
        .flat_map(|(path, text)| {
            let text = code(&text);
            let found = words.iter().filter(|word| text.contains(**word));
            found
                .map(|word| format!("{path}: {word}"))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn what_judges_is_pure() {
    let found = offences("checker/core/src/*.rs", &IMPURE);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn what_judges_is_total() {
    for room in ["check", "grade", "facts"] {
        let found = offences(
            &format!("checker/core/src/{room}/*.rs"),
            &["-> Result<", "assert!("],
        );
        assert_eq!(found, Vec::<String>::new());
    }
}

#[test]
fn files_that_others_name_are_opened_in_one_place() {
    let words = [
        "fs::read(",
        "fs::read_to_string(",
        "File::open",
        "OpenOptions",
        "tokio::fs",
        "Dir::open",
    ];
    let mut found = offences("checker/probe/src/*.rs", &words);
    // The kernel's own files, and a recording that the person at the keyboard names.
    let homes = ["project_files.rs", "reach/host_proc.rs", "replay.rs"];
    found.retain(|line| {
        !homes
            .iter()
            .any(|home| line.starts_with(&format!("checker/probe/src/{home}:")))
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn only_the_databases_room_holds_sql() {
    let statements = [
        "SELECT ",
        "INSERT INTO",
        "DELETE FROM",
        "information_schema",
        "pg_stat_activity",
        "SHOW GRANTS",
    ];
    let mut found = offences("checker/probe/src/*.rs", &statements);
    found.retain(|line| !line.starts_with("checker/probe/src/database/"));
    assert!(found.is_empty(), "{found:#?}");
}
