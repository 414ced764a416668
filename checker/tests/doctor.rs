//! The doctor as it is typed, where no engine is: what fails is said with what mends it, and the exit code tells.

use std::process::Command;

fn doctor(flags: &[&str]) -> (Option<i32>, String) {
    let home = tempfile::tempdir().expect("a folder");
    let out = Command::new(env!("CARGO_BIN_EXE_labcheck"))
        .arg("doctor")
        .args(flags)
        .current_dir(home.path())
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin")
        .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
        // Nobody is asked over the network.
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .output()
        .expect("it runs");
    (
        out.status.code(),
        String::from_utf8(out.stdout).expect("text"),
    )
}

#[test]
fn a_missing_engine_fails_and_a_missing_network_warns() {
    let (code, text) = doctor(&[]);
    assert_eq!(code, Some(10), "{text}");
    let line = |topic: &str| {
        let mut lines = text.lines();
        lines
            .find(|line| {
                line.split_once(' ')
                    .is_some_and(|(_, rest)| rest.trim_start().starts_with(topic))
            })
            .unwrap_or_default()
            .to_owned()
    };
    assert!(line("engine ").starts_with("FAIL"), "{text}");
    assert!(line("docker hub").starts_with("warn"), "{text}");
    assert!(
        text.contains("to mend: DOCKER_HOST names an engine that does not answer"),
        "{text}"
    );
    assert!(
        text.lines()
            .last()
            .is_some_and(|last| last.starts_with("1 fault, ")),
        "{text}"
    );
}

#[test]
fn a_program_reads_the_same_lines() {
    let (code, text) = doctor(&["--format", "json"]);
    assert_eq!(code, Some(10));
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["schema"], "labcheck.doctor/v1");
    let lines = json["lines"].as_array().expect("a list");
    for line in lines {
        let state = line["state"].as_str().expect("a word");
        assert!(["ok", "warn", "fail"].contains(&state), "{line}");
        assert_eq!(line["mend"].is_null(), state == "ok", "{line}");
    }
    let faults = lines.iter().filter(|line| line["state"] == "fail");
    assert_eq!(
        faults.map(|line| &line["topic"]).collect::<Vec<_>>(),
        ["engine"]
    );
}
