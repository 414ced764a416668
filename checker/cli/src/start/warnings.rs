//! What Compose warns of while it reads the files of a stack, and files that it does not read at all.

use std::path::Path;

use labcheck_core::text::{clean, cut, say, ticked};
use labcheck_engine::compose::files::COMPOSE_FILES;

/// Longest warning that is passed on, in characters.
const LONGEST: usize = 200;
/// Most warnings that are passed on.
const MOST: usize = 5;

/// How Compose ends the name of a variable that it does not know.
const NOT_SET: &str = " variable is not set";

/// One line for each warning in what `docker compose` printed beside its answer; a warning that is repeated is told once.
///
/// Compose writes `time="…" level=warning msg="…"`, with the text quoted as Go quotes a string.
pub(super) fn of(printed: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in printed.lines() {
        let Some(text) = message(line) else { continue };
        let told = told(&text);
        if all.len() < MOST && !all.contains(&told) {
            all.push(told);
        }
    }
    all
}

/// A line about compose files that lie beside the one that is read.
pub(super) fn unread_files(folder: &Path) -> Option<String> {
    let found: Vec<&str> = COMPOSE_FILES
        .into_iter()
        .filter(|file| folder.join(file).is_file())
        .collect();
    let (read, others) = found.split_first()?;
    (!others.is_empty()).then(|| {
        let others = ticked(others);
        say!(
            "note: Compose reads `{read}` and not {others}; what you change has to stand in `{read}`",
            others,
            read
        )
    })
}

/// The text of a line that is a warning.
fn message(line: &str) -> Option<String> {
    let (head, rest) = line.split_once("msg=\"")?;
    if !head.contains("level=warning") {
        return None;
    }
    let quoted = rest.strip_suffix('"').unwrap_or(rest);
    let mut text = String::new();
    let mut characters = quoted.chars();
    while let Some(one) = characters.next() {
        match one {
            '\\' => text.extend(characters.next()),
            one => text.push(one),
        }
    }
    Some(cut(&clean(&text), LONGEST))
}

/// A warning in words that say what to do, where its kind is known.
fn told(text: &str) -> String {
    let variable = text.split_once(NOT_SET).map(|(name, _)| {
        let name = name.strip_prefix("The ").unwrap_or(name);
        name.trim_matches('"').to_owned()
    });
    match variable {
        Some(name) => {
            let [alone, doubled] = [format!("${name}"), format!("$${name}")];
            let [alone, doubled] = [ticked(&[&alone]), ticked(&[&doubled])];
            say!(
                "note: Compose reads {alone} as a variable, which is not set, and puts nothing in its place; if the `$` is part of a text, write {doubled}",
                alone,
                doubled
            )
        }
        None => say!("note: Compose warns: {text}", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dollar_in_a_password_is_told_with_how_to_write_it() {
        let printed = r#"time="2026-12-01T10:00:00Z" level=warning msg="The \"word\" variable is not set. Defaulting to a blank string.""#;
        let told = of(&format!("{printed}\n{printed}\n"));
        assert_eq!(
            told,
            [
                "note: Compose reads `$word` as a variable, which is not set, and puts nothing in its place; if the `$` is part of a text, write `$$word`"
            ]
        );
    }

    #[test]
    fn another_warning_is_passed_on_cleaned_and_what_is_none_is_not() {
        let printed = "time=\"x\" level=warning msg=\"/a/compose.yaml: the attribute `version` is obsolete\\u001b\"\n\
            time=\"x\" level=debug msg=\"nothing\"\nlevel=warning without a text\n";
        let told = of(printed);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].starts_with("note: Compose warns: /a/compose.yaml: the attribute `version`")
        );
        let many = (0..50)
            .map(|n| format!("level=warning msg=\"warning {n}\"\n"))
            .collect::<Vec<_>>()
            .concat();
        assert_eq!(of(&many).len(), MOST);
    }

    #[test]
    fn a_second_compose_file_is_told() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = |name: &str| std::fs::write(dir.path().join(name), "services: {}\n");
        file("compose.yaml").expect("a file");
        assert_eq!(unread_files(dir.path()), None);
        file("docker-compose.yml").expect("a file");
        let told = unread_files(dir.path()).expect("a note");
        assert!(
            told.starts_with("note: Compose reads `compose.yaml` and not `docker-compose.yml`"),
            "{told}"
        );
    }
}
