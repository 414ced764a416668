//! What several formats say of a check in the same words. Plain text: each format escapes it in its own way.

use super::json_v1::{Report, ReportCheck, ReportVerdict};
use crate::check::Blame;
use crate::text::{self, say};

/// One line for a check: what counts first, without its id.
pub(super) fn short(check: &ReportCheck) -> String {
    match check.verdict {
        ReportVerdict::Pass => say!("passed").into(),
        ReportVerdict::Skipped => match &check.cause {
            Some(cause) => say!("not judged, because {} did not pass", text::clean(cause)),
            None => say!("not judged").into(),
        },
        ReportVerdict::Unknown => say!(
            "could not be looked at, no points are lost: {}",
            text::clean(&check.found)
        ),
        ReportVerdict::Fail => say!(
            "expected {}; found {}",
            text::clean(&check.expected),
            text::clean(&check.found)
        ),
    }
}

/// Whose doing a fail is, where it is not the student's.
pub(super) fn whose(check: &ReportCheck) -> Option<&'static str> {
    match check.blame {
        Some(Blame::Leftover) => Some(say!("a leftover of another lab; no points are lost")),
        Some(Blame::Environment) => Some(say!("this machine's doing; no points are lost")),
        Some(Blame::Student) | None => None,
    }
}

/// Everything a person needs to mend it, as label and text; empty for what passed or was skipped.
pub(super) fn fields(check: &ReportCheck) -> Vec<(&'static str, String)> {
    let found = match check.verdict {
        ReportVerdict::Fail => "found",
        ReportVerdict::Unknown => "trouble",
        ReportVerdict::Pass | ReportVerdict::Skipped => return Vec::new(),
    };
    let mut fields = vec![
        ("expected", text::clean(&check.expected)),
        (found, text::clean(&check.found)),
    ];
    if let Some(whose) = whose(check) {
        fields.push(("whose", whose.into()));
    }
    fields.push(("why", text::clean(&check.why)));
    for evidence in &check.evidence {
        fields.push(("look", text::clean(&evidence.what)));
        if !evidence.try_it.is_empty() {
            fields.push(("command", text::clean(evidence.try_it.as_str())));
        }
    }
    if let Some(hint) = &check.hint {
        fields.push(("hint", text::clean(hint)));
    }
    fields.push(("chapter", crate::report::reading(&check.chapter)));
    fields
}

/// A label of [`fields`] in the language that is spoken.
pub(super) fn label(key: &'static str) -> &'static str {
    match key {
        "expected" => say!("expected"),
        "found" => say!("found"),
        "trouble" => say!("trouble"),
        "whose" => say!("whose"),
        "why" => say!("why"),
        "look" => say!("look"),
        "command" => say!("command"),
        "hint" => say!("hint"),
        "chapter" => say!("chapter"),
        other => other,
    }
}

/// A check's verdict in the language that is spoken.
pub(super) fn verdict(check: &ReportCheck) -> &'static str {
    match check.verdict {
        ReportVerdict::Pass => say!("pass"),
        ReportVerdict::Fail => say!("fail"),
        ReportVerdict::Skipped => say!("skipped"),
        ReportVerdict::Unknown => say!("unknown"),
    }
}

/// The same as lines, `label: text`.
pub(super) fn lines(check: &ReportCheck) -> String {
    let lines = fields(check)
        .into_iter()
        .map(|(key, text)| format!("{}: {text}", label(key)));
    lines.collect::<Vec<_>>().join("\n")
}

/// The last line of every report: how the milestone stands.
pub(super) fn summary(report: &Report) -> String {
    let open = match report.points.open {
        0 => String::new(),
        _ => say!(" ({} open: neither earned nor lost)", report.points.open),
    };
    let (passed, of) = (report.core.passed, report.core.of);
    let line = say!(
        "{} {verdict}: {passed} of {of} core checks, {} of {} points",
        text::clean(&report.lab),
        report.points.earned,
        report.points.possible,
        verdict = report.outcome.said(),
        passed,
        of
    );
    format!("{line}{open}")
}

/// "core" or "star", in the language that is spoken.
pub(super) fn kind(check: &ReportCheck) -> &'static str {
    if check.core {
        say!("core")
    } else {
        say!("star")
    }
}
