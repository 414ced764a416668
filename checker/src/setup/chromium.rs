//! A Chromium for looking at pages as a person would.

use std::path::PathBuf;

use super::error::SetupError;
use super::say::Say;
use super::{apt, host};

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Finds a Chromium, or installs the distribution's where that is ours to do.
///
/// # Errors
/// [`SetupError::Tool`] when there is none and none can be installed here.
pub async fn ensure(say: Say) -> Result<PathBuf, SetupError> {
    if let Some(found) = host::find(&NAMES) {
        return Ok(found);
    }
    if apt::possible() {
        apt::install(&["chromium"], say).await?;
    }
    host::find(&NAMES).ok_or_else(|| SetupError::Tool {
        doing: "looking for Chromium".into(),
        why: format!("none of {} is on PATH", NAMES.join(", ")),
        help: "install Chromium or Chrome from your system's packages".into(),
    })
}
