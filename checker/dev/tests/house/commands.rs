//! Commands that are shown: every word that comes from outside is quoted for a shell.

use super::lexer::own;
use super::tracked;

/// Programs that commands begin with.
const PROGRAMS: [&str; 7] = [
    "sudo docker ",
    "docker ",
    "curl ",
    "openssl ",
    "psql ",
    "mariadb ",
    "mysql ",
];

/// Texts of a source that hold a command with something to fill in, each with what follows it up to the statement's end.
fn commands(source: &str) -> Vec<(String, String)> {
    let source = own(source);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = source[at..].find('"').map(|open| at + open) {
        let mut end = open + 1;
        while let Some(next) = source[end..].find(['"', '\\']).map(|next| end + next) {
            if source.as_bytes()[next] == b'"' {
                end = next;
                break;
            }
            end = next + 2;
        }
        let text = &source[open + 1..end.max(open + 1)];
        let parts: Vec<&str> = text.split('`').collect();
        // Without backticks the whole text may be a command; with them only what stands between two.
        let typed = if parts.len() == 1 {
            &parts[..]
        } else {
            &parts[1..]
        };
        // What is appended to it is filled in as well.
        let appended = source[..open].ends_with("push_str(")
            || [".to_owned()+", ".to_string()+"]
                .iter()
                .any(|way| source[end + 1..].starts_with(way));
        let begun = appended && PROGRAMS.iter().any(|program| text.starts_with(program));
        let shown = begun
            || typed.iter().step_by(2).any(|part| {
                let filled = part.replace("{{", "").contains('{');
                filled && PROGRAMS.iter().any(|program| part.starts_with(program))
            });
        if shown {
            let before = source[..open].trim_end();
            let after = source[end..].split(';').next().unwrap_or_default();
            let macro_of = before.rsplit([' ', '\n', '|', '=', '(', '{']).nth(1);
            let head = macro_of.unwrap_or_default().to_owned();
            found.push((text.to_owned(), format!("{head}\u{0}{after}")));
        }
        at = end + 1;
    }
    found
}

#[test]
fn every_command_that_is_shown_quotes_what_is_filled_in() {
    let mut wrong = Vec::new();
    for room in ["core", "engine", "probe", "cli"] {
        for (path, text) in tracked(&format!("checker/{room}/src/*.rs")) {
            if path.ends_with("tests.rs") || path.ends_with("text/shell.rs") {
                continue;
            }
            for (command, around) in commands(&text) {
                let (head, after) = around.split_once('\u{0}').unwrap_or(("", ""));
                if !head.ends_with("shell!") && !after.contains("quoted") {
                    wrong.push(format!("{path}: {command}"));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "use `shell!` or `quoted`");
}

#[test]
fn a_command_with_a_bare_word_is_found() {
    let of = |source: &str| {
        let found = commands(source);
        assert_eq!(found.len(), 1, "{source}");
        found[0].1.starts_with("shell!")
    };
    assert!(of("x(shell!(\"docker port {}\", name));"));
    assert!(!of("x(format!(\"docker port {name}\"));"));
    assert!(!of("let x = say!(\n    \"see `docker port {}`\", name);"));
    assert!(!of(
        "fail(format!(\"see `docker compose -p {name} logs`: {why}\"));"
    ));
    assert!(!of("x(\"docker port \".to_owned() + name);"));
    assert_eq!(commands("say!(\"by `docker cp`: {name}\");").len(), 0);
    assert_eq!(
        commands("x(\"docker ps\"); y(\"docker inspect -f '{{x}}'\");").len(),
        0
    );
}
