//! The labs inside the binary, so that `cargo install` is enough for a student.

use rust_embed::RustEmbed;

/// Every file of `labs/`.
#[derive(Debug, Clone, Copy, RustEmbed)]
#[folder = "../labs"]
#[exclude = "*/node_modules/*"]
#[exclude = "*/target/*"]
#[exclude = "*/static/uikit*"]
pub struct Embedded;

impl Embedded {
    /// The lab files: name and text.
    pub(super) fn lab_files() -> Vec<(String, String)> {
        Self::named("/lab.yaml")
    }

    /// Their texts in German: name and text.
    pub(super) fn translations() -> Vec<(String, String)> {
        Self::named("/lab.de.yaml")
    }

    fn named(end: &str) -> Vec<(String, String)> {
        Self::iter()
            .filter(|path| path.ends_with(end))
            .filter_map(|path| {
                Self::get(&path).map(|file| {
                    (
                        format!("labs/{path}"),
                        String::from_utf8_lossy(&file.data).into_owned(),
                    )
                })
            })
            .collect()
    }
}
