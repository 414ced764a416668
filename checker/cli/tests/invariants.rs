//! Lab files, their schema and the command line: what is read is what is documented, and every flag is typed by a test.

#[path = "invariants/flags.rs"]
mod flags;

use std::path::{Path, PathBuf};
use std::process::Command;

use labcheck_core::check::Expect;
use labcheck_core::lab::{Course, Manifest};

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
        Some((
            path.to_owned(),
            std::fs::read_to_string(root().join(path)).ok()?,
        ))
    });
    texts.collect()
}

/// A lab file with one check.
fn lab_with(expect: &str) -> String {
    format!(
        "lab: t1\ntitle: t\nroles: {{}}\nchecks:\n  - id: t1-it\n    title: t\n    points: 1\n    expect: {{ {expect} }}\n    why: w\n    \
         hints: [h]\n    chapter: t1.html#t\n"
    )
}

fn course(text: &str) -> Course {
    Course::from_files([("t1/lab.yaml".to_owned(), text.to_owned())])
        .unwrap_or_else(|err| panic!("{err}\n{text}"))
}

#[test]
fn the_example_of_every_kind_is_read_as_that_kind() {
    assert_eq!(Expect::NAMES.len(), Expect::EXAMPLES.len());
    for (name, example) in Expect::EXAMPLES {
        let lab = course(&lab_with(example)).lab("t1").expect("it is there");
        assert_eq!(lab.checks[0].expect.name(), *name);
    }
}

#[test]
fn no_kind_takes_a_word_it_does_not_know() {
    for (name, example) in Expect::EXAMPLES {
        let inside = example
            .trim_end()
            .strip_suffix('}')
            .unwrap_or_else(|| panic!("{name}: its example ends in a brace"));
        let comma = if inside.trim_end().ends_with('{') {
            ""
        } else {
            ","
        };
        let typo = lab_with(&format!("{inside}{comma} surely_not_a_word: 1 }}"));
        let read = Course::from_files([("t1/lab.yaml".to_owned(), typo)]);
        let error = read.expect_err(name).to_string();
        assert!(error.contains("surely_not_a_word"), "{name}: {error}");
    }
}

#[test]
fn the_schema_takes_every_lab_file_and_no_typo() {
    let schema = serde_json::to_value(schemars::schema_for!(Manifest)).expect("a schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is one");
    let labs = tracked("labs/*/lab.yaml");
    assert!(!labs.is_empty());
    let examples = Expect::EXAMPLES
        .iter()
        .map(|(name, example)| ((*name).to_owned(), lab_with(example)));
    for (path, text) in labs.into_iter().chain(examples) {
        let value: serde_json::Value = serde_yaml::from_str(&text).expect("it is YAML");
        let wrong: Vec<String> = schema
            .iter_errors(&value)
            .map(|err| format!("{}: {err}", err.instance_path()))
            .collect();
        assert_eq!(wrong, Vec::<String>::new(), "{path}");
    }
    for typo in [
        lab_with("published: { rule: app }"),
        lab_with("published: { role: app }").replace("title", "titel"),
    ] {
        let value: serde_json::Value = serde_yaml::from_str(&typo).expect("it is YAML");
        assert!(!schema.is_valid(&value), "{typo}");
    }
}

#[test]
fn the_command_prints_the_schema_that_is_tested_here() {
    let out = Command::new(env!("CARGO_BIN_EXE_labcheck"))
        .arg("schema")
        .output()
        .expect("it runs");
    let printed: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(
        printed,
        serde_json::to_value(schemars::schema_for!(Manifest)).expect("a schema is JSON")
    );
}
