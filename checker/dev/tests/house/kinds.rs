//! A kind of check is one file and one line in the list, and lies where nothing else does.

use std::collections::BTreeSet;
use std::path::Path;

use labcheck_core::check::Expect;
use labcheck_core::lab::Course;

use super::lexer::own_code;
use super::tracked;

#[test]
fn every_kind_is_one_file_and_one_line() {
    let kinds: BTreeSet<String> = Expect::NAMES
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    let mut seen = BTreeSet::new();
    for (path, text) in tracked("checker/core/src/check/kind/*.rs") {
        let stem = Path::new(&path).file_stem().expect("a file");
        let stem = stem.to_string_lossy().into_owned();
        if stem == "mod" {
            continue;
        }
        if let Some(of) = stem.strip_suffix("_tests") {
            assert!(kinds.contains(of), "{path}: tests of no kind");
            continue;
        }
        let own = own_code(&text);
        let kinds = own.matches("Kind for ").count();
        assert_eq!(kinds, 1, "{path}: one kind a file, and nothing else here");
        assert!(
            own.contains("pub(super)const EXAMPLE:&str"),
            "{path}: it has no EXAMPLE"
        );
        seen.insert(stem);
    }
    assert_eq!(seen, kinds);
}

#[test]
fn no_kind_stands_outside_of_its_folder() {
    for (path, text) in tracked("checker/core/src/*.rs") {
        let inside = path.starts_with("checker/core/src/check/kind/");
        let list = path == "checker/core/src/check/mod.rs";
        assert!(
            inside || list || !own_code(&text).contains("Kind for "),
            "{path}: a kind stands in check/kind"
        );
    }
}

#[test]
fn every_kind_is_used_by_a_lab_of_the_course() {
    let course = Course::embedded().expect("the labs shipped are right");
    let used: BTreeSet<&str> = course
        .manifests()
        .flat_map(|lab| &lab.checks)
        .map(|entry| entry.expect.name())
        .collect();
    assert_eq!(used, Expect::NAMES.iter().copied().collect());
}

/// What the recipe in ARCHITECTURE.md names for its example, written by hand.
const EXAMPLE: [&str; 10] = [
    "checker/core/catalogue/de/check.yaml",
    "checker/core/src/check/kind/mod.rs",
    "checker/core/src/check/kind/read_only_root.rs",
    "checker/core/src/facts/image_facts.rs",
    "checker/core/tests/kinds/files.rs",
    "checker/probe/src/image/mod.rs",
    "checker/probe/src/image/root_filesystem.rs",
    "labs/v6/lab.de.yaml",
    "labs/v6/lab.yaml",
    "solutions/v6/mistakes/writable-root.yaml",
];

#[test]
fn the_example_of_a_new_kind_takes_ten_files() {
    let words = [
        "read_only_root",
        "ReadOnlyRoot",
        "root_filesystem",
        "RootFilesystem",
        "v6-read-only-root",
        "is mounted for reading only",
    ];
    let mut found = BTreeSet::new();
    for pattern in ["checker/**/*.rs", "checker/**/*.json", "*.yaml"] {
        for (path, text) in tracked(pattern) {
            let made = path.starts_with("checker/recordings/") || path == file!();
            if !made && words.iter().any(|word| text.contains(word)) {
                found.insert(path);
            }
        }
    }
    let wanted: BTreeSet<String> = EXAMPLE.map(str::to_owned).into();
    assert_eq!(found, wanted);
}
