//! ARCHITECTURE.md and THREAT-MODEL.md: every folder, file and test that they name is there, and no room of the probe is left
//! out.

use super::{CRATES, root, tracked};

/// Lines of the document at most.
const LONGEST: usize = 150;

fn document(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect("the document is there")
}

/// The rows of the table below a heading, cell by cell, without the table's head.
fn table(document: &str, heading: &str) -> Vec<Vec<String>> {
    let below = document
        .split_once(&format!("## {heading}\n"))
        .expect("the heading is there")
        .1;
    let section = below.split("\n## ").next().unwrap_or(below);
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        row.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    })
    .collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Whether a source has a test of that name: a function that takes nothing, behind an attribute that makes it one.
fn is_test(source: &str, name: &str) -> bool {
    let Some((before, _)) = source.split_once(&format!("fn {name}(")) else {
        return false;
    };
    let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
    let code = line.trim().is_empty() || line.trim() == "async";
    // Other attributes may stand between.
    let above = before[..before.len() - line.len()].lines().rev().take(4);
    let marks = ["#[test]", "#[tokio::test"];
    code && above
        .into_iter()
        .any(|line| marks.iter().any(|mark| line.trim().starts_with(mark)))
}

#[test]
fn every_invariant_and_boundary_names_tests_that_are_there() {
    let tests: Vec<_> = [
        "checker/*/tests/*.rs",
        "checker/*/tests/**/*.rs",
        "checker/*/src/*.rs",
    ]
    .iter()
    .flat_map(|pattern| tracked(pattern))
    .collect();
    let is_there = |name: &str| {
        tests.iter().any(|(path, text)| {
            path.contains(&format!("/tests/{name}/")) || is_test(text, name)
                // The live stacks are one test each, made at run time; this is what each of them goes through.
                || (path.contains("/tests/live/") && text.contains(&format!("fn {name}(")))
        })
    };
    let mut wrong = Vec::new();
    let invariants = table(&document("ARCHITECTURE.md"), "Invariants, each one a test");
    let boundaries = table(&document("THREAT-MODEL.md"), "Boundaries");
    assert!(
        invariants.len() > 10 && boundaries.len() > 10,
        "they are tables"
    );
    for row in invariants.iter().chain(&boundaries) {
        let last = row.last().map(String::as_str).unwrap_or_default();
        let names: Vec<_> = quoted(last)
            .into_iter()
            .filter(|name| !name.starts_with("cargo "))
            .collect();
        if names.is_empty() {
            wrong.push(format!("no test holds: {}", row[0]));
        }
        let missing = names.into_iter().filter(|name| !is_there(name));
        wrong.extend(missing.map(|name| format!("there is no test `{name}`")));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_room_of_the_probe_is_named_and_every_path_is_there() {
    let document = document("ARCHITECTURE.md");
    let rooms = table(&document, "Rooms of `probe`");
    let named: Vec<&str> = rooms
        .iter()
        .flat_map(|row| quoted(&row[0]))
        .map(|room| room.split('/').next().unwrap_or(room))
        .chain(["look"])
        .collect();
    let mut wrong = Vec::new();
    for (path, _) in tracked("checker/probe/src/*/mod.rs") {
        let room = path.split('/').nth(3).unwrap_or_default();
        if !named.contains(&room) {
            wrong.push(format!("`{room}` is not in the table"));
        }
    }
    for room in named {
        if !root().join("checker/probe/src").join(room).exists() {
            wrong.push(format!("there is no `{room}`"));
        }
    }
    let core = document.split("## Rooms of `core`").nth(1);
    let core = core.and_then(|core| core.split("\n## ").next());
    let core = quoted(core.expect("the heading is there"));
    for (path, _) in tracked("checker/core/src/*/mod.rs") {
        let room = path.split('/').nth(3).unwrap_or_default();
        if !core.iter().any(|name| name.split('/').next() == Some(room)) {
            wrong.push(format!("`{room}` is not among the rooms of core"));
        }
    }
    for (name, _) in CRATES {
        if !document.contains(&format!("| `checker/{name}`, ")) {
            wrong.push(format!("the crate {name} is not in the table"));
        }
    }
    for path in quoted(&document) {
        let path = path.split('{').next().unwrap_or(path);
        let ours = ["checker/", "core/", "probe/", "engine/"];
        if !ours.iter().any(|top| path.starts_with(top))
            || path.contains(|c: char| c.is_whitespace())
        {
            continue;
        }
        // A word in capitals stands for a name to fill in.
        let upto = path.split('/').take_while(|part| {
            let stem = part.split('.').next().unwrap_or(part);
            stem.is_empty() || stem.chars().any(|c| !c.is_ascii_uppercase())
        });
        let upto: Vec<&str> = upto.collect();
        let upto = upto.join("/");
        let at = if path.starts_with("checker/") {
            root().join(&upto)
        } else {
            root().join("checker").join(&upto)
        };
        if !at.exists() {
            wrong.push(format!("there is no {path}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let lines = document.lines().count();
    assert!(lines < LONGEST, "ARCHITECTURE.md has {lines} lines");
}
