//! Repeated measurements and what is said of them.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::DevError;
use labcheck_core::exit::Exit;

/// What repeated runs took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    /// The middle one.
    pub(super) median: Duration,
    /// Nineteen of twenty took at most this long.
    pub(super) p95: Duration,
    /// How many there were.
    pub(super) runs: usize,
}

impl Times {
    /// Sums up; of nothing it is zero.
    pub(super) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            times
                .get((times.len() * percent).div_ceil(100).max(1) - 1)
                .copied()
                .unwrap_or_default()
        };
        Self {
            median: at(50),
            p95: at(95),
            runs: times.len(),
        }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "median {}, 95th percentile {} ({} runs)",
            ms(self.median),
            ms(self.p95),
            self.runs
        )
    }
}

/// Does something over and over.
pub(super) fn times(
    runs: u16,
    mut one: impl FnMut() -> Result<Duration, DevError>,
) -> Result<Times, DevError> {
    let all: Result<Vec<Duration>, DevError> = (0..runs).map(|_| one()).collect();
    all.map(Times::of)
}

/// Runs a grading to its end; whatever the grade is, it has to be one.
pub(super) fn grade(binary: &Path, words: &[&str]) -> Result<Duration, DevError> {
    let started = Instant::now();
    let out = Command::new(binary)
        .args(words)
        .stdin(Stdio::null())
        .output();
    let took = started.elapsed();
    let out = out.map_err(|err| DevError::file(binary, &err))?;
    let graded = [Exit::Passed, Exit::Failed, Exit::Unknown].map(|exit| i32::from(exit.code()));
    if out.status.code().is_some_and(|code| graded.contains(&code)) {
        return Ok(took);
    }
    Err(DevError::wrong(format!(
        "`labcheck {}` could not grade: {}",
        words.join(" "),
        String::from_utf8_lossy(&out.stderr).trim()
    )))
}

/// Runs a command around the grade to its end, with progress of its own kept in a folder for the while.
pub(super) fn comfort(binary: &Path, words: &[&str]) -> Result<Duration, DevError> {
    let data = std::env::temp_dir().join(format!("labcheck-bench-{}", std::process::id()));
    let started = Instant::now();
    let out = Command::new(binary)
        .args(words)
        .env("LABCHECK_DATA", &data)
        .stdin(Stdio::null())
        .output();
    let took = started.elapsed();
    let out = out.map_err(|err| DevError::file(binary, &err))?;
    let _ = std::fs::remove_dir_all(&data);
    if out.status.success() {
        return Ok(took);
    }
    Err(DevError::wrong(format!(
        "`labcheck {}`: {}",
        words.join(" "),
        String::from_utf8_lossy(&out.stderr).trim()
    )))
}

/// Milliseconds with one decimal.
pub(super) fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

pub(super) fn mebibytes(bytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a figure with one decimal")]
    let bytes = bytes as f64;
    bytes / (1024.0 * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middle_and_late_ones_are_found() {
        let of = |ms: &[u64]| Times::of(ms.iter().map(|ms| Duration::from_millis(*ms)).collect());
        assert_eq!(of(&[]).median, Duration::ZERO);
        assert_eq!(of(&[3, 1, 2]).median, Duration::from_millis(2));
        let twenty: Vec<u64> = (1..=20).collect();
        assert_eq!(
            (of(&twenty).median, of(&twenty).p95),
            (Duration::from_millis(10), Duration::from_millis(19))
        );
    }
}
