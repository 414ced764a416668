//! The command line as a student types it, on recordings: both streams and the exit code, the environment scrubbed.
//!
//! No engine is asked: `DOCKER_HOST` names a socket that is not there.

#[path = "desk/mod.rs"]
mod desk;

use std::path::Path;

use desk::Desk;

impl Desk {
    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("inside")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// A copy of a recording.
    fn with_recording(self, lab: &str, name: &str) -> Self {
        self.write(&format!("{name}.json"), &recording(lab, name));
        self
    }

    /// What typing this shows, ready for a snapshot.
    fn shows(&self, typed: &str) -> String {
        self.shows_with(&[], typed)
    }

    fn shows_with(&self, env: &[(&str, &str)], typed: &str) -> String {
        let said = self.types(".", env, typed);
        let here = self.path(".");
        let set = env
            .iter()
            .map(|(name, value)| {
                let here = here.display().to_string();
                format!(
                    "{name}={} ",
                    value.replace(here.trim_end_matches("/."), "[DIR]")
                )
            })
            .collect::<Vec<_>>()
            .concat();
        let real = here.canonicalize().expect("it is there");
        let shown = |text: &str| {
            let text = text.replace(&real.display().to_string(), "[DIR]");
            text.replace('\u{1b}', "␛")
        };
        format!(
            "$ {set}labcheck {}\nexit code: {}\n----- standard output -----\n{}----- standard error -----\n{}",
            typed.escape_debug(),
            said.code
                .map_or_else(|| "none".into(), |code| code.to_string()),
            shown(&said.out),
            shown(&said.err)
        )
    }
}

fn recording(lab: &str, name: &str) -> String {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../recordings/{lab}/{name}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|err| panic!("{}: {err}", path.display()))
}

macro_rules! assert_shown {
    ($name:literal, $shown:expr) => {
        insta::with_settings!({ snapshot_path => "cli", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, $shown);
        })
    };
}

#[test]
fn help_tells_every_flag_and_every_exit_code() {
    let desk = Desk::new();
    assert_shown!("help", desk.shows("--help"));
    assert_shown!(
        "version",
        desk.shows("--version")
            .replace(env!("CARGO_PKG_VERSION"), "[VERSION]")
    );
}

#[test]
fn what_makes_no_sense_is_said_with_what_to_type() {
    let desk = Desk::new();
    assert_shown!("no-lab", desk.shows("--project shop"));
    assert_shown!("unknown-flag", desk.shows("v4 --replya x"));
    assert_shown!(
        "two-stacks-at-once",
        desk.shows("v4 --project a --containers b")
    );
    assert_shown!("record-and-replay", desk.shows("v4 --replay a --record b"));
    assert_shown!("route-without-path", desk.shows("v4 --route inserter"));
    assert_shown!(
        "route-without-slash",
        desk.shows("v4 --route inserter=register")
    );
    assert_shown!("route-near", desk.shows("v4 --route insreter=/register"));
    assert_shown!("route-far", desk.shows("v4 --route /admin=/x"));
    assert_shown!("entry-word", desk.shows("v4 --entry foo"));
    assert_shown!(
        "entry-other-scheme",
        desk.shows("v4 --entry ftp://localhost/")
    );
    assert_shown!("role-unknown", desk.shows("v4 --role cache=redis"));
    assert_shown!("role-without-container", desk.shows("v4 --role db="));
    assert_shown!("wait-too-long", desk.shows("v4 --wait 99999"));
    assert_shown!("folder-missing", desk.shows("v4 --folder nowhere"));
    assert_shown!("format-unknown", desk.shows("v4 --format yaml"));
}

#[test]
fn a_lab_in_capitals_is_the_lab() {
    let desk = Desk::new().with_recording("v4", "solution");
    let graded = |lab: &str| {
        let shown = desk.shows(&format!(
            "{lab} --replay solution.json --entry localhost:5000 --route fetch=/find"
        ));
        shown
            .split_once("exit code")
            .map(|(_, rest)| rest.to_owned())
    };
    assert_eq!(graded("V4"), graded("v4"));
    assert!(graded("V4").is_some_and(|shown| shown.starts_with(": 0")));
}

#[test]
fn an_unknown_lab_gets_the_nearest_or_the_list() {
    let desk = Desk::new();
    assert_shown!("lab-near", desk.shows("v44"));
    assert_shown!("lab-far", desk.shows("security"));
    assert_shown!("command-near", desk.shows("strat"));
    assert_shown!("command-near-and-more", desk.shows("strat v1 --yes"));
    assert_shown!("lab-hostile", desk.shows("\u{1b}[31mv4\u{202e}"));
}

