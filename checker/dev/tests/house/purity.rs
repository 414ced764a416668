//! What judges is pure and total: it looks at nothing, waits for nothing, gives the same for the same facts, and always gives it.

use super::lexer::own_code;
use super::source::used;
use super::tracked;

/// Modules of the standard library that let what judges look or wait.
const IMPURE_MODULES: [&str; 7] = ["fs", "net", "env", "process", "thread", "io", "os"];

/// Modules of the standard library that a source imports and must not, whether grouped, renamed, or by the whole of `std`.
fn impure_imports(source: &str) -> Vec<String> {
    let impure = |path: &Vec<String>| match path.get(1).map(String::as_str) {
        Some("time") => path.get(2).is_none_or(|item| item != "Duration"),
        Some(module) => module == "*" || IMPURE_MODULES.contains(&module),
        None => true,
    };
    let mut found: Vec<String> = used(source)
        .into_iter()
        .filter(|path| path.first().is_some_and(|first| first == "std"))
        .filter(impure)
        .map(|path| path.join("::"))
        .collect();
    found.dedup();
    found
}

/// What would let what judges look, wait, differ from time to time, or fail; where none of its manifest's libraries does.
const IMPURE: [&str; 38] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "std::os",
    "extern crate",
    "Instant",
    "SystemTime",
    "UNIX_EPOCH",
    "rand::",
    "HashMap",
    "HashSet",
    "RandomState",
    "async ",
    ".await",
    "print!(",
    "println!(",
    "option_env!(",
    // Methods of `std::path::Path` that look at a disk.
    ".exists()",
    ".try_exists()",
    ".is_file()",
    ".is_dir()",
    ".is_symlink()",
    ".read_dir()",
    ".read_link()",
    ".metadata()",
    ".symlink_metadata()",
    ".canonicalize()",
    ".unwrap()",
    "::unwrap)",
    "::expect)",
    ".expect(",
    ".unwrap_err()",
    ".expect_err(",
    "panic!(",
    "unreachable!(",
];

/// What judges holds no state either.
const STATE: [&str; 7] = [
    "static ",
    "Atomic",
    "OnceLock",
    "LazyLock",
    "Mutex",
    "RwLock",
    "thread_local!",
];

/// Forms of a source's own code that must not stand there.
fn impure(source: &str, words: &[&str]) -> Vec<String> {
    // A lifetime is no static.
    let own = own_code(source).replace("&static ", "&");
    let found = words.iter().filter(|word| own.contains(**word));
    found.map(|word| (*word).to_owned()).collect()
}

fn sources(pattern: &str) -> Vec<(String, String)> {
    let mut files = tracked(pattern);
    files.retain(|(path, _)| !path.ends_with("tests.rs"));
    files
}

#[test]
fn what_judges_is_pure() {
    let mut found = Vec::new();
    for (path, text) in sources("checker/core/src/*.rs") {
        let mut wrong = impure(&text, &IMPURE);
        wrong.extend(impure_imports(&text));
        if ["check", "grade", "facts"]
            .iter()
            .any(|room| path.starts_with(&format!("checker/core/src/{room}/")))
        {
            wrong.extend(impure(&text, &STATE));
        }
        found.extend(wrong.into_iter().map(|word| format!("{path}: {word}")));
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
    assert_eq!(
        of("use std::time::{Duration, Instant};"),
        ["std::time::Instant"]
    );
    let pure = "use std::{fmt, time::Duration, collections::{BTreeMap, BTreeSet}};\n// use std::fs;\nlet env = 1;\n\
        #[cfg(test)]\nmod tests { use std::{fs}; }";
    assert_eq!(of(pure), Vec::<String>::new());
}

#[test]
fn what_is_impure_is_found_wherever_it_stands() {
    let of = |source: &str| impure(source, &IMPURE);
    assert_eq!(
        of("#[cfg(test)]\nmod tests;\nfn x() { std::fs::read(a) }"),
        ["std::fs"]
    );
    assert_eq!(of("fn x(p: &Path) { p\n    .exists() }"), [".exists()"]);
    assert_eq!(of("all.map(Option::unwrap)"), ["::unwrap)"]);
    assert_eq!(impure("static X: u8 = 1;", &STATE), ["static "]);
    let pure = "fn x(y: &'static str) { say!(\"std::fs\") } #[cfg(test)] fn z() { y.unwrap() }";
    assert_eq!(of(pure), Vec::<String>::new());
    assert_eq!(impure(pure, &STATE), Vec::<String>::new());
}

#[test]
fn what_judges_is_total() {
    let mut found = Vec::new();
    for room in ["check", "grade", "facts"] {
        for (path, text) in sources(&format!("checker/core/src/{room}/*.rs")) {
            let wrong = partial(&text).into_iter();
            found.extend(wrong.map(|word| format!("{path}: {word}")));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

/// What a source has that can fail: functions that give a `Result`, under whichever name, and assertions. What a trait of
/// another crate asks for is none.
fn partial(source: &str) -> Vec<String> {
    let mut found: Vec<String> = used(source)
        .into_iter()
        .filter(|path| path.last().is_some_and(|last| last == "Result"))
        .map(|path| path.join("::"))
        .collect();
    let own = own_code(source);
    for (at, _) in own.match_indices("->") {
        let given = own[at + 2..].split(['<', '{', ';', '(', ',', ')']).next();
        let given = given.unwrap_or_default().trim();
        if given.ends_with("Result") && given != "fmt::Result" {
            found.push(format!("-> {given}"));
        }
    }
    let asserts = ["assert!(", "assert_eq!(", "assert_ne!("];
    let asserts = asserts.iter().filter(|word| own.contains(**word));
    found.extend(asserts.map(|word| (*word).to_owned()));
    found
}

#[test]
fn what_can_fail_is_found() {
    assert_eq!(
        partial("fn x()\n    -> std::result::Result<u8, u8> {}"),
        ["-> std::result::Result"]
    );
    assert_eq!(partial("fn x() -> io::Result {}"), ["-> io::Result"]);
    assert_eq!(
        partial("use std::result::Result as R;"),
        ["std::result::Result"]
    );
    assert_eq!(partial("assert_eq!(a, b)"), ["assert_eq!("]);
    let total = "fn x() -> Option<Result<u8, u8>> {}\nfn fmt(&self) -> fmt::Result {}";
    assert_eq!(partial(total), Vec::<String>::new());
}
