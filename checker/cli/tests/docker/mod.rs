//! The `docker` command for tests that start things themselves.

use std::process::Stdio;

use labcheck_engine::command::DockerCommand;

/// How the name of every run begins; it is the value of the label `labcheck.test`.
pub(crate) const RUN_PREFIX: &str = "labtest-";

/// Runs `docker` to its end and gives its standard output.
///
/// # Errors
/// What it said on standard error.
pub(crate) fn ask(words: &[&str]) -> Result<String, String> {
    let mut command = DockerCommand::of_process().command().into_std();
    command
        .args(words)
        .env("COMPOSE_ANSI", "never")
        .env("BUILDKIT_PROGRESS", "plain")
        .env("COMPOSE_PROGRESS", "quiet");
    let out = command.stdin(Stdio::null()).output();
    let out = out.map_err(|err| err.to_string())?;
    if out.status.success() {
        return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
    }
    Err(String::from_utf8_lossy(&out.stderr).into_owned())
}

/// Whether an engine and Compose answer.
pub(crate) fn there() -> bool {
    ask(&["version", "--format", "{{.Server.Version}}"]).is_ok()
        && ask(&["compose", "version"]).is_ok()
}
