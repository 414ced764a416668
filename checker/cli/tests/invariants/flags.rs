//! Every word and flag that can be typed is typed by a test: the texts of the tests are read as command lines, and each is
//! given to the program's own parser. What a test asserts about it is not looked at.

use std::collections::BTreeSet;

use clap::{ArgMatches, Command, CommandFactory as _, parser::ValueSource};
use labcheck::args::Cli;

use super::tracked;

/// The texts in a source, in groups: those that stand in one list or call, and each by itself.
fn texts(source: &str) -> Vec<Vec<String>> {
    let (mut alone, mut lists) = (Vec::new(), vec![Vec::new()]);
    let mut rest = source.chars().peekable();
    let mut last = ' ';
    while let Some(letter) = rest.next() {
        match letter {
            '/' if rest.peek() == Some(&'/') => {
                let _ = rest.by_ref().find(|letter| *letter == '\n');
            }
            '"' if last != '\'' => {
                let mut text = String::new();
                while let Some(letter) = rest.next() {
                    match letter {
                        '"' => break,
                        // An escaped end of line goes on after the indentation.
                        '\\' if rest.peek() == Some(&'\n') => {
                            while rest.peek().is_some_and(|letter| letter.is_whitespace()) {
                                let _ = rest.next();
                            }
                        }
                        '\\' => text.extend(rest.next()),
                        letter => text.push(letter),
                    }
                }
                if let Some(list) = lists.last_mut() {
                    list.push(text.clone());
                }
                alone.push(vec![text]);
            }
            '[' | '(' => lists.push(Vec::new()),
            ']' | ')' => alone.extend(lists.pop().filter(|list| list.len() > 1)),
            _ => {}
        }
        last = letter;
    }
    alone
}

/// What stands for a value that a test fills in is a word that every flag takes.
fn words(texts: &[String]) -> Vec<String> {
    let line = texts.join(" ");
    let words = line.split_whitespace().filter(|word| *word != "labcheck");
    let mut all = vec!["labcheck".to_owned()];
    all.extend(words.map(str::to_owned));
    all
}

/// The flags of a command line, each under its command: `bundle --out`.
fn used(matches: &ArgMatches, command: &Command, name: &str, found: &mut BTreeSet<String>) {
    for arg in command.get_arguments() {
        let id = arg.get_id().as_str();
        if matches.try_contains_id(id).unwrap_or(false)
            && matches.value_source(id) == Some(ValueSource::CommandLine)
        {
            found.insert(format!("{name} {id}"));
        }
    }
    if let Some((below, matches)) = matches.subcommand()
        && let Some(command) = command.find_subcommand(below)
    {
        found.insert(format!("{name} {below}"));
        used(matches, command, &format!("{name} {below}"), found);
    }
}

/// Everything that can be typed: commands, their words and their flags.
fn every(command: &Command, name: &str, all: &mut BTreeSet<String>) {
    for arg in command.get_arguments() {
        // Global flags are the first command's.
        if !arg.is_global_set() || name == "labcheck" {
            all.insert(format!("{name} {}", arg.get_id()));
        }
    }
    for below in command.get_subcommands() {
        let path = format!("{name} {}", below.get_name());
        every(below, &path, all);
        all.insert(path);
    }
}

/// The flags of a stack of another shape, as a test would write them.
fn flags_of(stack: &str) -> String {
    let stack: serde_yaml::Value = serde_yaml::from_str(stack).expect("a file of ours");
    let flags = stack.get("grade").and_then(serde_yaml::Value::as_sequence);
    let flags: Vec<&str> = flags
        .into_iter()
        .flatten()
        .filter_map(serde_yaml::Value::as_str)
        .collect();
    format!("\"v1 {}\"", flags.join(" "))
}

fn typed(sources: &[&str]) -> BTreeSet<String> {
    let command = Cli::command();
    let mut found = BTreeSet::new();
    for texts in sources.iter().flat_map(|source| texts(source)) {
        let words = words(&texts);
        // Helpers of tests add the lab.
        let parsed = [&[][..], &["v1".to_owned()]].into_iter().find_map(|more| {
            let words = [&words, more].concat();
            command.clone().try_get_matches_from(words).ok()
        });
        if let Some(matches) = parsed {
            used(&matches, &command, "labcheck", &mut found);
        }
    }
    found
}

#[test]
fn every_flag_is_typed_by_a_test() {
    let tests: Vec<(String, String)> = ["checker/cli/tests/*.rs", "checker/dev/tests/*.rs"]
        .into_iter()
        .flat_map(tracked)
        .filter(|(path, _)| !path.ends_with("invariants/flags.rs"))
        .collect();
    // Stacks of other shapes are graded live, with the flags that stand in their files.
    let shapes = tracked("solutions/*/foreign/*/stack.yaml");
    let flags: Vec<String> = shapes.iter().map(|(_, text)| flags_of(text)).collect();
    let sources: Vec<&str> = tests
        .iter()
        .map(|(_, text)| text.as_str())
        .chain(flags.iter().map(String::as_str))
        .collect();
    let found = typed(&sources);
    let mut all = BTreeSet::new();
    every(&Cli::command(), "labcheck", &mut all);
    assert!(all.len() > 60, "{all:?}");
    let missing: Vec<&String> = all.difference(&found).collect();
    assert!(missing.is_empty(), "no test types these: {missing:#?}");
}

#[test]
fn only_what_is_typed_counts() {
    let found = typed(&[r#"// desk.types("stop v1 --volumes")
        desk.said(&["start", "--yes", lab], 1); desk.types(&format!("bundle {lab} -o {file}")); shows("v4 --pol x")"#]);
    let has = |word: &str| found.contains(word);
    assert!(
        has("labcheck bundle out") || has("labcheck bundle output"),
        "{found:?}"
    );
    assert!(
        !has("labcheck stop volumes") && !has("labcheck poll"),
        "{found:?}"
    );
}
