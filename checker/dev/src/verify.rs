//! `cargo dev verify` (`cargo verify`): every check of the project, one after the other, the live engine included.
//!
//! It decides nothing itself: each step is a command that can be repeated by hand, and the line that reports a failure
//! says which. Stacks that add no red check to those of others are judged from recordings, but with `--include-ignored`.

use std::process::Stdio;
use std::time::Instant;

use tokio::process::Command;

use crate::{DevError, Root, advisories};
use labcheck::setup::{self, Say};
use labcheck_core::error::Error;

/// A step that is a command.
struct Step {
    what: &'static str,
    program: Program,
    words: &'static [&'static str],
}

enum Program {
    /// Cargo itself.
    Cargo,
    /// This program: `cargo dev` without building it again.
    Dev,
}

/// The tests; every stack is started where `all` is asked for.
const fn tests(all: bool) -> Step {
    Step {
        what: "tests, live stacks included",
        program: Program::Cargo,
        words: if all {
            &["test", "--workspace", "--", "--include-ignored"]
        } else {
            &["test", "--workspace"]
        },
    }
}

const STEPS: [Step; 3] = [
    Step {
        what: "formatting",
        program: Program::Cargo,
        words: &["fmt", "--all", "--check"],
    },
    Step {
        what: "lints",
        program: Program::Cargo,
        words: &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    },
    Step {
        what: "starters, books and lock files in step",
        program: Program::Dev,
        words: &["check"],
    },
];

/// How many commands there are, the tests included.
const COMMANDS: usize = STEPS.len() + 1;

/// Steps that come before the commands: set-up, and known faults of dependencies.
const SET_UPS: usize = 6;

/// Runs everything; stops at the first failure. With `all`, every stack on disk is started.
///
/// # Errors
/// What set-up could not do, or [`DevError::Wrong`] naming the step and the command that repeats it.
pub(super) async fn run(all: bool) -> Result<(), Error> {
    let root = Root::find()?;
    let say = Say::new();
    let mut course = Course::new(say);
    let engine = setup::ensure_engine(say).await?;
    course.passed(&format!("engine {}", engine.about.version));
    setup::images(&engine, None, say).await?;
    course.passed("images");
    setup::uikit(&root.join("app"), say).await?;
    course.passed("UIkit");
    let chromium = setup::chromium(say).await?;
    course.passed(&format!("{}", chromium.display()));
    let xmllint = setup::xmllint(say).await?;
    course.passed(&format!("{}", xmllint.display()));
    course.passed(advisories::ask(&root, say).await?);
    for step in STEPS.iter().chain([&tests(all)]) {
        let shown = step.command_line();
        say.line(&format!("verify: {} (`{shown}`) …", step.what));
        let mut command = step.command();
        command.current_dir(root.path()).stdin(Stdio::null());
        if let Some(path) = engine.cli.path() {
            command.env("PATH", path);
        }
        let status = command.status().await.map_err(|err| DevError::Wrong {
            what: format!("verify: {}: `{shown}` could not be run: {err}", step.what),
            help: Some("install the Rust toolchain with rustfmt and clippy".into()),
        })?;
        if !status.success() {
            return Err(DevError::Wrong {
                what: format!("verify: {} failed ({status})", step.what),
                help: Some(format!("repeat it with `{shown}`")),
            }
            .into());
        }
        course.passed(step.what);
    }
    say.line(&format!("verify: all {} steps passed", SET_UPS + COMMANDS));
    Ok(())
}

impl Step {
    fn command(&self) -> Command {
        let mut command = match self.program {
            Program::Cargo => {
                Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            }
            Program::Dev => {
                let this = std::env::current_exe();
                Command::new(this.map_or_else(
                    |_| "labcheck-dev".into(),
                    std::path::PathBuf::into_os_string,
                ))
            }
        };
        command.args(self.words);
        command
    }

    /// As a person would type it in the repository.
    fn command_line(&self) -> String {
        let program = match self.program {
            Program::Cargo => "cargo",
            Program::Dev => "cargo dev",
        };
        format!("{program} {}", self.words.join(" "))
    }
}

/// Counts and times the steps.
struct Course {
    say: Say,
    done: usize,
    since: Instant,
}

impl Course {
    fn new(say: Say) -> Self {
        Self {
            say,
            done: 0,
            since: Instant::now(),
        }
    }

    fn passed(&mut self, what: &str) {
        self.done += 1;
        let seconds = self.since.elapsed().as_secs_f64();
        self.say.line(&format!(
            "verify: {}/{} passed: {what} ({seconds:.1} s)",
            self.done,
            SET_UPS + COMMANDS
        ));
        self.since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_can_be_repeated_as_it_is_shown() {
        for step in STEPS.iter().chain(&[tests(false), tests(true)]) {
            let command = step.command();
            let words: Vec<_> = command
                .as_std()
                .get_args()
                .map(|word| word.to_string_lossy())
                .collect();
            assert!(
                step.command_line().ends_with(&words.join(" ")),
                "{}",
                step.command_line()
            );
        }
    }
}
