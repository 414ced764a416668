//! The stacks on disk on a real engine: started, graded, compared with what is declared, taken down.
//!
//! One test a solution, starter, named mistake and foreign stack. Without a filter the mistakes that add no red check to those
//! of others are ignored (`stack/cover.rs`); `--include-ignored` starts them too, and a filter starts whatever it names. With
//! `LABCHECK_RECORD=1` what was seen is written to `tests/recordings/`. Where no engine can be had the run says so and
//! counts the tests as ignored; with `CI=true` that is a failure.

mod book;
mod expect;
mod graded;
mod lanes;
mod recording;
mod stacks;
mod watched;

#[path = "../../../cli/tests/book/shell.rs"]
mod shell;
#[expect(
    dead_code,
    reason = "the tests of watching on a fake engine use the rest"
)]
#[path = "../../../cli/tests/terminal/mod.rs"]
mod terminal;

use std::process::ExitCode;

use labcheck_dev::Root;
use labcheck_dev::stack::{Case, Docker, each_time};
use libtest_mimic::{Arguments, Failed, Trial};

/// The program with the words that come before all others: `cargo dev labcheck` is `labcheck` built with the tools.
pub(crate) const PROGRAM: &[&str] = &[env!("CARGO_BIN_EXE_labcheck-dev"), "labcheck"];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(lanes::count());
    let root =
        match std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize() {
            Ok(path) => Root::at(path),
            Err(err) => return fail(&format!("the repository: {err}")),
        };
    let cases = match Case::all(&root) {
        Ok(cases) => cases,
        Err(err) => return fail(&err.to_string()),
    };
    let there = if arguments.list {
        Ok(String::new())
    } else {
        Docker::there()
    };
    if let (Err(why), Some(true)) = (&there, std::env::var_os("CI").map(|ci| ci == "true")) {
        return fail(&format!(
            "no engine to start stacks on ({why}); CI has to have one"
        ));
    }
    match &there {
        Err(why) => say(&format!(
            "live stacks: no engine can be had ({why}); {} tests are ignored",
            cases.len()
        )),
        Ok(_) if arguments.list => {}
        Ok(_) => stacks::watch_for_signals(),
    }
    let each_time = each_time(&cases);
    let named = arguments.filter.is_some();
    let all = arguments.include_ignored || arguments.ignored;
    if there.is_ok() && !arguments.list && !named && !all {
        say(&format!(
            "live stacks: {} of {} are started, each check is red in one of them; `-- --include-ignored` starts all",
            each_time.len(),
            cases.len()
        ));
    }
    let trials = cases.into_iter().enumerate().map(|(place, case)| {
        let root = root.clone();
        let name = format!("{}/{}", case.lab_name(), case.name());
        let run = move || stacks::try_out(&root, &case).map_err(Failed::from);
        Trial::test(name, run)
            .with_kind("stack")
            .with_ignored_flag(there.is_err() || !(named || each_time.contains(&place)))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn fail(what: &str) -> ExitCode {
    say(&format!("error: {what}"));
    ExitCode::FAILURE
}

#[expect(
    clippy::print_stderr,
    reason = "a test binary talks to the person who started it"
)]
fn say(what: &str) {
    eprintln!("{what}");
}
