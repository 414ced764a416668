//! `--format junit`: the XML that build servers read as test results, in the form that Jenkins' plugins take
//! (`junit-10.xsd` of its xUnit plugin, which knows no attribute beyond these).
//!
//! What was skipped or could not be looked at is a skipped test: neither is a failed one.

use askama::Template;

use super::json_v1::{Report, ReportVerdict};
use super::parts;
use crate::text::{self, say};

#[derive(Template)]
#[template(path = "junit.xml")]
struct Suite {
    lab: String,
    failures: usize,
    skipped: usize,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    short: String,
    mark: Mark,
}

enum Mark {
    Passed,
    Failed {
        whose: &'static str,
        details: String,
    },
    Skipped,
}

/// The report as XML.
pub fn render(report: &Report) -> String {
    let checks = report.checks.iter();
    let cases: Vec<Case> = checks
        .map(|check| Case {
            name: allowed(&format!("{}: {}", check.id, text::clean(&check.title))),
            short: allowed(&parts::short(check)),
            mark: match check.verdict {
                ReportVerdict::Pass => Mark::Passed,
                ReportVerdict::Fail => Mark::Failed {
                    whose: parts::whose(check).unwrap_or(say!("the stack")),
                    details: allowed(&parts::lines(check)),
                },
                ReportVerdict::Skipped | ReportVerdict::Unknown => Mark::Skipped,
            },
        })
        .collect();
    let count = |of: fn(&Mark) -> bool| cases.iter().filter(|case| of(&case.mark)).count();
    let suite = Suite {
        lab: allowed(&text::clean(&report.lab)),
        failures: count(|mark| matches!(mark, Mark::Failed { .. })),
        skipped: count(|mark| matches!(mark, Mark::Skipped)),
        cases,
    };
    // Writing to a text cannot fail; the template is checked when it is compiled.
    let mut xml = suite.render().unwrap_or_default();
    xml.push('\n');
    xml
}

/// Without the two characters that XML 1.0 has no way to write and that are no control characters.
fn allowed(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
