//! Runs another program, shows its last line as progress, and keeps enough of its output to say what went wrong.

use std::collections::VecDeque;
use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc;

use super::error::{SetupError, words};
use super::say::{Say, Step};

/// Lines kept for the error.
const KEPT: usize = 200;
/// Longest piece taken as one line, in bytes.
const LONGEST: u64 = 16 * 1024;

/// How a program ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// Whether its exit code was 0.
    pub(super) well: bool,
    /// The last lines it wrote, to either stream.
    pub(super) tail: VecDeque<String>,
}

impl Ended {
    /// The line that tells most about a failure: the last one that speaks of an error, else the last one.
    pub(super) fn gist(&self) -> String {
        gist(self.tail.iter().map(String::as_str))
    }

    /// Whether the program ran out of disk.
    pub(super) fn disk_full(&self) -> bool {
        self.tail
            .iter()
            .any(|line| super::error::means_disk_full(line))
    }
}

/// Runs a program to its end; each line of its output becomes the step's present state and goes to the log.
///
/// # Errors
/// [`SetupError::Tool`] when the program cannot be started, [`SetupError::File`] when the log cannot be written.
pub(super) async fn run(
    command: &mut Command,
    doing: &str,
    step: &mut Step,
    log: Option<&Path>,
) -> Result<Ended, SetupError> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|err| cannot_start(command, doing, &err))?;
    let (send, mut lines) = mpsc::channel(64);
    let out = child
        .stdout
        .take()
        .map(|pipe| tokio::spawn(forward(pipe, send.clone())));
    let err = child
        .stderr
        .take()
        .map(|pipe| tokio::spawn(forward(pipe, send)));
    let mut log = log.map(Log::create).transpose()?;
    let mut tail = VecDeque::with_capacity(KEPT);
    while let Some(line) = lines.recv().await {
        if let Some(log) = &mut log {
            log.write(&line)?;
        }
        step.now(&line);
        if tail.len() == KEPT {
            tail.pop_front();
        }
        tail.push_back(line);
    }
    for reader in [out, err].into_iter().flatten() {
        let _ = reader.await;
    }
    let status = child
        .wait()
        .await
        .map_err(|err| cannot_start(command, doing, &err))?;
    Ok(Ended {
        well: status.success(),
        tail,
    })
}

/// Runs a program that has to end well, as a step of its own.
///
/// # Errors
/// [`SetupError::Tool`] with the line that tells most, and what to do about it.
pub(crate) async fn tool(
    command: &mut Command,
    doing: &str,
    help: &str,
    say: Say,
) -> Result<(), SetupError> {
    let mut step = say.step(doing);
    let ended = run(command, doing, &mut step, None).await?;
    if ended.well {
        step.done("done");
        return Ok(());
    }
    Err(SetupError::Tool {
        doing: doing.to_owned(),
        why: ended.gist(),
        help: help.to_owned(),
    })
}

/// Runs a program that answers at once and gives what it printed, or `None` when it failed or is not there.
pub(crate) async fn ask(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

async fn forward(pipe: impl AsyncRead + Unpin, send: mpsc::Sender<String>) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut pipe).take(LONGEST).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                if send.send(text).await.is_err() {
                    return;
                }
            }
        }
    }
}

fn cannot_start(command: &Command, doing: &str, err: &std::io::Error) -> SetupError {
    let program = command
        .as_std()
        .get_program()
        .to_string_lossy()
        .into_owned();
    SetupError::Tool {
        doing: doing.to_owned(),
        why: format!("`{program}` could not be run: {}", words(&err.to_string())),
        help: format!("install `{program}`, or put it on PATH"),
    }
}

fn gist<'t>(lines: impl DoubleEndedIterator<Item = &'t str> + Clone) -> String {
    let said = |line: &&str| !line.trim().is_empty();
    let telling = lines.clone().rev().find(|line| {
        let line = line
            .trim_start_matches(|c: char| c == '#' || c == '.' || c.is_ascii_digit() || c == ' ');
        let lower = line.to_ascii_lowercase();
        line.starts_with("E: ")
            || lower.starts_with("error")
            || lower.contains(" error:")
            || lower.contains("err! ")
    });
    words(
        telling
            .or_else(|| lines.rev().find(said))
            .unwrap_or("it said nothing"),
    )
}

/// The whole output, kept in a file.
struct Log<'p> {
    path: &'p Path,
    file: std::io::BufWriter<std::fs::File>,
}

impl<'p> Log<'p> {
    fn create(path: &'p Path) -> Result<Self, SetupError> {
        std::fs::File::create(path)
            .map(|file| Self {
                path,
                file: std::io::BufWriter::new(file),
            })
            .map_err(|err| SetupError::file(path, "written", &err))
    }

    fn write(&mut self, line: &str) -> Result<(), SetupError> {
        use std::io::Write as _;
        writeln!(self.file, "{line}").map_err(|err| SetupError::file(self.path, "written", &err))
    }
}

#[cfg(test)]
mod tests {
    use super::gist;

    #[test]
    fn the_telling_line_is_found() {
        let apt = [
            "Reading package lists...",
            "E: Unable to locate package x",
            "",
            "done",
        ];
        assert_eq!(gist(apt.into_iter()), "E: Unable to locate package x");
        let bake = [
            "#12 ERROR: process did not complete",
            "------",
            "ERROR: failed to solve: y",
            "",
        ];
        assert_eq!(gist(bake.into_iter()), "ERROR: failed to solve: y");
        assert_eq!(gist(["only this", " "].into_iter()), "only this");
        assert_eq!(gist([].into_iter()), "it said nothing");
    }
}
