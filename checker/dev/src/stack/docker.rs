//! The `docker` command, and clearing away by label.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{DevError, root};
use labcheck_core::facts::labels;
use labcheck_engine::command::DockerCommand;

/// The label of everything a test starts; its value is the run's name.
pub const LABEL: &str = labels::TEST;
/// How the name of every run begins; only what bears it is ever cleared away.
pub const RUN_PREFIX: &str = "labtest-";

/// The command line of an engine.
#[derive(Debug)]
pub enum Docker {}

impl Docker {
    /// The engine's version.
    ///
    /// # Errors
    /// Why there is none, in one line: no `docker` command, no Compose, no engine.
    pub fn there() -> Result<String, String> {
        let line = |err: DevError| {
            err.to_string()
                .lines()
                .last()
                .unwrap_or_default()
                .to_owned()
        };
        let version = Self::ask(&["version", "--format", "{{.Server.Version}}"]).map_err(line)?;
        Self::ask(&["compose", "version"]).map_err(line)?;
        Ok(version.trim().to_owned())
    }

    /// Runs `docker` to its end and gives its standard output.
    pub fn ask(args: &[&str]) -> Result<String, DevError> {
        root::run(Self::command().args(args))
    }

    /// `docker`, ready for arguments.
    pub(super) fn command() -> Command {
        let mut command = DockerCommand::of_process().command().into_std();
        command
            .env("COMPOSE_ANSI", "never")
            .env("BUILDKIT_PROGRESS", "plain")
            .env("COMPOSE_PROGRESS", "quiet");
        command
    }

    /// Clears away what runs left on the engine: everything whose label says a test's name, or one run alone.
    pub fn sweep(run: Option<&str>) -> Result<Vec<String>, DevError> {
        let filter = run.map_or_else(
            || format!("label={LABEL}"),
            |run| format!("label={LABEL}={run}"),
        );
        let format = |name: &str| format!("{{{{.{name}}}}} {{{{.Label \"{LABEL}\"}}}}");
        let mut gone = Vec::new();
        let kinds: [(&[&str], &str, &[&str]); 3] = [
            (&["ps", "--all"], "Names", &["rm", "--force", "--volumes"]),
            (&["network", "ls"], "Name", &["network", "rm"]),
            (&["volume", "ls"], "Name", &["volume", "rm"]),
        ];
        for (list, name, remove) in kinds {
            let rows =
                Self::ask(&[list, &["--filter", &filter, "--format", &format(name)]].concat())?;
            for row in rows.lines() {
                let Some((name, run)) = row.split_once(' ') else {
                    continue;
                };
                if run.starts_with(RUN_PREFIX) {
                    Self::ask(&[remove, &[name]].concat())?;
                    gone.push(name.to_owned());
                }
            }
        }
        Ok(gone)
    }
}

/// Runs a program with its output in a file, for at most `limit`; gives whether it ended well in time.
pub(super) fn run_for(
    command: &mut Command,
    log: &Path,
    limit: Duration,
) -> Result<bool, DevError> {
    let wrong = |err: std::io::Error| DevError::file(log, &err);
    let out = std::fs::File::options()
        .create(true)
        .append(true)
        .open(log)
        .map_err(wrong)?;
    let both = out.try_clone().map_err(wrong)?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(both)
        .spawn()
        .map_err(|err| DevError::Command {
            command: command.get_program().to_string_lossy().into_owned(),
            how: format!("could not be run: {err}"),
        })?;
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().map_err(wrong)? {
            return Ok(status.success());
        }
        if Instant::now() > end {
            let _ = child.kill();
            let _ = child.wait();
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The folder and files of a run: `target/stacks/RUN`, and the log beside it.
#[derive(Debug, Clone)]
pub(super) struct StackPaths {
    /// The stack's own folder.
    pub(super) folder: PathBuf,
    /// The compose override, in the folder, as no file outside of it is read.
    pub(super) override_file: PathBuf,
    /// What starting and stopping printed.
    pub(super) log: PathBuf,
}

impl StackPaths {
    pub(super) fn new(root: &crate::Root, run: &str) -> Self {
        let stacks = root.join("target/stacks");
        Self {
            folder: stacks.join(run),
            override_file: stacks.join(run).join(format!("{run}.beside.json")),
            log: stacks.join(format!("{run}.log")),
        }
    }
}
