//! What a command printed, for the program and not for the student.

use tokio::process::Command;

use labcheck_core::text::{clean, cut, say};

/// What a program printed that ended well.
pub(super) struct Printed {
    /// Its answer: the standard output.
    pub(super) answer: String,
    /// What it wrote beside that: the standard error.
    pub(super) beside: String,
}

/// What a program answered, or the line of its complaint that tells most.
pub(super) async fn said(command: &mut Command) -> Result<String, String> {
    printed(command).await.map(|printed| printed.answer)
}

/// What a program printed, or the line of its complaint that tells most.
pub(super) async fn printed(command: &mut Command) -> Result<Printed, String> {
    let out = command
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|err| err.to_string())?;
    if out.status.success() {
        return Ok(Printed {
            answer: String::from_utf8_lossy(&out.stdout).into_owned(),
            beside: String::from_utf8_lossy(&out.stderr).into_owned(),
        });
    }
    let words = String::from_utf8_lossy(&out.stderr);
    let last = words.lines().rev().find(|line| !line.trim().is_empty());
    Err(cut(&clean(last.unwrap_or(say!("it said nothing"))), 300))
}
