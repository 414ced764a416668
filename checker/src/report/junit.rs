//! `--format junit`: the XML that build servers read as test results.
//!
//! What was skipped or could not be looked at is a skipped test: neither is a failed one.

use quick_junit::{NonSuccessKind, Report as Suites, TestCase, TestCaseStatus, TestSuite};

use super::json_v1::Report;
use super::parts;
use crate::text::{self, say};

/// The report as XML.
pub fn render(report: &Report) -> String {
    let lab = text::clean(&report.lab);
    let mut suite = TestSuite::new(format!("labcheck {lab}"));
    for check in &report.checks {
        let status = match check.verdict.as_str() {
            "pass" => TestCaseStatus::success(),
            "fail" => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status
                    .set_message(parts::short(check))
                    .set_type(parts::whose(check).unwrap_or(say!("the stack")))
                    .set_description(parts::lines(check));
                status
            }
            _ => {
                let mut status = TestCaseStatus::skipped();
                status.set_message(parts::short(check));
                status
            }
        };
        let name = format!("{}: {}", text::clean(&check.id), text::clean(&check.title));
        let mut case = TestCase::new(name, status);
        case.set_classname(format!("labcheck.{lab}"));
        suite.add_test_case(case);
    }
    let mut suites = Suites::new("labcheck");
    suites.add_test_suite(suite);
    suites.to_string().unwrap_or_default()
}
