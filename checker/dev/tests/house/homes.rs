//! What has one home among the rooms: files that others name, SQL, and the types of the engine's client.

use std::collections::BTreeSet;

use super::lexer::{closing, joined, own, own_code, own_texts, tokens, without_tests};
use super::source::{imported, used};
use super::tracked;

/// Sources without tests.
fn sources(pattern: &str) -> Vec<(String, String)> {
    let mut files = tracked(pattern);
    files.retain(|(path, _)| !path.ends_with("tests.rs"));
    files
}

/// Where files are opened: those of a project, the kernel's own, and a recording that the person at the keyboard names.
const OPENING: [&str; 3] = ["project_files.rs", "reach/host_proc.rs", "replay.rs"];
/// What else of `std::fs` may be called by its whole name: it reads no file's text.
const LISTING: [&str; 3] = [
    "std::fs::read_dir(",
    "std::fs::metadata(",
    "std::fs::DirEntry::",
];

/// How a source reads files, if it does: what it imports for it, what it calls.
fn opens(source: &str) -> Vec<String> {
    let file_systems = ["std::fs", "tokio::fs", "cap_std", "cap_fs_ext"];
    let is_one = |path: &String| file_systems.iter().any(|one| path.starts_with(one));
    let imported = used(source).into_iter().map(|path| path.join("::"));
    let mut found: Vec<String> = imported.filter(is_one).collect();
    let mut own = own_code(source);
    for allowed in LISTING {
        own = own.replace(allowed, "");
    }
    let words = [
        "std::fs::",
        "tokio::fs",
        "cap_std::",
        "fs::read",
        "File::open",
        "OpenOptions",
        "Dir::open",
        "extern crate",
    ];
    let words = words.iter().filter(|word| own.contains(**word));
    found.extend(words.map(|word| (*word).to_owned()));
    found
}

#[test]
fn files_that_others_name_are_opened_in_one_place() {
    let mut found = Vec::new();
    for (path, text) in sources("checker/probe/src/*.rs") {
        let home = OPENING
            .iter()
            .any(|home| path == format!("checker/probe/src/{home}"));
        if !home {
            found.extend(opens(&text).into_iter().map(|way| format!("{path}: {way}")));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_file_that_is_opened_is_found() {
    assert_eq!(
        opens("use std::fs as f;\nfn x() { f::read(y) }"),
        ["std::fs"]
    );
    assert_eq!(opens("use std::{fs::{read}};"), ["std::fs::read"]);
    assert_eq!(opens("fn x() { std::fs::copy(a, b) }"), ["std::fs::"]);
    assert_eq!(
        opens("fn x() { std::fs::File::open(a) }"),
        ["std::fs::", "File::open"]
    );
    let others = "fn x() { std::fs::read_dir(a); say!(\"std::fs::read\") }";
    assert_eq!(opens(others), Vec::<String>::new());
}

/// Texts of a source that are SQL, and calls of the library that speaks it.
fn sql(source: &str) -> Vec<String> {
    let statements = [
        "SELECT ",
        "INSERT INTO ",
        "DELETE FROM ",
        "UPDATE ",
        "CREATE TABLE ",
        "CREATE USER ",
        "ALTER ",
        "DROP TABLE ",
        "information_schema",
        "INFORMATION_SCHEMA.",
        "pg_stat_activity",
        "SHOW GRANTS",
    ];
    let in_parts = |text: &str| {
        let text = text.replace("\\n", " ");
        statements.iter().any(|words| text.contains(words))
            || text.contains("select ") && text.contains(" from ") && text.contains('*')
    };
    let mut found = own_texts(source);
    found.retain(|text| in_parts(text));
    if own(source).contains("sqlx::") {
        found.push("sqlx::".into());
    }
    found
}

#[test]
fn only_the_databases_room_holds_sql() {
    let mut found = Vec::new();
    for crate_of in ["engine", "probe"] {
        for (path, text) in sources(&format!("checker/{crate_of}/src/*.rs")) {
            if !path.starts_with("checker/probe/src/database/") {
                found.extend(sql(&text).into_iter().map(|text| format!("{path}: {text}")));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn sql_is_found() {
    assert_eq!(sql("x(\"SELECT\\n1\")"), ["SELECT\\n1"]);
    assert_eq!(sql("x(\"select * from y\")"), ["select * from y"]);
    assert_eq!(sql("sqlx::query(x)"), ["sqlx::"]);
    assert_eq!(
        sql("// SELECT 1\n#[cfg(test)]\nmod tests { x(\"SELECT 1\") }"),
        Vec::<String>::new()
    );
}

/// Public items of a source that give on a type of a library, by its name or by one that it was imported under.
fn given(source: &str, library: &str) -> Vec<String> {
    let tokens = without_tests(&tokens(source));
    let imported = imported(&tokens).into_iter();
    let imported = imported.filter(|(path, _)| path.first().is_some_and(|first| first == library));
    let mut names: BTreeSet<String> = imported.map(|(_, name)| name).collect();
    names.insert(library.to_owned());
    let mut found = Vec::new();
    for (at, _) in tokens.iter().enumerate().filter(|(_, word)| *word == "pub") {
        // What is public in this crate alone is given to no other.
        if tokens.get(at + 1).is_some_and(|next| next == "(") {
            continue;
        }
        let kind = tokens.get(at + 1).map_or("", String::as_str);
        let whole = matches!(kind, "enum" | "trait" | "use");
        let mut end = at + 1;
        while let Some(word) = tokens.get(end) {
            match word.as_str() {
                "{" if whole => {
                    end = closing(&tokens, end) + 1;
                    break;
                }
                "{" | ";" | "}" | ")" => break,
                // The end of a field.
                "," if kind != "fn" => break,
                "(" | "[" => end = closing(&tokens, end) + 1,
                _ => end += 1,
            }
        }
        let item = &tokens[at..end];
        if item.iter().any(|word| names.contains(word)) {
            found.push(joined(item));
        }
    }
    found
}

#[test]
fn the_engines_crate_gives_no_type_of_its_client() {
    let mut found = Vec::new();
    for (path, text) in sources("checker/engine/src/*.rs") {
        let given = given(&text, "bollard").into_iter();
        found.extend(given.map(|item| format!("{path}: {item}")));
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_type_that_is_given_on_is_found() {
    let of = |source: &str| given(source, "bollard").len();
    assert_eq!(of("pub use bollard;"), 1);
    assert_eq!(of("pub use bollard::{models::X as Y};"), 1);
    assert_eq!(
        of("impl E { pub async fn x(&self) -> &bollard::Docker {} }"),
        1
    );
    assert_eq!(
        of("use bollard::Docker as D;\npub struct X { a: u8, pub b: Option<D> }"),
        1
    );
    assert_eq!(of("use bollard::Docker;\npub enum X { A(Docker) }"), 1);
    assert_eq!(
        of("use bollard::Docker;\npub(crate) fn x() -> Docker {}\nstruct X(Docker);"),
        0
    );
    assert_eq!(
        of("use bollard::Docker;\npub fn x() -> u8 { Docker::y() }"),
        0
    );
}
