//! What is typed: help, flags and words that make no sense, labs that are not there, files for shells and man.

use super::desk::Desk;

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
fn where_no_lab_is_named_it_is_asked_for() {
    let desk = Desk::new();
    assert_shown!("stop-which", desk.shows("stop"));
    assert_shown!("reset-which", desk.shows("reset --yes"));
    assert_shown!("start-which", desk.shows("start"));
    assert!(desk.shows("diff").contains("exit code: 2"));
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
