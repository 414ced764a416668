//! Where the engine is and how `docker` is run is answered by `checker/engine` alone.

use super::lexer::{joined, own, tokens};
use super::tracked;

/// What tells Docker's command line where the engine is, and where it listens by itself.
const ADDRESS: [&str; 9] = [
    "\"/var/run/docker.sock\"",
    "\"LABCHECK_ENGINE_SOCKET\"",
    "\"DOCKER_HOST\"",
    "\"DOCKER_CONTEXT\"",
    "\"DOCKER_CONFIG\"",
    "\"DOCKER_CERT_PATH\"",
    "\"DOCKER_TLS\"",
    "\"DOCKER_TLS_VERIFY\"",
    "\"unix:///var/run/docker.sock\"",
];
/// `docker` as a program, whichever type of command runs it.
const PROGRAM: &str = "new(\"docker\"";
/// The engine's crate, the kind that judges what a container of the stack is told, and this folder.
const HOMES: [&str; 3] = [
    "checker/engine/src/",
    "checker/core/src/check/kind/no_docker_socket.rs",
    "checker/dev/tests/house/",
];

/// What a source says of the engine's address by itself. Tests do not count: they hand an engine of their own to a program.
fn addresses(source: &str) -> Vec<&'static str> {
    let own = own(source);
    let found = ADDRESS.into_iter().filter(|word| own.contains(word));
    found.collect()
}

/// Whether a source runs `docker` by itself, tests included.
fn runs_docker(source: &str) -> bool {
    let whole = joined(&tokens(source));
    let kept = ["=\"docker\";", "\"-c\",\"docker ", "/bin/docker\""];
    whole.contains(PROGRAM) || kept.iter().any(|way| whole.contains(way))
}

#[test]
fn the_engine_is_found_and_docker_is_run_in_one_way() {
    let mut wrong = Vec::new();
    for (path, text) in tracked("checker/*.rs") {
        if HOMES.iter().any(|home| path.starts_with(home)) {
            continue;
        }
        if !path.contains("/tests/") && !path.ends_with("tests.rs") {
            let found = addresses(&text).into_iter();
            wrong.extend(found.map(|word| format!("{path}: {word}; use `Engine::address`")));
        }
        if runs_docker(&text) {
            wrong.push(format!("{path}: {PROGRAM}; use `DockerCommand`"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn another_way_to_the_engine_is_found() {
    let reads = "let host = std::env::var(\n    \"DOCKER_HOST\",\n);";
    assert_eq!(addresses(reads), ["\"DOCKER_HOST\""]);
    let guesses = "host.unwrap_or_else(|_| \"unix:///var/run/docker.sock\".into())";
    assert_eq!(addresses(guesses), ["\"unix:///var/run/docker.sock\""]);
    assert!(runs_docker(
        "mod tests { tokio::process::Command::new(\n    \"docker\",\n) }"
    ));
    assert!(runs_docker(
        "use std::process::Command as C; fn x() { C::new(\"docker\") }"
    ));
    assert!(runs_docker(
        "const D: &str = \"docker\"; fn x() { Command::new(D) }"
    ));
    assert!(runs_docker(
        "Command::new(\"sh\").args([\"-c\", \"docker ps\"])"
    ));
    assert!(runs_docker("Command::new(\"/usr/bin/docker\")"));
    assert_eq!(
        addresses("#[cfg(test)]\nfn x() {}\nenv(\"DOCKER_HOST\")"),
        ["\"DOCKER_HOST\""]
    );
    let others = "/// `\"DOCKER_HOST\"`\nx(Command::new(\"sh\"), say!(\"DOCKER_HOST is used\"))";
    assert_eq!(addresses(others), Vec::<&str>::new());
    assert!(!runs_docker(others));
}
