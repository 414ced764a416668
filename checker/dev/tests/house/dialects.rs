//! How MariaDB, MySQL and PostgreSQL differ is asked in one place of each crate; elsewhere its methods are called.

use super::lexer::{is_word, own, own_code, tokens, without_tests};
use super::source::imported;
use super::tracked;

/// Where the dialects are defined, and where each crate answers what differs.
const HOMES: [&str; 3] = [
    "checker/core/src/facts/database.rs",
    "checker/core/src/check/shared/dialect.rs",
    "checker/probe/src/database/dialect/",
];
/// A server for tests, which has to speak one of them.
const TESTS: [&str; 1] = ["checker/probe/src/database/rows/fake_server.rs"];

/// Whether a source, without its tests, names a single dialect, imports all of them by name, or asks by a number or a method of
/// its own; under whichever name it knows the type.
fn tells_apart(source: &str) -> bool {
    let tokens = without_tests(&tokens(source));
    let mut names = vec!["Dialect".to_owned()];
    let imported = imported(&tokens).into_iter();
    names.extend(imported.filter_map(|(path, name)| (path.last()? == "Dialect").then_some(name)));
    let is_type = |word: &String| names.contains(word);
    let variants = ["Mariadb", "Mysql", "Postgres", "*", "{"];
    let variant = tokens.windows(3).any(|three| {
        is_type(&three[0]) && three[1] == "::" && variants.contains(&three[2].as_str())
    });
    let methods = tokens.iter().enumerate().any(|(at, word)| {
        let head = tokens[at..].iter().take_while(|word| *word != "{");
        let head: Vec<&String> = head.take(30).collect();
        word == "impl"
            && head
                .last()
                .is_some_and(|last| is_type(last) && is_word(last))
    });
    variant || methods || compared(source)
}

/// Whether a source asks by a number or by a name in words.
fn compared(source: &str) -> bool {
    let code = own_code(source);
    let number = ["dialect as u", "dialect as i"];
    let names = [
        "Postgres",
        "PostgreSQL",
        "MariaDB",
        "Mariadb",
        "MySQL",
        "Mysql",
    ];
    let own = own(source);
    let asks = |name: &&str| {
        [
            format!("=\"{name}\""),
            format!("eq(\"{name}\""),
            format!("\"{name}\"=>"),
            format!("\"{name}\"=="),
        ]
        .iter()
        .any(|way| own.contains(way) && !own.contains(&format!("&str{way}")))
    };
    number.iter().any(|way| code.contains(way)) || names.iter().any(asks)
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
    assert!(tells_apart(
        "use crate::facts::Dialect as D;\nfn x(d: D) { matches!(d, D::Postgres) }"
    ));
    assert!(tells_apart(
        "impl crate::facts::Dialect { fn x(self) -> bool { self == Self::Postgres } }"
    ));
    assert!(tells_apart("impl Asks for Dialect {}"));
    assert!(tells_apart(
        "#[cfg(test)]\nfn x() {}\nfn y() { d == Dialect::Postgres }"
    ));
    assert!(tells_apart("sql.dialect as u8 == 2"));
    assert!(tells_apart("sql.dialect.name().eq(\"PostgreSQL\")"));
    assert!(tells_apart("format!(\"{d:?}\") == \"Postgres\""));
    assert!(!tells_apart("impl Sql { fn x(dialect: Dialect) {} }"));
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
