//! `--format json`: the report, version 1. A frozen shape of its own, apart from internal types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Blame, Evidence};
use crate::facts::{Role, Taken};
use crate::grade::{Grade, Graded, Mark, Outcome};
use crate::text::retold;

/// The format's name.
pub(super) const SCHEMA: &str = "labcheck.report/v1";

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Always `labcheck.report/v1`.
    pub schema: String,
    /// The lab's name.
    pub lab: String,
    /// How the milestone stands.
    pub outcome: Outcome,
    /// Points of all checks.
    pub points: ReportPoints,
    /// Core checks.
    pub core: ReportCore,
    /// What was graded.
    pub stack: ReportStack,
    /// Every check, in order.
    pub checks: Vec<ReportCheck>,
    /// What to mend first; `null` when nothing failed.
    pub next: Option<ReportNext>,
    /// Milliseconds from start to report; 0 in a replay.
    pub took_ms: u64,
}

/// Points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportPoints {
    /// Earned.
    pub earned: u32,
    /// All there are.
    pub possible: u32,
    /// Neither earned nor lost: not seen by the grader, or not the student's doing.
    pub open: u32,
}

/// Core checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportCore {
    /// Passed.
    pub passed: usize,
    /// All there are.
    pub of: usize,
}

/// What was graded, and which container was taken for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportStack {
    /// Compose projects.
    pub projects: Vec<String>,
    /// Why these.
    pub why: String,
    /// Containers by role, with the evidence.
    pub roles: BTreeMap<Role, Vec<Taken>>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportCheck {
    /// Stable name.
    pub id: String,
    /// A statement that is true on pass.
    pub title: String,
    /// The milestone stands or falls with it.
    pub core: bool,
    /// Points at stake.
    pub points: u32,
    /// Points earned.
    pub earned: u32,
    /// How the check went.
    pub verdict: ReportVerdict,
    /// Whose doing a fail is; `null` otherwise.
    pub blame: Option<Blame>,
    /// What was expected; empty when skipped.
    pub expected: String,
    /// What was found; empty when skipped.
    pub found: String,
    /// The check that explains a skip; `null` otherwise.
    pub cause: Option<String>,
    /// Where it was seen.
    pub evidence: Vec<Evidence>,
    /// Why it matters.
    pub why: String,
    /// The first hint; `null` unless the check failed and it is the student's to mend.
    pub hint: Option<String>,
    /// Page of the book.
    pub chapter: String,
}

/// How a check went, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportVerdict {
    /// It is true.
    Pass,
    /// It is not true.
    Fail,
    /// It was not judged, because another check did not pass.
    Skipped,
    /// The grader could not look.
    Unknown,
}

impl ReportVerdict {
    /// The verdict of a mark.
    pub fn of(mark: &Mark) -> Self {
        match mark {
            Mark::Pass(_) => Self::Pass,
            Mark::Fail(_) => Self::Fail,
            Mark::Skipped { .. } => Self::Skipped,
            Mark::Unknown(_) => Self::Unknown,
        }
    }

    /// As it is written in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }
}

impl std::fmt::Display for ReportVerdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

/// What to mend first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportNext {
    /// The check.
    pub check: String,
    /// How many checks are mended or can be judged with it, itself included.
    pub unlocks: usize,
    /// The points of those.
    pub points: u32,
}

/// Roles with their reasons in the language that is spoken.
fn roles(facts: &BTreeMap<Role, Vec<Taken>>) -> BTreeMap<Role, Vec<Taken>> {
    let mut roles = facts.clone();
    for taken in roles.values_mut().flatten() {
        taken.why = retold(&taken.why).into_owned();
    }
    roles
}

impl Report {
    /// The report of a grade.
    pub fn new(grade: &Grade, took_ms: u64) -> Self {
        let points = grade.points();
        let (passed, of) = grade.core();
        Self {
            schema: SCHEMA.into(),
            lab: grade.lab.clone(),
            outcome: grade.outcome(),
            points: ReportPoints {
                earned: points.earned,
                possible: points.possible,
                open: points.open,
            },
            core: ReportCore { passed, of },
            stack: ReportStack {
                projects: grade.facts.stack.projects.clone(),
                why: retold(&grade.facts.stack.why).into_owned(),
                roles: roles(&grade.facts.roles),
            },
            checks: grade.checks.iter().map(check).collect(),
            next: grade.next().map(|next| {
                let (held, points) = grade.behind(&next.entry.id);
                ReportNext {
                    check: next.entry.id.to_string(),
                    unlocks: held.len() + 1,
                    points,
                }
            }),
            took_ms,
        }
    }
}

fn check(graded: &Graded) -> ReportCheck {
    let Graded { entry, mark } = graded;
    let finding = mark.finding();
    ReportCheck {
        id: entry.id.to_string(),
        title: entry.title.clone(),
        core: entry.core,
        points: entry.points,
        earned: graded.earned(),
        verdict: ReportVerdict::of(mark),
        blame: match mark {
            Mark::Fail(finding) => Some(finding.blame),
            _ => None,
        },
        expected: finding.map_or_else(String::new, |finding| finding.expected.clone()),
        found: finding.map_or_else(String::new, |finding| finding.found.clone()),
        cause: match mark {
            Mark::Skipped { cause, .. } => Some(cause.to_string()),
            _ => None,
        },
        evidence: finding.map_or_else(Vec::new, |finding| finding.evidence.clone()),
        why: entry.why.clone(),
        hint: graded.hint().map(str::to_owned),
        chapter: entry.chapter.clone(),
    }
}

/// The report as pretty-printed JSON with a final line break.
pub fn render(grade: &Grade, took_ms: u64) -> String {
    let mut text = serde_json::to_string_pretty(&Report::new(grade, took_ms)).unwrap_or_default();
    text.push('\n');
    text
}
