//! A report in any of its formats: the one list that the command line, the class and the book share.

use super::classroom50::Submission;
use super::json_v1::Report;
use super::terminal::Style;
use crate::grade::Grade;

/// What a report can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// `labcheck.report/v1`.
    Json,
    /// Test results for build servers, in XML.
    Junit,
    /// For a comment, a wiki or a job summary.
    Markdown,
    /// One page that needs nothing else.
    Html,
    /// Annotations of a GitHub Actions step.
    Github,
    /// GitLab's Code Quality report.
    Gitlab,
    /// The `results.json` of a Gradescope autograder.
    Gradescope,
    /// The `result.json` of Classroom 50.
    Classroom50,
    /// The Test Anything Protocol, version 13.
    Tap,
}

impl Format {
    /// Every format, with the word that is typed for it and what it is for.
    pub const ALL: [(Self, &'static str, &'static str); 10] = [
        (Self::Text, "text", "For people"),
        (Self::Json, "json", "`labcheck.report/v1`"),
        (
            Self::Junit,
            "junit",
            "Test results for build servers, in XML",
        ),
        (
            Self::Markdown,
            "markdown",
            "For a comment, a wiki or a job summary",
        ),
        (Self::Html, "html", "One page that needs nothing else"),
        (
            Self::Github,
            "github",
            "Annotations of a GitHub Actions step",
        ),
        (Self::Gitlab, "gitlab", "GitLab's Code Quality report"),
        (
            Self::Gradescope,
            "gradescope",
            "The `results.json` of a Gradescope autograder",
        ),
        (
            Self::Classroom50,
            "classroom50",
            "The `result.json` of Classroom 50",
        ),
        (Self::Tap, "tap", "The Test Anything Protocol, version 13"),
    ];

    /// The format of a word, in upper or lower case.
    pub fn of(word: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        let found = all.find(|(_, name, _)| name.eq_ignore_ascii_case(word));
        found.map(|(format, ..)| *format)
    }
}

/// The report of a grade in a format. Only [`Format::Text`] asks for a style, but for the time that the grading took; only
/// [`Format::Classroom50`] for the submission.
pub fn render(
    grade: &Grade,
    format: Format,
    style: Style,
    submission: impl FnOnce() -> Submission,
) -> String {
    let took_ms = style.took_ms.unwrap_or(0);
    let report = || Report::new(grade, took_ms);
    match format {
        Format::Text => super::terminal::render(grade, style),
        Format::Json => super::json_v1::render(grade, took_ms),
        Format::Junit => super::junit::render(&report()),
        Format::Markdown => super::markdown::render(&report()),
        Format::Html => super::html::render(&report()),
        Format::Github => super::github::render(&report()),
        Format::Gitlab => super::gitlab::render(&report()),
        Format::Gradescope => super::gradescope::render(&report()),
        Format::Classroom50 => super::classroom50::render(&report(), &submission()),
        Format::Tap => super::tap::render(&report()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_word() {
        for (format, name, about) in Format::ALL {
            assert_eq!(Format::of(name), Some(format));
            assert_eq!(Format::of(&name.to_uppercase()), Some(format));
            assert!(!about.is_empty() && !about.ends_with('.'));
        }
        assert_eq!(Format::of("pdf"), None);
    }
}
