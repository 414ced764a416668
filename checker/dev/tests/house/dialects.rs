//! How MariaDB, MySQL and PostgreSQL differ is asked in one place of each crate; elsewhere its methods are called.

use super::{code, tracked};

/// Where the dialects are defined, and where each crate answers what differs.
const HOMES: [&str; 3] = [
    "checker/core/src/facts/database.rs",
    "checker/core/src/check/shared/dialect.rs",
    "checker/probe/src/database/dialect/",
];
/// A server for tests, which has to speak one of them.
const TESTS: [&str; 1] = ["checker/probe/src/database/rows/fake_server.rs"];

/// Whether a source, without the tests at its end, names a single dialect, or imports all of them by name.
fn tells_apart(source: &str) -> bool {
    let own = source.split("#[cfg(test)]").next().unwrap_or(source);
    let own: String = code(own).split_whitespace().collect();
    ["Mariadb", "Mysql", "Postgres", "*", "{"]
        .iter()
        .any(|variant| own.contains(&format!("Dialect::{variant}")))
}

#[test]
fn dialects_are_told_apart_in_one_place() {
    let mut wrong = Vec::new();
    for (path, text) in tracked("checker/*/src/*.rs") {
        let home = HOMES.iter().any(|home| path.starts_with(home));
        let test = path.ends_with("tests.rs") || TESTS.contains(&path.as_str());
        if !home && !test && tells_apart(&text) {
            wrong.push(path);
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "call a method of `Dialect`");
}

#[test]
fn a_dialect_that_is_told_apart_is_found() {
    assert!(tells_apart("if sql.dialect == Dialect::Postgres {"));
    assert!(tells_apart(
        "use crate::facts::Dialect::{\n    Mysql, Postgres};"
    ));
    assert!(tells_apart(
        "match sql.dialect { facts::Dialect::\n    Mariadb => 1 }"
    ));
    assert!(!tells_apart(
        "// Dialect::Postgres\nDialect::of_container(runs, image).show_sessions()"
    ));
    assert!(!tells_apart(
        "#[cfg(test)]\nmod tests { x(Dialect::Mysql) }"
    ));
}