#[test]
fn a_recording_is_graded_like_the_stack_it_is_of() {
    let desk = Desk::new()
        .with_recording("v4", "solution")
        .with_recording("v4", "app-still-root");
    assert_shown!("replay-passed", desk.shows("v4 --replay solution.json"));
    assert_shown!(
        "replay-failed",
        desk.shows("v4 --replay app-still-root.json")
    );
    assert_shown!(
        "replay-json",
        desk.shows("v4 --replay app-still-root.json --format json")
    );
}

#[test]
fn what_could_not_be_looked_at_ends_with_a_code_of_its_own() {
    let desk = Desk::new();
    let mut facts: serde_json::Value =
        serde_json::from_str(&recording("v4", "solution")).expect("JSON");
    facts["drive"] = serde_json::json!({ "unseen": "the page did not answer within 5 s" });
    desk.write("blind.json", &facts.to_string());
    assert_shown!("replay-unknown", desk.shows("v4 --replay blind.json"));
}

#[test]
fn a_recording_that_cannot_be_used_is_refused_in_one_line() {
    let desk = Desk::new().with_recording("v4", "solution");
    let good = recording("v4", "solution");
    desk.write("cut.json", &good[..good.len() / 2]);
    desk.write(
        "newer.json",
        &good.replacen("labcheck.facts/v1", "labcheck.facts/v9", 1),
    );
    desk.write(
        "edited.json",
        &good.replacen("\"restart_policy\"", "\"restart_polity\"", 1),
    );
    desk.write("other.json", "{ \"schema\": \"something else\" }");
    desk.write("empty.json", "");
    desk.write("text.json", "not a recording");
    std::fs::write(desk.path("bytes.json"), [0xff, 0xfe, 0x00]).expect("a file");
    assert_shown!("recording-cut", desk.shows("v4 --replay cut.json"));
    assert_shown!("recording-newer", desk.shows("v4 --replay newer.json"));
    assert_shown!("recording-edited", desk.shows("v4 --replay edited.json"));
    assert_shown!("recording-other", desk.shows("v4 --replay other.json"));
    assert_shown!("recording-empty", desk.shows("v4 --replay empty.json"));
    assert_shown!("recording-text", desk.shows("v4 --replay text.json"));
    assert_shown!("recording-bytes", desk.shows("v4 --replay bytes.json"));
    assert_shown!("recording-missing", desk.shows("v4 --replay nowhere.json"));
    assert_shown!("recording-folder", desk.shows("v4 --replay ."));
    assert_shown!(
        "recording-of-another-lab",
        desk.shows("v1 --replay solution.json")
    );
}

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
fn without_an_engine_it_says_where_it_looked() {
    let desk = Desk::new();
    assert_shown!("no-engine", desk.shows("v4"));
    assert_shown!("no-engine-json", desk.shows("v4 --format json"));
    assert_shown!(
        "engine-address-wrong",
        desk.shows_with(&[("DOCKER_HOST", "nonsense")], "v4")
    );
    assert_shown!(
        "engine-refuses",
        desk.shows_with(&[("DOCKER_HOST", "tcp://127.0.0.1:1")], "v4")
    );
    assert_shown!("record-without-engine", desk.shows("v4 --record out.json"));
    assert!(!desk.path("out.json").exists());
}

