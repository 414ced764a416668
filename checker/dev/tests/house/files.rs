//! Files: what they begin with, how long they are, and what must not stand in them.

use std::collections::BTreeSet;

use super::{code, offences, root, tracked};

/// Lines of a source file at most.
const LONGEST: usize = 400;
/// Lines that at least half of the checker's files stay within.
const MEDIAN: usize = 130;

/// Sources, tests, benches and build scripts that an author wrote by hand.
fn written() -> Vec<(String, String)> {
    let mut files = tracked("*.rs");
    files.retain(|(path, _)| !path.starts_with("labs/"));
    files
}

#[test]
fn every_source_says_what_it_is_for_and_stays_short() {
    let mut wrong = Vec::new();
    for (path, text) in written() {
        // A file of the application may begin with the lab that it enters with.
        let marker = text
            .lines()
            .next()
            .filter(|line| line.starts_with("// since v"));
        let own = marker.map_or(text.as_str(), |line| text[line.len()..].trim_start());
        if !own.starts_with("//!") && !path.contains("/sql/") {
            // A lab's own application begins with what its chapter says.
            wrong.push(format!("{path}: does not begin with `//!`"));
        }
        let lines = text.lines().count();
        if lines > LONGEST {
            wrong.push(format!(
                "{path}: {lines} lines; split it, {LONGEST} are the limit"
            ));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn half_of_the_files_are_short() {
    let mut lines: Vec<usize> = written()
        .iter()
        .filter(|(path, _)| path.starts_with("checker/"))
        .map(|(_, text)| text.lines().count())
        .collect();
    lines.sort_unstable();
    let median = lines[lines.len() / 2];
    assert!(median <= MEDIAN, "the median file has {median} lines");
}

#[test]
fn every_room_says_what_it_is_for_and_what_it_may_import() {
    let mut rooms = tracked("checker/*/src/*/mod.rs");
    // The program that runs inside a stack is one small crate; its rooms import each other by its own plan.
    rooms.retain(|(path, _)| !path.starts_with("checker/eye/"));
    for (path, text) in rooms {
        let about = text.lines().take_while(|line| line.starts_with("//!"));
        let about: Vec<&str> = about.collect();
        assert!(
            about.len() >= 3 && about.iter().any(|line| line.contains("may import")),
            "{path}: it says in its first lines what it is for and what it may import"
        );
    }
}

#[test]
fn every_folder_of_sources_is_a_room() {
    let mut wrong = BTreeSet::new();
    for (path, _) in tracked("checker/*/src/*.rs") {
        let Some((folder, _)) = path.rsplit_once('/') else {
            continue;
        };
        if folder.starts_with("checker/eye/") || folder.ends_with("/src") {
            continue;
        }
        if !root().join(folder).join("mod.rs").exists() {
            wrong.insert(format!("{folder}: no mod.rs says what it is for"));
        }
    }
    assert_eq!(wrong, BTreeSet::new());
}

#[test]
fn no_test_is_switched_off_and_nothing_is_left_to_do() {
    // Put together here, so that this file does not find itself.
    let words = [
        ["#[ig", "nore"].concat(),
        [", ig", "nore)]"].concat(),
        [", ig", "nore ="].concat(),
        ["to", "do!("].concat(),
        ["unimpl", "emented!("].concat(),
    ];
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let files: Vec<_> = tracked("*.rs")
        .into_iter()
        .map(|(path, text)| (path, code(&text)))
        .collect();
    assert_eq!(offences(&files, &words), Vec::<String>::new());
}

#[test]
fn no_file_names_a_registry_host_or_a_path_of_somebodys_machine() {
    let words = [
        ["deb.debi", "an.org"],
        ["archive.ubun", "tu.com"],
        ["registry.npm", "js.org"],
        ["index.cra", "tes.io"],
        ["static.cra", "tes.io"],
        ["py", "pi.org"],
        ["files.python", "hosted.org"],
        ["registry-1.doc", "ker.io"],
        ["/wo", "rk/main"],
        ["/wo", "rk/shared"],
        ["/ro", "ot/.cargo"],
    ];
    let words: Vec<String> = words.iter().map(|parts| parts.concat()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(offences(&tracked("."), &words), Vec::<String>::new());
}
