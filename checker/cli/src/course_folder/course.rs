//! The course's folder on a student's disk: the mark by which it is known again.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// The file's name.
pub(crate) const MARK: &str = ".labcheck-course.json";
/// The format's name.
const SCHEMA: &str = "labcheck.course/v1";

/// What the file holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Mark {
    schema: String,
    /// The version of labcheck that made the folder.
    made_by: String,
}

impl Mark {
    /// The text for a new folder.
    pub fn text() -> String {
        let mark = Self {
            schema: SCHEMA.into(),
            made_by: env!("CARGO_PKG_VERSION").into(),
        };
        serde_json::to_string_pretty(&mark).unwrap_or_default() + "\n"
    }

    /// Whether a folder was made by `labcheck init`.
    pub(crate) fn is_in(folder: &Path) -> bool {
        let text = std::fs::read_to_string(folder.join(MARK)).unwrap_or_default();
        serde_json::from_str::<Self>(&text).is_ok_and(|mark| mark.schema == SCHEMA)
    }
}
