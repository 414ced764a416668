//! Labels of the course and of Compose have one home; every other source names them by its constants.

use super::lexer::tokens;
use super::tracked;

/// Where they stand.
const HOME: &str = "checker/core/src/facts/labels.rs";
/// How they begin.
const BEGINNINGS: [&str; 2] = ["labcheck.", "com.docker.compose"];
/// What begins in the same way and is none: the host of no site that stands in recordings.
const NO_LABELS: [&str; 1] = ["labcheck.invalid"];

/// A sentence of the facts that tells a label; its German is found by these words.
const SENTENCE: &str = "the label labcheck.lab={lab}";

/// Labels, and their bare beginnings, that a source spells out; comments do not count. What a slash follows is the name of a
/// format, such as `labcheck.report/v1`.
fn spelled(source: &str) -> Vec<String> {
    let texts = tokens(source)
        .into_iter()
        .filter(|token| token.starts_with('"'));
    let source = texts.collect::<Vec<_>>().join("\"\n").replace(SENTENCE, "");
    let mut found = Vec::new();
    for beginning in BEGINNINGS {
        for (at, _) in source.match_indices(beginning) {
            let rest = &source[at + beginning.len()..];
            let own = rest.split(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
            let name = own.into_iter().next().unwrap_or_default();
            let word = format!("{beginning}{name}");
            // `labcheck.1` is a page of the manual.
            if name.starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            if !rest[name.len()..].starts_with('/') && !NO_LABELS.contains(&word.as_str()) {
                found.push(word);
            }
        }
    }
    found
}

#[test]
fn labels_are_spelled_out_in_one_file() {
    let mut wrong = Vec::new();
    for (path, text) in tracked("checker/*.rs") {
        if path != HOME && !path.starts_with("checker/dev/tests/house/") {
            wrong.extend(
                spelled(&text)
                    .iter()
                    .map(|label| format!("{path}: {label}")),
            );
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "use the constants of {HOME}");
}

#[test]
fn a_label_that_is_spelled_out_is_found() {
    assert_eq!(spelled("x(\"labcheck.site=ca\")"), ["labcheck.site"]);
    assert_eq!(spelled("key.starts_with(\"labcheck.\")"), ["labcheck."]);
    let compose = "json!({ \"com.docker.compose.project.working_dir\": 1 })";
    let folder = ["com.docker.compose.project.working_dir"];
    assert_eq!(spelled(compose), folder);
    assert_eq!(
        spelled("yaml(\"{{ labcheck.lab: {lab} }}\")"),
        ["labcheck.lab"]
    );
    let others = "/// `labcheck.lab`\n// labcheck.lab\nx(\"labcheck.facts/v1\", \"labcheck.invalid\", \"pages/labcheck.1\", labels::LAB)";
    assert_eq!(spelled(others), Vec::<String>::new());
    let home = tracked(HOME);
    assert!(spelled(&home[0].1).len() > 10, "its own file is read");
}
