//! Recorded facts instead of a live engine.

use std::path::{Path, PathBuf};

use crate::{Observer, ProbeError, Progress};
use labcheck_core::facts::{Facts, SCHEMA};
use labcheck_core::grade::Plan;

/// A recording on disk.
#[derive(Debug, Clone)]
pub struct Replay {
    path: PathBuf,
}

/// A recording larger than this is refused before it is read.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

impl Replay {
    /// A recording at a path; nothing is read yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Reads and checks the recording.
    ///
    /// # Errors
    /// [`ProbeError::Recording`] when it cannot be read, is cut, or is of another version.
    pub fn read(&self) -> Result<Facts, ProbeError> {
        const GIVE: &str = "give the path of a file made with --record";
        let unread = |err: std::io::Error| self.wrong(err.to_string(), GIVE);
        // A pipe or a device may never end, or not begin.
        let about = std::fs::metadata(&self.path).map_err(unread)?;
        if !about.is_file() && !about.is_dir() {
            return Err(self.wrong("it is no file", GIVE));
        }
        let size = about.len();
        if size > MOST_BYTES {
            let why = format!("{size} bytes is too much for a recording");
            return Err(self.wrong(why, GIVE));
        }
        let text = std::fs::read_to_string(&self.path).map_err(unread)?;
        parse(&text).map_err(|(why, help)| self.wrong(why, help))
    }

    fn wrong(&self, why: impl Into<String>, help: impl Into<String>) -> ProbeError {
        ProbeError::Recording {
            path: printable(&self.path),
            why: why.into(),
            help: help.into(),
        }
    }
}

fn printable(path: &Path) -> PathBuf {
    PathBuf::from(labcheck_core::text::clean(&path.display().to_string()))
}

/// Facts from the text of a recording.
///
/// # Errors
/// What is wrong, and what to do about it.
pub(crate) fn parse(text: &str) -> Result<Facts, (String, &'static str)> {
    const AGAIN: &str = "record it again with `labcheck LAB --record FILE`";
    #[derive(serde::Deserialize)]
    struct Head {
        schema: Option<String>,
    }
    let head: Head = serde_json::from_str(text).map_err(|err| {
        let cut = err.is_eof();
        (
            if cut {
                "the recording is cut short".to_owned()
            } else {
                format!("not a recording: {err}")
            },
            AGAIN,
        )
    })?;
    match head.schema.as_deref() {
        Some(SCHEMA) => {}
        Some(other) if other.starts_with("labcheck.facts/") => {
            return Err((
                format!(
                    "its format is `{}`; this labcheck reads `{SCHEMA}`",
                    labcheck_core::text::clean(other)
                ),
                "use the labcheck that made it, or a newer one",
            ));
        }
        _ => {
            return Err((
                "not a recording: it does not say `labcheck.facts/…`".into(),
                AGAIN,
            ));
        }
    }
    let cleaned = serde_json::from_str(text).map(labcheck_core::text::clean_json);
    cleaned.and_then(serde_json::from_value).map_err(|err| {
        (
            format!(
                "the recording was edited or damaged: {}",
                labcheck_core::text::cut(&labcheck_core::text::clean(&err.to_string()), 200)
            ),
            AGAIN,
        )
    })
}

impl Observer for Replay {
    async fn observe(&self, _plan: &Plan, _progress: &dyn Progress) -> Result<Facts, ProbeError> {
        self.read()
    }
}
