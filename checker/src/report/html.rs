//! `--format html`: one page that needs nothing else: no script, no font, no picture from elsewhere.

use askama::Template;

use super::json_v1::{Report, ReportCheck};
use super::parts;
use crate::text;

#[derive(Template)]
#[template(path = "report.html")]
struct Sheet<'a> {
    summary: String,
    stack: String,
    roles: Vec<(&'static str, String)>,
    checks: Vec<Row<'a>>,
}

struct Row<'a> {
    check: &'a ReportCheck,
    title: String,
    kind: &'static str,
    sign: &'static str,
    short: String,
    fields: Vec<(&'static str, String)>,
}

/// The report as a page.
pub fn render(report: &Report) -> String {
    let checks = report.checks.iter().map(|check| Row {
        check,
        title: text::clean(&check.title),
        kind: parts::kind(check),
        sign: match check.verdict.as_str() {
            "pass" => "✓",
            "fail" => "✗",
            "unknown" => "?",
            _ => "–",
        },
        short: parts::short(check),
        fields: parts::fields(check),
    });
    let why = text::clean(&report.stack.why);
    let stack = match report.stack.projects.as_slice() {
        [] => why,
        projects => format!("{} ({why})", text::clean(&text::list(projects))),
    };
    let taken = report.stack.roles.iter().flat_map(|(role, taken)| {
        taken.iter().map(|one| {
            let line = format!("{}: {}", text::clean(&one.container), text::clean(&one.why));
            (role.word(), line)
        })
    });
    let sheet = Sheet {
        summary: parts::summary(report),
        stack,
        roles: taken.collect(),
        checks: checks.collect(),
    };
    // Writing to a text cannot fail; the template is checked when it is compiled.
    sheet.render().unwrap_or_default()
}
