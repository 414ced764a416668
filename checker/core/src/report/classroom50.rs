//! `--format classroom50`: the `result.json` that Classroom 50's runner takes (`classroom50/result/v1`).

use serde_json::json;

use super::json_v1::{Report, ReportVerdict};
use crate::text;

/// Who handed in what: the words that the runner's environment gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Submission {
    /// `CLASSROOM`.
    pub classroom: String,
    /// `ASSIGNMENT`.
    pub assignment: String,
    /// `SUBMISSION_TAG`.
    pub submission: String,
    /// `COMMIT_URL`.
    pub commit: String,
    /// `RELEASE_URL`.
    pub release: String,
    /// `REVIEW_URL`; the commit where that is not set, as the runner takes no empty word.
    pub review: String,
    /// When it was graded, RFC 3339.
    pub datetime: String,
}

impl Submission {
    /// Reads the runner's variables; what is not set stays empty.
    pub fn from_lookup(mut lookup: impl FnMut(&str) -> Option<String>, datetime: String) -> Self {
        let mut word = |name| text::cut(&text::clean(&lookup(name).unwrap_or_default()), 500);
        let commit = word("COMMIT_URL");
        Self {
            classroom: word("CLASSROOM"),
            assignment: word("ASSIGNMENT"),
            submission: word("SUBMISSION_TAG"),
            release: word("RELEASE_URL"),
            review: Some(word("REVIEW_URL"))
                .filter(|review| !review.is_empty())
                .unwrap_or_else(|| commit.clone()),
            commit,
            datetime,
        }
    }
}

/// The report as JSON. A test's score is the check's points; unknown and skipped count as not passed, as the format knows no third.
pub fn render(report: &Report, submission: &Submission) -> String {
    let tests: Vec<_> = report
        .checks
        .iter()
        .map(|check| {
            json!({
                "test-name": format!("{}: {}", check.id, text::clean(&check.title)),
                "passed": check.verdict == ReportVerdict::Pass,
                "score": check.earned,
                "max-score": check.points,
            })
        })
        .collect();
    let whole = json!({
        "schema": "classroom50/result/v1",
        "classroom": submission.classroom,
        "assignment": submission.assignment,
        "submission": submission.submission,
        "commit": submission.commit,
        "release": submission.release,
        "review": submission.review,
        "datetime": submission.datetime,
        "score": report.points.earned,
        "max-score": report.points.possible,
        "tests": tests,
    });
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}
