//! The labs inside the binary, so that `cargo install` is enough for a student.

use crate::text::{ShellCommand, shell};
use rust_embed::RustEmbed;

/// Every file of `labs/`.
#[derive(Debug, Clone, Copy, RustEmbed)]
#[folder = "../../labs"]
#[exclude = "*/node_modules/*"]
#[exclude = "*/target/*"]
#[exclude = "*/static/uikit*"]
pub struct Embedded;

impl Embedded {
    /// The lab files: name and text.
    pub fn lab_files() -> Vec<(String, String)> {
        Self::named("/lab.yaml")
    }

    /// Their texts in German: name and text.
    pub(crate) fn translations() -> Vec<(String, String)> {
        Self::named("/lab.de.yaml")
    }

    /// The names of the labs, in their order.
    pub fn labs() -> Vec<String> {
        let each =
            Self::iter().filter_map(|path| path.strip_suffix("/lab.yaml").map(str::to_owned));
        let mut all: Vec<String> = each.collect();
        all.sort();
        all
    }

    /// The command that starts a lab's stack, and builds anew what has changed: `labcheck start` for a lab of this course,
    /// as that also works where TLS is re-signed; Compose's own for another.
    pub fn start(lab: &str) -> ShellCommand {
        if Self::iter().any(|path| path.strip_suffix("/lab.yaml") == Some(lab)) {
            shell!("labcheck start {}", lab)
        } else {
            ShellCommand::fixed("docker compose up -d --build")
        }
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
