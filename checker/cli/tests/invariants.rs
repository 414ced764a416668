//! The invariants of the design, each as a test over the sources, the lab files and the list of kinds.

#[path = "invariants/flags.rs"]
mod flags;
#[path = "invariants/portable.rs"]
mod portable;

use std::collections::BTreeSet;
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

/// Rust sources below a folder of the checker, without comments.
fn sources(folder: &str) -> Vec<(String, String)> {
    let found: Vec<_> = tracked(&format!("checker/src/{folder}*.rs"))
        .into_iter()
        .map(|(path, text)| (path, code(&text)))
        .collect();
    assert!(!found.is_empty(), "no sources in checker/src/{folder}");
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

#[test]
fn judging_is_pure_and_total() {
    let words = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::io",
        "std::thread",
        "Instant",
        "SystemTime",
        "tokio",
        "reqwest",
        "bollard",
        "rand::",
        "async ",
        ".await",
        "-> Result<",
        "println!",
        "eprintln!",
        ".unwrap()",
        ".expect(",
        "panic!(",
        "unreachable!(",
        "assert!(",
    ];
    let mut files = sources("check/");
    files.extend(sources("grade/"));
    files.extend(sources("facts/"));
    let judged = files
        .into_iter()
        .filter(|(path, _)| !path.contains("tests"))
        .collect::<Vec<_>>();
    assert_eq!(offences(&judged, &words), Vec::<String>::new());
}

#[test]
fn only_the_engines_room_names_its_client() {
    let may = |path: &str| {
        path.starts_with("checker/src/probe/engine") || path.starts_with("checker/src/setup/")
    };
    let others: Vec<_> = sources("")
        .into_iter()
        .filter(|(path, _)| !may(path))
        .collect();
    assert_eq!(offences(&others, &["bollard"]), Vec::<String>::new());
}

#[test]
fn only_the_sql_room_talks_to_databases() {
    let may = |path: &str| path.starts_with("checker/src/probe/sql");
    let others: Vec<_> = sources("probe/")
        .into_iter()
        .filter(|(path, _)| !may(path))
        .collect();
    let statements = [
        "SELECT ",
        "INSERT INTO",
        "DELETE FROM",
        "information_schema",
        "pg_stat_activity",
        "SHOW GRANTS",
    ];
    assert_eq!(offences(&others, &statements), Vec::<String>::new());
    let keeps = |path: &str| path.starts_with("checker/src/store/");
    let others: Vec<_> = sources("")
        .into_iter()
        .filter(|(path, _)| !keeps(path))
        .collect();
    assert_eq!(offences(&others, &["sqlx"]), Vec::<String>::new());
}

#[test]
fn only_the_probe_looks() {
    // Rooms between the observer and the report: they get facts and a lab, and look at nothing themselves.
    let words = ["std::fs", "std::net", "std::process", "tokio", "reqwest"];
    for room in ["check/", "grade/", "report/", "facts/"] {
        assert_eq!(offences(&sources(room), &words), Vec::<String>::new());
    }
}

#[test]
fn every_kind_is_one_file_and_one_line() {
    let list = code(
        &std::fs::read_to_string(root().join("checker/src/check/mod.rs"))
            .expect("the list of kinds"),
    );
    let helpers: BTreeSet<String> = list
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect();
    let kinds: BTreeSet<String> = Expect::NAMES
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    let stems = sources("check/").into_iter().map(|(path, text)| {
        let stem = Path::new(&path)
            .file_stem()
            .expect("a file")
            .to_string_lossy()
            .into_owned();
        (stem, text)
    });
    let mut seen = BTreeSet::new();
    for (stem, text) in stems.filter(|(stem, _)| stem != "mod" && !stem.ends_with("tests")) {
        let is_kind = text.contains("impl Kind for ");
        assert_eq!(
            is_kind,
            kinds.contains(&stem),
            "check/{stem}.rs: a kind is a file and a line in the list"
        );
        assert_eq!(
            !is_kind,
            helpers.contains(&stem),
            "check/{stem}.rs: what is no kind is a plain `mod`"
        );
        assert!(
            !is_kind || text.contains("pub(super) const EXAMPLE: &str"),
            "check/{stem}.rs: it has no EXAMPLE"
        );
        assert!(
            !is_kind || text.matches("impl Kind for ").count() == 1,
            "check/{stem}.rs: one kind a file"
        );
        if is_kind {
            seen.insert(stem);
        }
    }
    assert_eq!(seen, kinds);
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
fn every_kind_is_used_by_a_lab_of_the_course() {
    let course = Course::embedded().expect("the labs shipped are right");
    let used: BTreeSet<&str> = course
        .manifests()
        .flat_map(|lab| &lab.checks)
        .map(|entry| entry.expect.name())
        .collect();
    assert_eq!(used, Expect::NAMES.iter().copied().collect());
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
        .args(["dev", "schema"])
        .output()
        .expect("it runs");
    let printed: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(
        printed,
        serde_json::to_value(schemars::schema_for!(Manifest)).expect("a schema is JSON")
    );
}

#[test]
fn starters_mistakes_and_chapters_are_in_step() {
    let out = Command::new(env!("CARGO_BIN_EXE_labcheck"))
        .args(["dev", "check"])
        .current_dir(root())
        .output()
        .expect("it runs");
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}

/// Lines of a source file. Half of them have fewer than a hundred; 400 is where splitting is due, and this is the end.
const LONGEST: usize = 480;

#[test]
fn every_source_says_what_it_is_for_and_stays_short() {
    let mut wrong = Vec::new();
    for (path, text) in tracked("*.rs")
        .into_iter()
        .filter(|(path, _)| path.contains("/src/") && !path.starts_with("labs/"))
    {
        // A file of the application may begin with the lab that it enters with.
        let marker = text
            .lines()
            .next()
            .filter(|line| line.starts_with("// since v"));
        let own = marker.map_or(text.as_str(), |line| text[line.len()..].trim_start());
        if !own.starts_with("//!") && !path.contains("/sql/") {
            // A lab's own application begins with whatever its chapter says.
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
fn no_test_is_switched_off_and_nothing_is_left_to_do() {
    // Put together here, so that this file does not find itself.
    let words = [
        ["#[ig", "nore"].concat(),
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
