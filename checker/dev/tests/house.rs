//! How the house is built, each rule as a test over manifests and sources: crates and rooms without circles; libraries, labels,
//! dialects and the way to the engine with one home each; short files that say what they are for; one kind a file.

#[path = "house/architecture.rs"]
mod architecture;
#[path = "house/circles.rs"]
mod circles;
#[path = "house/commands.rs"]
mod commands;
#[path = "house/crates.rs"]
mod crates;
#[path = "house/dialects.rs"]
mod dialects;
#[path = "house/engine.rs"]
mod engine;
#[path = "house/files.rs"]
mod files;
#[path = "house/hidden.rs"]
mod hidden;
#[path = "house/homes.rs"]
mod homes;
#[path = "house/kinds.rs"]
mod kinds;
#[path = "house/labels.rs"]
mod labels;
#[path = "house/lexer.rs"]
mod lexer;
#[path = "house/licences.rs"]
mod licences;
#[path = "house/portable.rs"]
mod portable;
#[path = "house/purity.rs"]
mod purity;
#[path = "house/source.rs"]
mod source;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates below `checker/`, lowest first: folder and package.
const CRATES: [(&str, &str); 7] = [
    ("eye/embed", "labcheck-eye-binary"),
    ("eye", "labcheck-eye"),
    ("core", "labcheck-core"),
    ("engine", "labcheck-engine"),
    ("probe", "labcheck-probe"),
    ("cli", "labcheck"),
    ("dev", "labcheck-dev"),
];

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Files that git tracks, by path from the repository's root, with their text; others than text are left out.
fn tracked(pattern: &str) -> Vec<(String, String)> {
    let out = Command::new("git")
        .arg("-C")
        .arg(root())
        .args(["ls-files", "-z", "--", pattern])
        .output()
        .expect("git is here");
    let paths = String::from_utf8(out.stdout).expect("paths are text");
    let files = paths.split('\0').filter(|path| !path.is_empty());
    let texts = files.filter_map(|path| {
        let text = std::fs::read_to_string(root().join(path)).ok()?;
        Some((path.to_owned(), text))
    });
    let found: Vec<_> = texts.collect();
    assert!(!found.is_empty(), "no files like {pattern}");
    found
}

/// A source without comments: whole lines and ends of lines.
fn code(text: &str) -> String {
    let bare = |line: &str| match line.find("// ") {
        Some(at) if line[..at].trim().is_empty() || line[..at].ends_with(' ') => {
            line[..at].to_owned()
        }
        _ => line.to_owned(),
    };
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(bare);
    lines.collect::<Vec<_>>().join("\n")
}

/// Where words stand that must not, as `file: word`.
fn offences(files: &[(String, String)], words: &[&str]) -> Vec<String> {
    let all = files.iter().flat_map(|(path, text)| {
        words
            .iter()
            .filter(|word| text.contains(**word))
            .map(move |word| format!("{path}: {word}"))
    });
    all.collect()
}
