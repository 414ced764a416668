//! `--format gradescope`: the `results.json` of a Gradescope autograder.
//! <https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format>

use serde_json::json;

use super::json_v1::Report;
use super::parts;
use crate::text;

/// The report as JSON.
pub fn render(report: &Report) -> String {
    let tests: Vec<_> = report
        .checks
        .iter()
        .zip(1..)
        .map(|(check, number)| {
            let details = parts::lines(check);
            json!({
                "name": text::clean(&check.title),
                "number": number.to_string(),
                "score": check.earned,
                "max_score": check.points,
                "output": if details.is_empty() { parts::short(check) } else { details },
                "tags": [check.id, if check.core { "core" } else { "star" }, check.verdict],
                "visibility": "visible",
            })
        })
        .collect();
    let whole = json!({
        "score": report.points.earned,
        "output": parts::summary(report),
        "visibility": "visible",
        "tests": tests,
    });
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}
