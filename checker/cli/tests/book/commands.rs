//! Every command line of the book can be typed as it stands there.
//!
//! Those of `labcheck` are parsed here, with the labs, checks and pages they name. Others on a lab's page are run by its
//! solution's live test; on other pages they are run here, or marked with the reason why not.

use std::process::Command;

use clap::Parser as _;
use labcheck::args::Cli;
use labcheck::book::PageAddress;
use labcheck_core::lab::Course;

use super::pages::{book, sources};
use super::shell::{Mark, Typed, typed};

fn all() -> Vec<Typed> {
    let pages = sources();
    let found = pages.iter().flat_map(|(page, text)| typed(page, text));
    found.collect()
}

/// `v1.md` and its like, whose commands are run live.
fn of_a_lab(typed: &Typed) -> bool {
    let mut letters = typed.place.chars();
    letters.next() == Some('v')
        && letters.next().is_some_and(|c| c.is_ascii_digit())
        && letters.as_str().starts_with(".md:")
}

#[test]
fn every_labcheck_line_is_understood() {
    let course = Course::embedded().expect("a course");
    let mut count = 0;
    for typed in all() {
        let Some(line) = typed.line.strip_prefix("labcheck") else {
            continue;
        };
        count += 1;
        let line = line.split(';').next().unwrap_or_default();
        let words = ["labcheck"].into_iter().chain(line.split_whitespace());
        let cli = Cli::try_parse_from(words)
            .unwrap_or_else(|err| panic!("{}: {}\n{err}", typed.place, typed.line));
        if let Some(lab) = &cli.grade.lab {
            let lab = course
                .lab(lab)
                .unwrap_or_else(|err| panic!("{}: {err}", typed.place));
            let asked = |id: &String| lab.checks.iter().any(|entry| entry.id.as_str() == id);
            assert!(
                cli.grade.explain.as_ref().is_none_or(asked),
                "{}",
                typed.place
            );
        }
        if let Some(labcheck::args::Command::Book(args)) = &cli.command
            && let Some(page) = &args.page
        {
            PageAddress::find(page, book()).unwrap_or_else(|err| panic!("{}: {err}", typed.place));
        }
    }
    assert!(count > 20, "only {count} lines were looked at");
}

#[test]
fn every_other_line_is_run_or_says_why_not() {
    let folder = tempfile::tempdir().expect("a folder");
    for typed in all() {
        let first = typed.line.split_whitespace().next().unwrap_or_default();
        match &typed.mark {
            Mark::NotRun(reason) => {
                assert!(
                    reason.split_whitespace().count() > 3,
                    "{}: {reason}",
                    typed.place
                );
                continue;
            }
            _ if first == "labcheck" || of_a_lab(&typed) && first != "cd" => continue,
            _ => {}
        }
        if first == "cd" {
            let to = typed.line.trim_start_matches("cd ");
            let labs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
            assert!(
                to == "course" || labs.join(to).is_dir(),
                "{}: {to}",
                typed.place
            );
            continue;
        }
        assert_eq!(
            first, "echo",
            "{}: `{}` is run by no test; mark it",
            typed.place, typed.line
        );
        let out = Command::new("sh")
            .args(["-c", &typed.line])
            .current_dir(folder.path())
            .output()
            .expect("a shell");
        let said = String::from_utf8_lossy(&out.stdout);
        assert!(out.status.success(), "{}: {}", typed.place, typed.line);
        assert_eq!(said.trim(), typed.answer.join("\n"), "{}", typed.place);
    }
}

#[test]
fn commands_stand_in_blocks_that_the_tests_find() {
    let programs = [
        "docker", "labcheck", "npm", "curl", "git", "cargo", "openssl",
    ];
    for (page, text) in sources() {
        if page.starts_with("generated/") {
            continue;
        }
        for (number, line) in (1..).zip(text.lines()) {
            for kind in ["```sh", "```bash", "```shell"] {
                assert_ne!(
                    line.trim(),
                    kind,
                    "{page}:{number}: a block of commands is `console`"
                );
            }
            let indented = line
                .strip_prefix("    ")
                .and_then(|line| line.split(' ').next());
            assert!(
                !indented.is_some_and(|word| programs.contains(&word)),
                "{page}:{number}"
            );
        }
    }
}
