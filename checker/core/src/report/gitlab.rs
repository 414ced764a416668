//! `--format gitlab`: GitLab's Code Quality report. <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>
//!
//! It lists what is to be mended, so passed and skipped checks are not in it. A finding points to the lab's compose file,
//! as GitLab wants a file: what was judged is the running stack.

use std::fmt::Write as _;

use serde_json::json;
use sha1::{Digest as _, Sha1};

use super::json_v1::{Report, ReportVerdict};
use super::parts;
use crate::text;

/// The report as a JSON list.
pub fn render(report: &Report) -> String {
    let fails = report
        .checks
        .iter()
        .filter(|check| check.verdict == ReportVerdict::Fail);
    let findings: Vec<_> = fails
        .map(|check| {
            let severity = match (parts::whose(check), check.core) {
                (Some(_), _) => "info",
                (None, true) => "critical",
                (None, false) => "minor",
            };
            let mark = Sha1::digest(format!("{}\n{}", report.lab, check.id));
            let fingerprint = mark.iter().fold(String::new(), |mut hex, byte| {
                // Writing to a text cannot fail.
                let _ = write!(hex, "{byte:02x}");
                hex
            });
            json!({
                "description": format!("{}: {}", text::clean(&check.title), parts::short(check)),
                "check_name": text::clean(&check.id),
                "fingerprint": fingerprint,
                "severity": severity,
                "location": { "path": "compose.yaml", "lines": { "begin": 1 } },
            })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&findings).unwrap_or_default();
    text.push('\n');
    text
}
