//! The checks on made-up repositories: one that is in step, and one thing wrong at a time.

use std::process::Command;

use super::*;

const LAB: &str = "lab: v1\ntitle: t\nroles:\n  app: { service: app }\nchecks:\n  - id: v1-port-published\n    title: t\n    points: 1\n    core: true\n    expect: { published: { role: app } }\n    why: w\n    hints: [h]\n    chapter: v1.html#start\n  - id: v1-page-answers\n    title: t\n    points: 1\n    core: true\n    expect: { page: { role: app, path: /, status: 200 } }\n    why: w\n    hints: [h]\n    chapter: v1.html#start\n";
const COMPOSE: &str = "services:\n  app:\n    # region v1-publish-port\n    # starter:     # TODO(v1-publish-port): publish it.\n    ports: [5000:5000]\n    # endregion v1-publish-port\n";
const PAGE: &str = "<html>\n<!-- region v1-first-handler -->\n<!-- starter: TODO(v1-first-handler) -->\na\n<!-- endregion v1-first-handler -->\n<!-- region v1-bind-address -->\n<!-- starter: TODO(v1-bind-address) -->\nb\n<!-- endregion v1-bind-address -->\n";
const MISTAKE: &str = "title: t\nfails: [v1-port-published, v1-page-answers]\nblame: student\nedits:\n  - { file: compose.yaml, find: '5000:5000', replace: '80' }\n";

struct Repository(tempfile::TempDir);

