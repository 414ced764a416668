//! Starters and lock files made from small made-up repositories.

use std::process::Command;

use super::*;
use crate::tracked::tracked;
use labcheck::course_folder::{solution, starter};
use labcheck_core::lab::Course;

/// A repository of these files, all of them known to git.
fn repository(files: &[(&str, &str)]) -> (tempfile::TempDir, Root) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("inside")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    for args in [&["init", "-q"][..], &["add", "-A"]] {
        let done = Command::new("git")
            .arg("-C")
            .arg(folder.path())
            .args(args)
            .status()
            .expect("git is here");
        assert!(done.success());
    }
    let root = Root::at(folder.path());
    (folder, root)
}

const APP: &str = "// region v5-health\n// starter: // TODO(v5-health): add it.\nhealth();\n// endregion v5-health\n";

#[test]
fn the_shared_application_lies_inside_and_compose_finds_it_there() {
    let (_folder, root) = repository(&[
        ("app/src/main.rs", "main();\n"),
        ("app/src/health.rs", APP),
        ("app/tests/all.rs", "test"),
        ("app/static/uikit.css", "kept\n"),
        ("solutions/v4/compose.yaml", "volumes: [../../app:/app]\n"),
        ("solutions/v4/notes.txt", "../../app\n"),
        ("solutions/v4/mistakes/a.yaml", ""),
        ("solutions/v4/foreign/b/stack.yaml", ""),
    ]);
    let made = stack(&root, 4, Form::Starter).expect("it is right");
    let paths: Vec<&str> = made.files.keys().map(String::as_str).collect();
    // health.rs is one region of a later lab, so it is not there yet; tests, mistakes and foreign stacks stay behind.
    assert_eq!(
        paths,
        [
            "app/src/main.rs",
            "app/static/uikit.css",
            "compose.yaml",
            "notes.txt"
        ]
    );
    assert_eq!(made.text("compose.yaml"), Some("volumes: [./app:/app]\n"));
    assert_eq!(made.text("notes.txt"), Some("../../app\n"));
    let later = stack(&root, 4, Form::Solution).expect("it is right");
    assert!(!later.files.contains_key("app/src/health.rs"));
}

#[test]
fn a_solution_with_an_application_of_its_own_uses_that() {
    let (_folder, root) = repository(&[
        ("app/src/main.rs", "shared\n"),
        ("solutions/v1/app/src/main.rs", "own\n"),
    ]);
    let made = stack(&root, 1, Form::Solution).expect("it is right");
    assert_eq!(made.text("app/src/main.rs"), Some("own\n"));
}

#[test]
fn files_that_git_does_not_know_are_left_out() {
    let (folder, root) =
        repository(&[("app/main.rs", "a\n"), ("solutions/v4/compose.yaml", "b\n")]);
    std::fs::write(folder.path().join("solutions/v4/secret.txt"), "c").expect("a file");
    let made = stack(&root, 4, Form::Starter).expect("it is right");
    assert!(!made.files.contains_key("secret.txt"));
}

#[test]
fn a_linked_folder_stands_for_the_files_in_it() {
    let (folder, root) = repository(&[
        (
            "solutions/v4/db/init.sh",
            "# region v4-user\n# starter: # TODO(v4-user)\ncreate\n# endregion v4-user\n",
        ),
        ("solutions/v5/compose.yaml", "b\n"),
    ]);
    let link = folder.path().join("solutions/v5/db");
    std::os::unix::fs::symlink("../v4/db", &link).expect("a link");
    let add = |path: &str| {
        let mut git = Command::new("git");
        let done = git
            .arg("-C")
            .arg(folder.path())
            .args(["add", path])
            .status();
        assert!(done.expect("git is here").success());
    };
    add("solutions/v5/db");
    let made = stack(&root, 5, Form::Starter).expect("it is right");
    assert_eq!(made.text("db/init.sh"), Some("create\n"));

    let outside = folder.path().join("solutions/v5/etc");
    std::os::unix::fs::symlink("/etc", &outside).expect("a link");
    add("solutions/v5/etc");
    let err = stack(&root, 5, Form::Starter).expect_err("it leads out");
    assert!(
        err.to_string().contains("solutions/v5/etc: it leads out"),
        "{err}"
    );
}

#[test]
fn one_task_cannot_be_marked_in_two_files() {
    let again = APP.replace("//", "#");
    let (_folder, root) = repository(&[("app/a.rs", APP), ("solutions/v5/compose.yaml", &again)]);
    let told = stack(&root, 5, Form::Starter)
        .expect_err("it is twice")
        .to_string();
    assert_eq!(
        told,
        "compose.yaml:1: region `v5-health` is in app/a.rs too (lab v5)"
    );
}

#[test]
fn scripts_stay_scripts() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, root) =
        repository(&[("labs/v1/lab.yaml", ""), ("solutions/v1/init.sh", "true\n")]);
    let script = folder.path().join("solutions/v1/init.sh");
    std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    let generated = Generated::make(&root).expect("it is right");
    generated.write(&root).expect("it can be written");
    let written = folder
        .path()
        .join("labs/v1/init.sh")
        .metadata()
        .expect("it is there");
    assert_eq!(written.permissions().mode() & 0o777, 0o755);
    assert_eq!(
        generated.differences(&root).expect("it can be read"),
        Vec::<String>::new()
    );
}

#[test]
fn a_lock_file_is_cut_out_of_the_workspaces() {
    let package = |name: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n");
    let workspace = format!(
        "version = 4\n\n{}\n{}",
        package("inventory"),
        package("labcheck")
    );
    let manifest =
        "[package]\nname = \"inventory\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
    let (_folder, root) = repository(&[
        ("Cargo.lock", &workspace),
        ("app/Cargo.toml", manifest),
        ("app/src/main.rs", "fn main() {}\n"),
    ]);
    let made = Generated::make(&root).expect("cargo can cut it");
    let lock = made.tree.text("app/Cargo.lock").expect("it is made");
    assert!(lock.contains("name = \"inventory\""), "{lock}");
    assert!(!lock.contains("labcheck"), "{lock}");
    assert!(
        !root
            .join("target/dev")
            .read_dir()
            .is_ok_and(|mut left| left.next().is_some()),
        "the scratch folder is gone"
    );
}

#[test]
fn the_binary_carries_what_the_repository_holds() {
    let root = Root::at(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let labs = Course::embedded().expect("the labs are right").names();
    for lab in &labs {
        let number = lab.trim_start_matches('v').parse().expect("a number");
        let there = tracked(&root, &format!("labs/{lab}")).expect("tracked");
        assert_eq!(starter(lab), there, "starter of {lab}, or an execute bit");
        let there = stack(&root, number, Form::Solution).expect("made");
        let names = |tree: &Tree| tree.files.keys().cloned().collect::<Vec<_>>();
        let carried = solution(lab).expect("made");
        assert_eq!(names(&carried), names(&there), "solution of {lab}");
        assert_eq!(carried, there, "solution of {lab}");
    }
    assert_eq!(labs.len(), 6);
    assert!(starter("v9").files.is_empty());
}
