//! What is typed after `cargo dev`, outside of the repository and with a typing error.

use std::process::{Command, Output};

fn typed(folder: &std::path::Path, words: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_labcheck-dev"))
        .args(words.split(' '))
        .current_dir(folder)
        .output()
        .expect("it runs")
}

#[test]
fn authors_tools_need_the_repository() {
    let folder = tempfile::tempdir().expect("a folder");
    for words in [
        "check --matrix",
        "sync",
        "verify",
        "demo v1",
        "bench v4 --runs 3 --watch -- --project shop",
        "bench-fetch --seconds 1 --connections 2",
    ] {
        let said = typed(folder.path(), words);
        let err = String::from_utf8_lossy(&said.stderr);
        assert_eq!(said.status.code(), Some(1), "{words}: {err}");
        assert!(said.stdout.is_empty(), "{words}");
        assert!(
            err.contains("this is not the course's repository"),
            "{words}: {err}"
        );
    }
}

#[test]
fn a_tool_that_is_not_there_is_told_with_one_that_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = typed(folder.path(), "chekc");
    let err = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(2), "{err}");
    assert!(err.contains("'check'"), "{err}");
}
