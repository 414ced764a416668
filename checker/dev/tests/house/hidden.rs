//! Nothing hides a path from the tests that read sources: no macro makes one, no file is read as another module's, and what is
//! called a test is one.

use super::lexer::{own, tokens, without_tests};
use super::tracked;

/// How a source's own code hides where it leads.
fn hiding(source: &str) -> Vec<String> {
    let tokens = without_tests(&tokens(source));
    let at = |at: usize| tokens.get(at).map_or("", String::as_str);
    let mut found = Vec::new();
    for (here, word) in tokens.iter().enumerate() {
        let before = here.checked_sub(1).map_or("", at);
        match word.as_str() {
            "crate" | "super" => {
                let mut end = here + 1;
                while at(end) == "::"
                    && at(end + 1) != "$"
                    && at(end + 1) != "{"
                    && at(end + 1) != "*"
                {
                    end += 2;
                }
                let visibility = before == "(" && here > 1 && at(here - 2) == "pub";
                if at(end) == "::" && at(end + 1) == "$" {
                    found.push(format!("a macro makes a path of {word}"));
                } else if end == here + 1
                    && at(end) != "::"
                    && !visibility
                    && !matches!(before, "use" | "::")
                {
                    found.push(format!("{word} is handed to a macro"));
                }
            }
            "mod" if at(here + 1).ends_with("tests") && at(here + 2) == ";" => {
                found.push(format!("{} is built into the program", at(here + 1)));
            }
            "path" if before == "[" && at(here + 1) == "=" => {
                found.push("a file is read as another module's".into());
            }
            _ => {}
        }
    }
    let own = own(source);
    let words = ["extern crate", "include!("].into_iter();
    found.extend(words.filter(|word| own.contains(word)).map(str::to_owned));
    found
}

#[test]
fn no_path_is_hidden_from_these_tests() {
    /// The eye's programs are written by its build script, as an array of bytes.
    const BUILT: &str = "checker/eye/embed/src/lib.rs: include!(";
    let mut found = Vec::new();
    for (path, text) in tracked("checker/*/src/*.rs") {
        if !path.ends_with("tests.rs") {
            found.extend(
                hiding(&text)
                    .into_iter()
                    .map(|how| format!("{path}: {how}")),
            );
        }
    }
    found.retain(|line| line != BUILT);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_hidden_path_is_found() {
    let of = |source: &str| !hiding(source).is_empty();
    assert!(of(
        "macro_rules! x { ($r:ident) => { crate::stack::$r::settled } }"
    ));
    assert!(of("macro_rules! x { ($($p:ident)*) => { crate$(::$p)* } }"));
    assert!(of("x!(a, super);"));
    assert!(of("extern crate self as me;"));
    assert!(of("include!(\"../x.rs\");"));
    assert!(of("#[path = \"../x.rs\"]\nmod x;"));
    assert!(of("mod own_tests;"));
    let open = "pub(crate) use super::{a, b};\nuse super::super::x;\npub(in crate::x) fn f() { $crate::y!() }\nuse crate as me;\n\
        #[cfg(test)]\n#[path = \"x_tests.rs\"]\nmod tests;\nuse super::*;";
    assert_eq!(hiding(open), Vec::<String>::new());
}