impl Repository {
    /// A small course in step, with some files other than they should be.
    fn with(changes: &[(&str, &str)]) -> Self {
        let repository = Self(tempfile::tempdir().expect("a temporary folder"));
        let files = [
            ("labs/v1/lab.yaml", LAB),
            (
                "labs/v1/compose.yaml",
                "services:\n  app:\n    # TODO(v1-publish-port): publish it.\n",
            ),
            (
                "labs/v1/page.html",
                "<html>\nTODO(v1-first-handler)\nTODO(v1-bind-address)\n",
            ),
            ("solutions/v1/compose.yaml", COMPOSE),
            ("solutions/v1/page.html", PAGE),
            ("solutions/v1/mistakes/closed.yaml", MISTAKE),
            (
                "solutions/v1/foreign/run/stack.yaml",
                "title: t\nup: up.sh\ndown: down.sh\n",
            ),
            ("book/src/v1.md", "# V1\n## Start\n"),
        ];
        for (path, text) in files.iter().chain(changes) {
            let path = repository.0.path().join(path);
            std::fs::create_dir_all(path.parent().expect("inside")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        for args in [&["init", "-q"][..], &["add", "-A"]] {
            let done = Command::new("git")
                .arg("-C")
                .arg(repository.0.path())
                .args(args)
                .status()
                .expect("git is here");
            assert!(done.success());
        }
        repository
    }

    fn root(&self) -> Root {
        Root::at(self.0.path())
    }

    fn check(&self) -> Result<String, String> {
        let lines = run(&self.root(), CheckArgs { matrix: None });
        lines
            .map(|lines| lines.join("\n"))
            .map_err(|err| err.to_string())
    }
}

/// What is wrong with the made-up course when some of its files are other than they should be.
fn wrong(changes: &[(&str, &str)]) -> String {
    Repository::with(changes)
        .check()
        .expect_err("something is out of step")
}

#[test]
fn a_course_in_step_says_so() {
    assert_eq!(
        Repository::with(&[]).check(),
        Ok("in step: 2 generated files, 2 checks, 4 stacks".into())
    );
}

#[test]
fn a_starter_edited_by_hand_is_named_with_its_line_and_mended_by_sync() {
    let repository = Repository::with(&[
        ("labs/v1/compose.yaml", "services:\n  app: {}\n"),
        ("labs/v1/notes.txt", "stray"),
    ]);
    let told = repository.check().expect_err("out of step");
    assert_eq!(
        told,
        "out of step:\n  labs/v1/compose.yaml:2: differs from what is generated\n  labs/v1/notes.txt: not generated any more"
    );
    let done = crate::sync::run(&repository.root()).expect("it can be mended");
    assert_eq!(
        done.last().map(String::as_str),
        Some("2 files were mended; 2 generated files are in step")
    );
    assert!(repository.check().is_ok());
    assert!(!repository.0.path().join("labs/v1/notes.txt").exists());
    assert!(repository.0.path().join("labs/v1/lab.yaml").exists());
}

#[test]
fn a_check_that_no_mistake_turns_red_is_named() {
    let less = MISTAKE.replace(", v1-page-answers", "");
    let told = wrong(&[("solutions/v1/mistakes/closed.yaml", &less)]);
    assert_eq!(
        told,
        "out of step:\n  labs/v1/lab.yaml: no mistake turns `v1-page-answers` red"
    );
}

#[test]
fn a_mistake_cannot_fail_what_its_lab_does_not_ask() {
    let typo = MISTAKE.replace("v1-page-answers", "v1-page-answer");
    let told = wrong(&[("solutions/v1/mistakes/closed.yaml", &typo)]);
    assert!(
        told.contains(
            "closed.yaml: lab v1 asks no check `v1-page-answer`; did you mean `v1-page-answers`?"
        ),
        "{told}"
    );
}

#[test]
fn an_edit_that_no_longer_fits_is_named() {
    let told = wrong(&[(
        "solutions/v1/mistakes/closed.yaml",
        &MISTAKE.replace("'5000:5000'", "'6000:6000'"),
    )]);
    assert_eq!(
        told,
        "out of step:\n  solutions/v1/mistakes/closed.yaml:5: the text to find stands 0 times in `compose.yaml`, not once"
    );
}

#[test]
fn an_unknown_task_is_named_with_the_nearest() {
    let typo = COMPOSE.replace("v1-publish-port", "v1-publish-ports");
    let starter = "services:\n  app:\n    # TODO(v1-publish-ports): publish it.\n";
    let told = wrong(&[
        ("solutions/v1/compose.yaml", &typo),
        ("labs/v1/compose.yaml", starter),
    ]);
    assert!(
        told.contains(
            "solutions/v1/compose.yaml:3: `v1-publish-ports` is not in the list of tasks"
        ),
        "{told}"
    );
    assert!(told.contains("did you mean `v1-publish-port`?"), "{told}");
    assert!(
        told.contains("tasks.rs: no file has a region `v1-publish-port`"),
        "{told}"
    );
}

#[test]
fn a_region_without_a_todo_leaves_the_student_alone() {
    let silent = COMPOSE.replace("TODO(v1-publish-port): publish it.", "ports");
    let told = wrong(&[
        ("solutions/v1/compose.yaml", &silent),
        ("labs/v1/compose.yaml", "services:\n  app:\n    # ports\n"),
    ]);
    assert_eq!(
        told,
        "out of step:\n  solutions/v1/compose.yaml:3: no starter line of `v1-publish-port` says TODO(v1-publish-port)"
    );
}

#[test]
fn a_chapter_that_is_not_in_the_book_is_named() {
    let told = wrong(&[("book/src/v1.md", "# V1\n## Begin\n")]);
    assert!(told.contains("the chapter of `v1-port-published` is `v1.html#start`, but book/src/v1.md has no such heading"), "{told}");
}

#[test]
fn a_page_that_is_not_written_yet_is_a_note() {
    let repository = Repository::with(&[]);
    std::fs::remove_file(repository.0.path().join("book/src/v1.md")).expect("it is there");
    let told = repository.check().expect("a note is no error");
    assert!(
        told.starts_with("note: v1: book/src/v1.md is not written yet"),
        "{told}"
    );
}

#[test]
fn a_broken_region_is_an_error_with_file_and_line() {
    let open = COMPOSE.replace("    # endregion v1-publish-port\n", "");
    let told = wrong(&[("solutions/v1/compose.yaml", &open)]);
    assert_eq!(
        told,
        "compose.yaml:3: region `v1-publish-port` begins here and never ends"
    );
}

#[test]
fn the_table_lists_mistakes_by_check() {
    let repository = Repository::with(&[]);
    let lines = run(
        &repository.root(),
        CheckArgs {
            matrix: Some(Table::Text),
        },
    )
    .expect("in step");
    assert_eq!(lines[0], "v1-port-published  closed");
    let lines = run(
        &repository.root(),
        CheckArgs {
            matrix: Some(Table::Markdown),
        },
    )
    .expect("in step");
    let row = lines.iter().find(|line| line.contains("v1-port-published"));
    assert!(
        row.is_some_and(|row| row.ends_with(" | `closed` |")),
        "{lines:?}"
    );
}

#[test]
fn a_book_has_the_table_as_a_page() {
    let repository = Repository::with(&[("book/src/SUMMARY.md", "# Summary\n")]);
    let wrong = repository.check().expect_err("the page is missing");
    assert!(wrong.contains("book/src/matrix.md: missing"), "{wrong}");
    crate::sync::run(&repository.root()).expect("it is made");
    assert!(repository.check().is_ok());
}
