//! What each crate may depend on: arrows only point down, and each library has a home.

use std::collections::BTreeSet;

use super::source::used;
use super::{CRATES, root, tracked};

/// Libraries that have a home, and the crates that may name them in their manifest.
const HOMES: [(&str, &[&str]); 7] = [
    ("bollard", &["engine"]),
    ("sqlx", &["probe", "cli"]),
    ("reqwest", &["probe", "cli", "dev"]),
    ("tokio", &["eye", "engine", "probe", "cli", "dev"]),
    ("axum", &["cli"]),
    ("mdbook-driver", &["cli"]),
    ("x509-cert", &["probe"]),
];

/// What tests alone may name besides: those of the eye talk to a database server through it.
const TESTS: [(&str, &str); 1] = [("sqlx", "eye")];

/// What a manifest's table of libraries is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum For {
    /// `[dependencies]`.
    Program,
    /// `[build-dependencies]`.
    Build,
    /// `[dev-dependencies]`.
    Tests,
}

/// The libraries of a manifest, with what each is for: of all tables, those for one platform and those of one library
/// (`[dependencies.bollard]`) included. A library under another name counts by both.
fn libraries(manifest: &str) -> BTreeSet<(For, String)> {
    let mut inside = None;
    let mut found = BTreeSet::new();
    for line in manifest.lines() {
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end().trim_end_matches(']');
            let kinds = [
                ("build-dependencies", For::Build),
                ("dev-dependencies", For::Tests),
                ("dependencies", For::Program),
            ];
            inside = None;
            for (table, what) in kinds {
                let own = header
                    .rsplit_once(&format!("{table}."))
                    .filter(|(before, _)| before.is_empty() || before.ends_with('.'));
                if header == table || header.ends_with(&format!(".{table}")) {
                    inside = Some(what);
                } else if let Some((_, library)) = own {
                    found.insert((what, library.to_owned()));
                }
            }
        } else if let Some(what) = inside
            && !line.starts_with('#')
            && let Some((library, rest)) = line.split_once(['.', ' ', '='])
        {
            found.insert((what, library.to_owned()));
            let package = rest
                .split_once("package = \"")
                .and_then(|(_, name)| name.split('"').next());
            found.extend(package.map(|name| (what, name.to_owned())));
        }
    }
    found
}

fn dependencies(name: &str) -> BTreeSet<(For, String)> {
    let file = root().join(format!("checker/{name}/Cargo.toml"));
    libraries(&std::fs::read_to_string(file).expect("a manifest"))
}

#[test]
fn crates_depend_on_lower_ones_only() {
    for (at, (name, _)) in CRATES.iter().enumerate() {
        let own = dependencies(name);
        let mut higher = CRATES[at..].iter().map(|(_, package)| *package);
        assert!(
            !higher.any(|package| own.iter().any(|(_, library)| library == package)),
            "{name}: {own:?}"
        );
    }
}

#[test]
fn every_crate_is_in_the_list() {
    let manifests = tracked("checker/*Cargo.toml");
    let mut there: Vec<&str> = manifests
        .iter()
        .filter_map(|(path, _)| path.strip_prefix("checker/")?.strip_suffix("/Cargo.toml"))
        .collect();
    let mut listed = CRATES.map(|(name, _)| name);
    there.sort_unstable();
    listed.sort_unstable();
    assert_eq!(there, listed);
}

#[test]
fn each_library_with_a_home_is_named_there_alone() {
    let mut wrong = Vec::new();
    for (name, _) in CRATES {
        for (what, library) in dependencies(name) {
            let home = HOMES.iter().find(|(homed, _)| *homed == library);
            let tests = what == For::Tests && TESTS.contains(&(library.as_str(), name));
            if home.is_some_and(|(_, homes)| !homes.contains(&name)) && !tests {
                wrong.push(format!("{name}: {library} ({what:?})"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_table_of_a_manifest_is_read() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\n# b = 1\n[dev-dependencies]\n\
        c = { version = \"1\" }\n[lints]\nworkspace = true\n[build-dependencies]\nd = { package = \"e\", version = \"1\" }\n\
        [target.'cfg(unix)'.dependencies]\nf = \"1\"\n[dev-dependencies.g]\nversion = \"1\"\n";
    let of = |wanted| {
        let found = libraries(manifest).into_iter();
        let found = found.filter(|(what, _)| *what == wanted);
        found.map(|(_, library)| library).collect::<Vec<_>>()
    };
    assert_eq!(of(For::Program), ["a", "f"]);
    assert_eq!(of(For::Tests), ["c", "g"]);
    assert_eq!(of(For::Build), ["d", "e"]);
}

/// Modules of the standard library that let what judges look or wait. Paths say `std::fs`; a `use` may group them.
const IMPURE_MODULES: [&str; 6] = ["fs", "net", "env", "process", "thread", "io"];

/// Modules of the standard library that a source imports and must not, whether grouped, renamed, or by the whole of `std`.
fn impure_imports(source: &str) -> Vec<String> {
    let mut found: Vec<String> = used(source)
        .into_iter()
        .filter(|path| path.first().is_some_and(|first| first == "std"))
        .filter(|path| match path.get(1).map(String::as_str) {
            Some(module) => module == "*" || IMPURE_MODULES.contains(&module),
            None => true,
        })
        .map(|path| path.join("::"))
        .collect();
    found.dedup();
    found
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
    let mut found = offences("checker/core/src/*.rs", &IMPURE);
    let mut files = tracked("checker/core/src/*.rs");
    files.retain(|(path, _)| !path.ends_with("_tests.rs"));
    for (path, text) in files {
        let imports = impure_imports(&text).into_iter();
        found.extend(imports.map(|import| format!("{path}: use {import}")));
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn what_is_impure_is_found_however_it_is_imported() {
    let of = |source: &str| impure_imports(source);
    assert_eq!(of("use std::fs;"), ["std::fs"]);
    assert_eq!(
        of("use std::{\n    collections::BTreeMap,\n    fs::{self, File},\n    io::Read as _,\n};"),
        ["std::fs", "std::fs::File", "std::io::Read"]
    );
    assert_eq!(of("fn f() { use ::std::{env as e}; }"), ["std::env"]);
    assert_eq!(of("pub(crate) use std::{process};"), ["std::process"]);
    assert_eq!(of("use {serde::Serialize, std::{net}};"), ["std::net"]);
    assert_eq!(of("use std as s;\nuse std::*;"), ["std", "std::*"]);
    let pure = "use std::{fmt, collections::{BTreeMap, BTreeSet}};\n// use std::fs;\nlet env = 1;\n\
        #[cfg(test)]\nmod tests { use std::{fs}; }";
    assert_eq!(of(pure), Vec::<String>::new());
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
