//! `--format html`: one page that needs nothing else: no script, no font, no picture from elsewhere.

use askama::Template;

use super::json_v1::{Report, ReportCheck, ReportVerdict};
use super::parts;
use crate::text::{self, say, spoken};

#[derive(Template)]
#[template(path = "report.html")]
struct Sheet<'a> {
    lang: &'static str,
    words: Words,
    summary: String,
    stack: String,
    roles: Vec<(&'static str, String)>,
    checks: Vec<Row<'a>>,
}

/// Headings and labels.
struct Words {
    stack: &'static str,
    all: &'static str,
    verdict: &'static str,
    points: &'static str,
    kind: &'static str,
    check: &'static str,
}

struct Row<'a> {
    check: &'a ReportCheck,
    title: String,
    kind: &'static str,
    sign: &'static str,
    verdict: &'static str,
    short: String,
    fields: Vec<Field>,
}

impl Row<'_> {
    fn skipped(&self) -> bool {
        self.check.verdict == ReportVerdict::Skipped
    }
}

/// What stands before a text, and whether the text is a command.
struct Field {
    label: &'static str,
    value: String,
    command: bool,
}

/// The report as a page.
pub fn render(report: &Report) -> String {
    let checks = report.checks.iter().map(|check| Row {
        check,
        title: text::clean(&check.title),
        kind: parts::kind(check),
        verdict: parts::verdict(check),
        sign: match check.verdict {
            ReportVerdict::Pass => "✓",
            ReportVerdict::Fail => "✗",
            ReportVerdict::Unknown => "?",
            ReportVerdict::Skipped => "–",
        },
        short: parts::short(check),
        fields: parts::fields(check)
            .into_iter()
            .map(|(key, value)| Field {
                label: parts::label(key),
                value,
                command: key == "command",
            })
            .collect(),
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
        lang: spoken().tag(),
        words: Words {
            stack: say!("stack"),
            all: say!("All checks"),
            verdict: say!("verdict"),
            points: say!("points"),
            kind: say!("kind"),
            check: say!("check"),
        },
        summary: parts::summary(report),
        stack,
        roles: taken.collect(),
        checks: checks.collect(),
    };
    // Writing to a text cannot fail; the template is checked when it is compiled.
    sheet.render().unwrap_or_default()
}
