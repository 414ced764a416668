//! `--format github`: annotations of a GitHub Actions step.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
//!
//! A step shows ten annotations of a kind; the eleventh and later ones are still in the log.

use std::fmt::Write as _;

use super::json_v1::{Report, ReportVerdict};
use super::parts;
use crate::text;

/// The report as workflow commands, with text from outside kept from being one.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for check in &report.checks {
        let level = match check.verdict {
            ReportVerdict::Fail if parts::whose(check).is_none() => "error",
            ReportVerdict::Fail | ReportVerdict::Unknown => "warning",
            ReportVerdict::Pass | ReportVerdict::Skipped => continue,
        };
        let title = property(&text::clean(&format!("{}: {}", check.id, check.title)));
        let _ = writeln!(
            out,
            "::{level} title={title}::{}",
            message(&parts::lines(check))
        );
    }
    let _ = writeln!(out, "::notice::{}", message(&parts::summary(report)));
    out
}

fn message(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(text::clean).collect();
    lines
        .join("\n")
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
