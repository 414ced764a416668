//! The largest resident size of a program that ends at once.
//!
//! Linux keeps it in `/proc/PID/status` (`VmHWM`), which is gone with the process. So its standard output is a pipe that
//! is full already: it stands still at its first word, with all its work done.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::DevError;

/// What a pipe holds (pipe(7)): 16 pages.
const PIPE: usize = 64 * 1024;

/// Bytes, at the moment when the program begins to print.
///
/// # Errors
/// When it cannot be run, or this system does not tell.
pub(super) fn peak(binary: &Path, words: &[&str]) -> Result<u64, DevError> {
    let wrong = |err: std::io::Error| DevError::file(binary, &err);
    let (mut reader, mut writer) = std::io::pipe().map_err(wrong)?;
    writer.write_all(&vec![b'\n'; PIPE]).map_err(wrong)?;
    let mut child = Command::new(binary)
        .args(words)
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(Stdio::null())
        .spawn()
        .map_err(wrong)?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    let mut still = 0;
    let end = Instant::now() + Duration::from_secs(10);
    // Standing still is seen by the size not growing for a while.
    while still < 20 && Instant::now() < end {
        let now = std::fs::read_to_string(&status)
            .ok()
            .and_then(|text| high_water(&text));
        still = if now.is_some() && now == peak {
            still + 1
        } else {
            0
        };
        peak = now.or(peak);
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest).map_err(wrong)?;
    child.wait().map_err(wrong)?;
    peak.ok_or_else(|| {
        DevError::wrong(
            "this system does not tell how much memory a program takes (/proc/PID/status)",
        )
    })
}

/// `VmHWM` in bytes.
pub(super) fn high_water(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim()
        .strip_suffix(" kB")?
        .trim()
        .parse::<u64>()
        .ok()
        .map(|kilobytes| kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_read_in_bytes() {
        assert_eq!(
            high_water("VmPeak:\t  100 kB\nVmHWM:\t    12 kB\n"),
            Some(12 * 1024)
        );
        assert_eq!(high_water("nothing"), None);
    }
}
