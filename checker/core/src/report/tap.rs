//! `--format tap`: the Test Anything Protocol, version 13, which the readers of version 14 read too.
//! <https://testanything.org/tap-version-13-specification.html>
//!
//! What was skipped or could not be looked at is `ok … # SKIP`: neither is a failed test.

use std::fmt::Write as _;

use super::json_v1::{Report, ReportVerdict};
use super::parts;
use crate::text;

/// The report as TAP.
pub fn render(report: &Report) -> String {
    let mut out = format!("TAP version 13\n1..{}\n", report.checks.len());
    for (check, number) in report.checks.iter().zip(1..) {
        let name = escaped(&format!("{}: {}", check.id, check.title));
        let (ok, skip) = match check.verdict {
            ReportVerdict::Pass => ("ok", String::new()),
            ReportVerdict::Fail => ("not ok", String::new()),
            ReportVerdict::Skipped | ReportVerdict::Unknown => {
                ("ok", format!(" # SKIP {}", escaped(&parts::short(check))))
            }
        };
        let _ = writeln!(out, "{ok} {number} - {name}{skip}");
        if check.verdict == ReportVerdict::Fail {
            out.push_str("  ---\n");
            for (label, value) in parts::fields(check) {
                // A JSON text is a YAML text, whatever it holds; a label may come twice, a YAML key may not.
                let value = serde_json::to_string(&value).unwrap_or_default();
                let _ = writeln!(out, "  - {label}: {value}");
            }
            out.push_str("  ...\n");
        }
    }
    let _ = writeln!(out, "# {}", parts::summary(report));
    out
}

/// A description may not hold a line break, nor a `#` that begins a directive.
fn escaped(text: &str) -> String {
    text::clean(text).replace('\\', "\\\\").replace('#', "\\#")
}