#[test]
fn every_command_says_the_same_about_an_engine_that_is_not_there() {
    let desk = Desk::new();
    desk.write("docker/config.json", r#"{ "currentContext": "desk" }"#);
    let meta =
        r#"{ "Name": "desk", "Endpoints": { "docker": { "Host": "unix:///nowhere/desk.sock" } } }"#;
    desk.write("docker/contexts/meta/abc/meta.json", meta);
    let said = |env: &[(&str, &str)], typed: &str| {
        let shown = desk.shows_with(env, typed);
        shown
            .split_once("exit code")
            .map(|(_, rest)| rest.to_owned())
    };
    for env in [
        ("DOCKER_HOST", "unix:///nowhere/docker.sock"),
        ("DOCKER_HOST", "tcp://127.0.0.1:1"),
        ("DOCKER_HOST", "nonsense"),
        ("DOCKER_HOST", "ssh://ada@desk"),
        ("DOCKER_CONTEXT", "gone"),
        ("DOCKER_CONTEXT", "desk"),
    ] {
        let host = if env.0 == "DOCKER_HOST" {
            ""
        } else {
            "DOCKER_HOST"
        };
        let env = [env, (host, "")];
        let env = &env[..if host.is_empty() { 1 } else { 2 }];
        let config = desk.path("docker").display().to_string();
        let env = [env, &[("DOCKER_CONFIG", config.as_str())]].concat();
        let graded = said(&env, "v4");
        assert_eq!(graded, said(&env, "images"), "{env:?}");
        assert!(
            graded.is_some_and(|said| said.starts_with(": 4") && !said.contains("hyper")),
            "{env:?}"
        );
    }
    let config = desk.path("docker").display().to_string();
    assert_shown!(
        "engine-of-a-context",
        desk.shows_with(
            &[("DOCKER_HOST", ""), ("DOCKER_CONFIG", config.as_str())],
            "images"
        )
    );
}

const LAB: &str = "lab: t1
title: A course of one's own
roles:
  app: { service: app }
checks:
  - id: t1-runs
    title: It runs
    points: 2
    core: true
    expect: { running: { role: app } }
    why: It has to.
    hints: [Start it.]
    chapter: t1.html#runs
  - id: t1-answers
    title: It answers
    points: 3
    after: [t1-runs]
    expect: { page: { role: app, path: /, status: 200 } }
    why: It has to.
    hints: [Ask it.]
    chapter: t1.html#answers
";

/// What a course with this lab file shows.
fn course(lab: &str) -> String {
    let desk = Desk::new();
    desk.write("course/t1/lab.yaml", lab);
    desk.shows("t1 --course course")
}

#[test]
fn a_course_of_ones_own_is_read_without_recompiling() {
    let desk = Desk::new();
    desk.write("course/t1/lab.yaml", LAB);
    let facts = recording("v1", "solution").replacen("\"lab\": \"v1\"", "\"lab\": \"t1\"", 1);
    desk.write("facts.json", &facts);
    assert_shown!(
        "own-course",
        desk.shows("t1 --course course --replay facts.json")
    );
    assert_shown!("own-course-other-lab", desk.shows("v1 --course course"));
}

#[test]
fn a_lab_file_that_is_wrong_is_named_with_line_and_column() {
    assert_shown!(
        "lab-file-typo",
        course(&LAB.replacen("points: 2", "pionts: 2", 1))
    );
    assert_shown!(
        "lab-file-unknown-kind",
        course(&LAB.replacen("running:", "runing:", 1))
    );
    assert_shown!(
        "lab-file-unknown-parameter",
        course(&LAB.replacen("{ role: app }", "{ rule: app }", 1))
    );
    assert_shown!(
        "lab-file-unknown-role",
        course(&LAB.replacen("{ role: app }", "{ role: ap }", 1))
    );
    assert_shown!(
        "lab-file-id-twice",
        course(
            &LAB.replace("t1-answers", "t1-runs")
                .replace("after: [t1-runs]\n    ", "")
        )
    );
    assert_shown!(
        "lab-file-circle",
        course(&LAB.replacen("core: true", "after: [t1-answers]", 1))
    );
    assert_shown!(
        "lab-file-missing-reference",
        course(&LAB.replacen("after: [t1-runs]", "after: [t1-run]", 1))
    );
    assert_shown!(
        "lab-file-no-points",
        course(&LAB.replacen("points: 2", "points: 0", 1))
    );
    assert_shown!(
        "lab-file-no-hints",
        course(&LAB.replacen("hints: [Start it.]", "hints: []", 1))
    );
    assert_shown!("lab-file-no-yaml", course("lab: [t1"));
    assert_shown!("lab-file-empty", course(""));
}

#[test]
fn a_course_that_is_not_there_is_said() {
    let desk = Desk::new();
    desk.write("empty/notes.txt", "");
    assert_shown!("course-missing", desk.shows("t1 --course nowhere"));
    assert_shown!("course-empty", desk.shows("t1 --course empty"));
}

#[test]
fn without_an_engine_nothing_is_started_stopped_or_carried() {
    let desk = Desk::new();
    desk.write("labs/v1/compose.yaml", "services: {}\n");
    desk.write("labs/v1/lab.yaml", "lab: v1\n");
    desk.write("set.tar", "");
    for typed in [
        "start v1 --yes",
        "start v1 --keep --folder labs/v1",
        "stop v1 --volumes",
        "stop v1 --folder labs/v1",
        "images --lab v4",
        "images build nginx --no-pull --again",
        "images export other.tar nginx:1.26 --force",
        "images import set.tar",
        "v4 --containers a,b --host shop.test --nonce spring26 --disruptive --wait 0",
        "v4 --record out.json --role db=a --route fetch=/find",
        "v1 --watch --poll",
    ] {
        let said = desk.types(".", &[], typed);
        assert_eq!((said.code, said.out.as_str()), (Some(4), ""), "{typed}");
        assert!(
            said.err.contains("there is no socket /nowhere/docker.sock"),
            "{typed}: {}",
            said.err
        );
    }
    assert!(!desk.path("other.tar").exists());
    assert_eq!(desk.types(".", &[], "images --lab v9").code, Some(2));
}

/// A desk on which lab V4 was graded from a stack that has a mistake in it.
fn after_a_grading() -> Desk {
    let desk = Desk::new();
    let data = desk.path(".local/share/labcheck/progress.sqlite");
    let keep = async {
        let store = labcheck::progress::Store::open(&data).await.expect("made");
        let kept = labcheck::progress::Kept {
            at: 1_700_000_000,
            outcome: labcheck_core::grade::Outcome::Failed,
            earned: 32,
            possible: 50,
            unsolved: vec!["v4-app-signs-in-as-itself".into()],
            ..labcheck::progress::Kept::default()
        };
        store.keep("v4", &kept).await.expect("kept");
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(keep);
    desk
}

#[test]
fn alone_it_tells_where_one_stands() {
    assert_shown!("nothing-typed", Desk::new().shows(""));
    let days = |text: String| {
        let words: Vec<&str> = text.split(' ').collect();
        let number = words.iter().position(|word| word.starts_with("days"));
        let number = number
            .map(|at| words[at - 1].to_owned())
            .unwrap_or_default();
        text.replace(&format!("{number} days"), "[N] days")
    };
    assert_shown!("nothing-typed-later", days(after_a_grading().shows("")));
}

#[test]
fn where_a_course_is_its_first_lab_is_next() {
    let desk = Desk::new();
    desk.write("course/labs/v1/lab.yaml", "lab: v1\n");
    assert!(desk.shows("").contains("next: cd course\n"));
    desk.write("labs/v1/lab.yaml", "lab: v1\n");
    assert!(desk.shows("").contains("next: labcheck start v1\n"));
}

#[test]
fn a_compose_file_that_is_no_yaml_is_told_with_its_line() {
    let desk = Desk::new();
    desk.write("compose.yaml", "services:\n  app:\n\timage: nginx:1.26\n");
    assert_shown!("compose-no-yaml", desk.shows("v1"));
}

#[test]
fn hints_come_one_by_one() {
    let desk = after_a_grading();
    assert_shown!("hint-first", desk.shows("hint v4"));
    assert_shown!("hint-second", desk.shows("hint v4"));
    assert_shown!("hint-last", desk.shows("hint v4"));
    assert_shown!("hint-named", desk.shows("hint v4 v3-db-healthy"));
    assert_shown!("hint-near", desk.shows("hint v4 v3-db-helthy"));
    assert_shown!("hint-not-graded", desk.shows("hint v1"));
    desk.write("course/t1/lab.yaml", LAB);
    let own = desk.types(".", &[], "hint t1 t1-answers --course course");
    assert!(own.out.contains("Ask it."), "{}{}", own.out, own.err);
    assert_shown!("hint-which", desk.shows("hint"));
    desk.write("lab.yaml", "lab: v4\n");
    assert!(desk.shows("hint").contains("hint 3 of 3"));
    let named = desk.shows("hint v3-db-healthy");
    assert!(named.contains("hint 2 of 3"), "{named}");
}

#[test]
fn where_no_lab_is_named_it_is_asked_for() {
    let desk = Desk::new();
    assert_shown!("stop-which", desk.shows("stop"));
    assert_shown!("reset-which", desk.shows("reset --yes"));
    assert_shown!("start-which", desk.shows("start"));
    assert!(desk.shows("diff").contains("exit code: 2"));
}

#[test]
fn progress_that_is_damaged_or_cannot_be_kept_is_said_and_stops_nothing() {
    let desk = Desk::new();
    desk.write(
        ".local/share/labcheck/progress.sqlite",
        &"no database at all ".repeat(100),
    );
    assert_shown!("progress-damaged", desk.shows("hint v4 v3-db-healthy"));
    let desk = Desk::new();
    desk.write(".local", "a file where a folder should be");
    assert_shown!("progress-no-place", desk.shows("hint v4 v3-db-healthy"));
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
fn shells_and_man_get_their_files() {
    let desk = Desk::new();
    for typed in ["completions bash", "completions zsh", "completions fish"] {
        let said = desk.types(".", &[], typed);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{typed}");
        // The shell itself reads it, where it is there.
        let shell = typed.split_once(' ').expect("two words").1;
        let path = desk.path(shell);
        std::fs::write(&path, &said.out).expect("written");
        let read = std::process::Command::new(shell)
            .arg("-n")
            .arg(&path)
            .output();
        if let Ok(read) = read {
            assert!(read.status.success() && read.stderr.is_empty(), "{read:?}");
        }
        assert!(said.out.contains("replay"), "{typed}");
    }
    assert!(desk.shows("man pages").contains("exit code: 0"));
    assert!(desk.path("pages/labcheck.1").is_file());
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
