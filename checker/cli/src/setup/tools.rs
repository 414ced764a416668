//! Programs of the system that the project's own checks call: a Chromium for looking at pages as a person would, and a
//! reader of XML schemas.

use std::path::PathBuf;

use super::apt;
use super::error::SetupError;
use super::progress::Say;
use labcheck_engine::host;

const CHROMIUM: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Finds a Chromium, or installs the distribution's where that is ours to do.
///
/// # Errors
/// [`SetupError::Tool`] when there is none and none can be installed here.
pub async fn chromium(say: Say) -> Result<PathBuf, SetupError> {
    tool("Chromium", &CHROMIUM, "chromium", say).await
}

/// Finds xmllint of libxml2, or installs it where that is ours to do.
///
/// # Errors
/// [`SetupError::Tool`] when it is not there and cannot be installed here.
pub async fn xmllint(say: Say) -> Result<PathBuf, SetupError> {
    tool("xmllint", &["xmllint"], "libxml2-utils", say).await
}

async fn tool(what: &str, names: &[&str], package: &str, say: Say) -> Result<PathBuf, SetupError> {
    if let Some(found) = host::find(names) {
        return Ok(found);
    }
    if apt::possible() {
        apt::install(&[package], say).await?;
    }
    host::find(names).ok_or_else(|| SetupError::Tool {
        doing: format!("looking for {what}"),
        why: format!("none of {} is on PATH", names.join(", ")),
        help: format!("install {what} from your system's packages; Debian's is called {package}"),
    })
}
