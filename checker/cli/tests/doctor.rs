//! The doctor as it is typed: what fails is said with what mends it, and the exit code tells. All but one without an
//! engine; that one lets it mend a course's folder, which takes npm and, where images are missing, a while.

#[path = "desk/mod.rs"]
mod desk;
#[expect(dead_code, reason = "the tests of start use the rest")]
#[path = "docker/mod.rs"]
mod docker;

use std::process::Command;

use desk::Desk;

/// No registry is asked over the network.
const ALONE: [(&str, &str); 2] = [
    ("PATH", "/usr/bin:/bin"),
    ("HTTPS_PROXY", "http://127.0.0.1:1"),
];

fn types(typed: &str) -> (Option<i32>, String) {
    let said = Desk::new().types(".", &ALONE, typed);
    assert_eq!(said.err, "", "everything it says is its result");
    (said.code, said.out)
}

#[test]
fn a_missing_engine_fails_and_a_missing_network_warns() {
    let (code, text) = types("doctor");
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
    let faults = text.lines().filter(|line| line.starts_with("FAIL")).count();
    let counted = if faults == 1 {
        "1 fault, ".to_owned()
    } else {
        format!("{faults} faults, ")
    };
    assert!(
        text.lines()
            .last()
            .is_some_and(|last| last.starts_with(&counted)),
        "{text}"
    );
}

#[test]
fn a_program_reads_the_same_lines() {
    let (code, text) = types("doctor --format json");
    assert_eq!(code, Some(10));
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["schema"], "labcheck.doctor/v1");
    let lines = json["lines"].as_array().expect("a list");
    for line in lines {
        let state = line["state"].as_str().expect("a word");
        assert!(["ok", "warn", "fail"].contains(&state), "{line}");
        assert_eq!(line["mend"].is_null(), state == "ok", "{line}");
    }
    // What the machine that runs this test has left of its disk and memory is no matter of the test's.
    let faults = lines.iter().filter(|line| {
        line["state"] == "fail" && line["topic"] != "disk" && line["topic"] != "memory"
    });
    assert_eq!(
        faults.map(|line| &line["topic"]).collect::<Vec<_>>(),
        ["engine"]
    );
}

#[test]
fn what_cannot_be_mended_is_a_fault_with_its_reason() {
    let (code, text) = types("doctor --fix");
    assert_eq!(code, Some(10), "{text}");
    let fix = text.lines().find(|line| line.contains("fix engine"));
    assert!(
        fix.is_some_and(|line| line.starts_with("FAIL") && line.contains("no Docker engine")),
        "{text}"
    );
}

#[test]
fn a_course_without_uikit_is_mended_and_what_runs_stays() {
    if !docker::there() {
        return;
    }
    let desk = Desk::new();
    assert_eq!(desk.types(".", &ALONE, "init course").code, Some(0));
    for lab in ["v3", "v4", "v5", "v6"] {
        std::fs::remove_dir_all(desk.path("course/labs").join(lab)).expect("removed");
    }
    let doctor = |flag: &str| {
        let out = Command::new(env!("CARGO_BIN_EXE_labcheck"))
            .args(["doctor", "--lang", "en", flag])
            .current_dir(desk.path("course"))
            .output()
            .expect("it runs");
        String::from_utf8(out.stdout).expect("text")
    };
    let lacks = |text: &str| text.lines().any(|line| line.starts_with("warn  uikit"));
    let kept = [
        "image",
        "inspect",
        "--format",
        "{{.Id}}",
        "debian:trixie-slim",
    ];
    let image = docker::ask(&kept).ok();
    let before = doctor("--color=never");
    assert!(lacks(&before), "{before}");
    let after = doctor("--fix");
    assert!(!lacks(&after) && !after.contains("fix "), "{after}");
    assert!(after.contains("ok    images"), "{after}");
    for file in ["uikit.min.css", "uikit.min.js", "uikit-icons.min.js"] {
        assert!(
            desk.path("course/labs/v2/app/static").join(file).is_file(),
            "{file}"
        );
    }
    if image.is_some() {
        assert_eq!(
            docker::ask(&kept).ok(),
            image,
            "what is there is not made again"
        );
    }
}
