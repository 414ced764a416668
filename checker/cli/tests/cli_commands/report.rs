//! How a report is told: in colour, in German, one check of it, in several files.

use super::desk::Desk;

#[test]
fn colour_only_where_it_is_wanted() {
    let desk = Desk::new().with_recording("v1", "port-not-published");
    let typed = "v1 --replay port-not-published.json";
    let plain = desk.shows(typed);
    assert!(!plain.contains('␛'), "{plain}");
    assert_shown!(
        "colour-always",
        desk.shows(&format!("{typed} --color always"))
    );
    let coloured = |env: &[(&str, &str)], flag: &str| {
        desk.shows_with(env, &format!("{typed} {flag}"))
            .contains('␛')
    };
    assert!(
        coloured(&[("FORCE_COLOR", "1")], ""),
        "FORCE_COLOR asks for it"
    );
    assert!(
        !coloured(&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], ""),
        "NO_COLOR beats it"
    );
    assert!(
        coloured(&[("NO_COLOR", "1")], "--color always"),
        "the flag beats both"
    );
    assert!(
        !coloured(&[("FORCE_COLOR", "1")], "--color never"),
        "the flag beats both"
    );
    assert!(
        !coloured(&[("NO_COLOR", "")], ""),
        "an empty NO_COLOR is none, and this is no terminal"
    );
}

#[test]
fn every_signal_is_also_a_word() {
    // The report without colour says as much as the one with it.
    let desk = Desk::new().with_recording("v4", "app-still-root");
    let text = |flag: &str| {
        let shown = desk.shows(&format!("v4 --replay app-still-root.json --color {flag}"));
        let shown = shown
            .split_once("exit code")
            .map(|(_, rest)| rest.to_owned())
            .expect("a snapshot");
        let mut parts = shown.split('␛');
        let first = parts.next().unwrap_or_default().to_owned();
        first
            + &parts
                .map(|part| part.split_once('m').map_or(part, |(_, text)| text))
                .collect::<String>()
    };
    assert_eq!(text("always"), text("never"));
}

#[test]
fn one_check_is_explained() {
    let desk = Desk::new().with_recording("v4", "app-still-root");
    let typed = |id: &str| format!("v4 --replay app-still-root.json --explain {id}");
    assert_shown!(
        "explain-failed",
        desk.shows(&typed("v4-app-signs-in-as-itself"))
    );
    assert_shown!("explain-passed", desk.shows(&typed("v3-db-healthy")));
    assert_shown!("explain-skipped", desk.shows(&typed("v4-no-global-rights")));
    assert_shown!("explain-unknown", desk.shows(&typed("v4-nothing")));
}

#[test]
fn reports_go_to_several_files_at_once() {
    let desk = Desk::new().with_recording("v1", "solution");
    let shown = desk
        .shows("v1 --replay solution.json --out html=r.html --out junit=r.xml --out json=r.json");
    assert!(shown.contains("exit code: 0"), "{shown}");
    let read = |name: &str| std::fs::read_to_string(desk.path(name)).expect("it was written");
    assert!(read("r.html").starts_with("<!doctype html>"));
    assert!(read("r.xml").contains("<testsuites"));
    assert!(read("r.json").contains("labcheck.report/v1"));
    assert_shown!(
        "out-unknown",
        desk.shows("v1 --replay solution.json --out pdf=r.pdf")
    );
    assert_shown!(
        "out-no-path",
        desk.shows("v1 --replay solution.json --out html")
    );
    assert_shown!(
        "out-no-folder",
        desk.shows("v1 --replay solution.json --format json --out html=gone/r.html")
            .split("----- standard error")
            .nth(1)
            .unwrap_or_default()
    );
}

#[test]
fn german_is_spoken_where_it_is_asked_for() {
    let desk = || Desk::new().with_recording("v3", "starter");
    let typed = "v3 --replay starter.json";
    assert_shown!("german-flag", desk().shows(&format!("{typed} --lang de")));
    let by = |env: &[(&str, &str)], more: &str| {
        let shown = desk().shows_with(env, &format!("{typed}{more}"));
        // The first line is what was typed.
        shown.lines().skip(1).collect::<Vec<_>>().join("\n")
    };
    let (english, german) = (by(&[], ""), by(&[], " --lang de"));
    assert_ne!(english, german);
    for (env, more, expected) in [
        (&[("LANG", "de_CH.UTF-8")][..], "", &german),
        (&[("LANG", "de_CH.UTF-8"), ("LC_ALL", "C")], "", &english),
        (&[("LANG", "de_CH.UTF-8")], " --lang en", &english),
        (&[("LANG", "fr_CH.UTF-8")], "", &english),
    ] {
        assert_eq!(by(env, more), *expected, "{env:?}{more}");
    }
    assert_shown!(
        "german-unknown",
        desk().shows(&format!("{typed} --lang fr"))
    );
    assert_shown!("german-no-lab", desk().shows("v9 --lang de"));
    assert_shown!("german-place", desk().shows("--lang de"));
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_printed_is_an_error_and_files_are_written_all_the_same() {
    let desk = Desk::new().with_recording("v1", "port-not-published");
    let types = |typed: &str| {
        let full = std::fs::File::options().write(true).open("/dev/full");
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_labcheck"))
            .args(typed.split(' '))
            .current_dir(desk.path("."))
            .env_clear()
            .stdout(full.expect("a disk that is always full"))
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(
            said.contains("standard output: could not be written"),
            "{typed}: {said}"
        );
        assert_eq!(out.status.code(), Some(1), "{typed}");
    };
    types("v1 --replay port-not-published.json --out html=report.html");
    assert!(desk.path("report.html").is_file());
    types("schema");
    types("--help");
}
