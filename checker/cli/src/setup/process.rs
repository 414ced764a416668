//! Runs another program, shows its last line as progress, and keeps enough of its output to say what went wrong.

use std::collections::VecDeque;
use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc;

use super::build_step;
use super::error::{SetupError, words};
use super::progress::{Say, Step};

/// Lines kept for the error.
const KEPT: usize = 200;
/// Longest piece taken as one line, in bytes.
const LONGEST: u64 = 16 * 1024;

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Whether its exit code was 0.
    pub(crate) well: bool,
    /// The last lines it wrote, to either stream.
    pub(crate) tail: VecDeque<String>,
}

impl Ended {
    /// The line that tells most about a failure: the last one that speaks of an error, else the last one.
    pub(crate) fn gist(&self) -> String {
        gist(self.tail.iter().map(String::as_str))
    }

    /// Whether the program ran out of disk.
    pub(crate) fn disk_full(&self) -> bool {
        self.tail
            .iter()
            .any(|line| labcheck_engine::error::means_disk_full(line))
    }
}

/// Runs a program to its end; each line of its output becomes the step's present state and goes to the log.
///
/// # Errors
/// [`SetupError::Tool`] when the program cannot be started, [`SetupError::File`] when the log cannot be written.
pub(crate) async fn run(
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
pub async fn tool(
    command: &mut Command,
    doing: &str,
    help: &str,
    say: Say,
) -> Result<(), SetupError> {
    tool_to(command, doing, help, say, "done").await
}

/// The same, with a word for what was reached.
///
/// # Errors
/// As [`tool`].
pub async fn tool_to(
    command: &mut Command,
    doing: &str,
    help: &str,
    say: Say,
    outcome: &str,
) -> Result<(), SetupError> {
    let mut step = say.step(doing);
    let ended = run(command, doing, &mut step, None).await?;
    if ended.well {
        step.done(outcome);
        return Ok(());
    }
    Err(SetupError::Tool {
        doing: doing.to_owned(),
        why: ended.gist(),
        help: help.to_owned(),
    })
}

/// Runs a program that answers at once and gives what it printed, or `None` when it failed or is not there.
pub async fn ask(command: &mut Command) -> Option<String> {
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

/// Whether a program that fetches does not know who signed the other side's certificate: cargo, curl, npm, pip, Go.
pub fn means_untrusted(text: &str) -> bool {
    const SIGNS: [&str; 7] = [
        "ssl certificate problem",
        "self-signed certificate",
        "self signed certificate",
        "unable to get local issuer certificate",
        "certificate verify failed",
        "certificate signed by unknown authority",
        "invalid peer certificate",
    ];
    let lower = text.to_ascii_lowercase();
    SIGNS.iter().any(|sign| lower.contains(sign))
}

/// A line of a build without the builder's own marks in front: the number of the step, the service, the seconds.
fn unmarked(line: &str) -> &str {
    let rest = line.strip_prefix('#').map_or(line, |rest| {
        rest.trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start()
    });
    let behind = rest.split_once(' ').filter(|(seconds, _)| {
        seconds.contains('.') && seconds.chars().all(|c| c == '.' || c.is_ascii_digit())
    });
    behind.map_or(rest, |(_, behind)| behind)
}

fn gist<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    let built: Vec<&str> = lines.map(unmarked).collect();
    let first = labcheck_core::text::first_error(&built);
    if let Some(tls) = built.iter().find(|line| means_untrusted(line)) {
        let error = first.map_or_else(String::new, |(error, _)| format!("{error}: "));
        return words(&format!("{error}{}", tls.trim()));
    }
    if let Some((error, Some(place))) = first {
        return words(&format!("{error} {place}"));
    }
    if let Some((instruction, why)) = build_step::failed(&built) {
        return words(&format!("{why} (in `{instruction}`)"));
    }
    let said = |line: &&&str| !line.trim().is_empty();
    let telling = built.iter().rev().find(|line| {
        let lower = line.to_ascii_lowercase();
        line.starts_with("E: ")
            || lower.starts_with("error")
            || lower.contains(" error:")
            || lower.contains("err! ")
    });
    words(
        telling
            .or_else(|| built.iter().rev().find(said))
            .copied()
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
        let compiler = [
            "#15 31.2 error[E0425]: cannot find value `x`",
            "#15 31.2   --> src/main.rs:3:5",
            "#15 31.3 error: could not compile `inventory` (bin) due to 1 previous error",
            "#15 ERROR: process \"/bin/sh -c cargo build\" did not complete",
            "failed to solve: process did not complete",
        ];
        assert_eq!(
            gist(compiler.into_iter()),
            "error[E0425]: cannot find value `x` --> src/main.rs:3:5"
        );
        let tls = [
            "#15 2.1 error: failed to get `axum` as a dependency of package `inventory v0.1.0 (/app)`",
            "#15 2.1   [60] SSL peer certificate or SSH remote key was not OK (SSL certificate problem: self-signed certificate in certificate chain)",
            "failed to solve: process did not complete",
        ];
        let tls = gist(tls.into_iter());
        assert!(tls.starts_with("error: failed to get `axum`"), "{tls}");
        assert!(super::means_untrusted(&tls), "{tls}");
        let step = [
            "#6 0.126 /bin/sh: 1: nosuch: not found",
            "------",
            " > [app 3/3] RUN nosuch --flag:",
            "0.126 /bin/sh: 1: nosuch: not found",
            "------",
            "failed to solve: process \"/bin/sh -c nosuch --flag\" did not complete successfully: exit code: 127",
        ];
        assert_eq!(
            gist(step.into_iter()),
            "/bin/sh: 1: nosuch: not found (in `RUN nosuch --flag`)"
        );
        assert_eq!(gist(["only this", " "].into_iter()), "only this");
        assert_eq!(gist([].into_iter()), "it said nothing");
    }
}
