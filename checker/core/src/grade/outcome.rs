//! A grade: every check with its mark, the points, and what to do next.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Blame, Finding};
use crate::exit::Exit;
use crate::facts::Facts;
use crate::lab::{CheckEntry, CheckId, Hint, Lab};
use crate::text::say;

/// A lab, graded.
#[derive(Debug, Clone)]
pub struct Grade {
    /// The lab's name.
    pub lab: String,
    /// The lab's title.
    pub title: String,
    /// Every check, in the order of the report.
    pub checks: Vec<Graded>,
    /// What it was judged from.
    pub facts: Facts,
}

/// One check and its mark.
#[derive(Debug, Clone)]
pub struct Graded {
    /// The check, from the lab file.
    pub entry: CheckEntry,
    /// How it went.
    pub mark: Mark,
}

/// How a check went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// True.
    Pass(Finding),
    /// Not true.
    Fail(Finding),
    /// Not judged, because another check did not pass.
    Skipped {
        /// The check that explains it, followed to its root.
        cause: CheckId,
        /// Whether that root is a fail that costs points.
        costs: bool,
    },
    /// The grader could not look.
    Unknown(Finding),
}

/// How the milestone stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every core check passed.
    Passed,
    /// Some core check failed.
    Failed,
    /// No core check failed, but some could not be judged.
    #[default]
    Unknown,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Passed, Self::Failed, Self::Unknown];

    /// The word of the report, and of progress that is kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// The outcome of a word; `None` for any other.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }

    /// How it is told to a student, in the language that is spoken.
    pub fn said(self) -> &'static str {
        match self {
            Self::Passed => say!("passed"),
            Self::Failed => say!("not yet"),
            Self::Unknown => say!("unknown"),
        }
    }
}

/// Points of a grade.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Points {
    /// Earned.
    pub earned: u32,
    /// Neither earned nor lost: what the grader could not see, or what is not the student's doing.
    pub open: u32,
    /// All there are.
    pub possible: u32,
}

impl Mark {
    /// What was expected and found, where the check was judged.
    pub fn finding(&self) -> Option<&Finding> {
        match self {
            Self::Pass(finding) | Self::Fail(finding) | Self::Unknown(finding) => Some(finding),
            Self::Skipped { .. } => None,
        }
    }

    /// Whether points are lost by it.
    pub fn costs(&self) -> bool {
        match self {
            Self::Fail(finding) => finding.blame == Blame::Student,
            Self::Skipped { costs, .. } => *costs,
            Self::Pass(_) | Self::Unknown(_) => false,
        }
    }

    /// Whether it passed.
    pub fn passed(&self) -> bool {
        matches!(self, Self::Pass(_))
    }
}

impl Graded {
    /// Points earned.
    pub fn earned(&self) -> u32 {
        if self.mark.passed() {
            self.entry.points
        } else {
            0
        }
    }
}

impl Graded {
    /// The first hint, where the check failed and it is the student's to mend.
    pub fn hint(&self) -> Option<&str> {
        match &self.mark {
            Mark::Fail(finding) if finding.blame == Blame::Student => {
                let fitting = Hint::fitting(&self.entry.hints, Some(&finding.found));
                fitting.first().copied()
            }
            _ => None,
        }
    }
}

impl Grade {
    /// A grade over a lab's checks and their marks.
    pub fn new(lab: &Lab, marks: Vec<Mark>, facts: Facts) -> Self {
        let checks = lab
            .checks
            .iter()
            .cloned()
            .zip(marks)
            .map(|(entry, mark)| Graded { entry, mark })
            .collect();
        Self {
            lab: lab.id.to_string(),
            title: lab.title.clone(),
            checks,
            facts,
        }
    }

    /// Points earned, open and possible.
    pub fn points(&self) -> Points {
        let mut points = Points::default();
        for check in &self.checks {
            points.possible += check.entry.points;
            points.earned += check.earned();
            if !check.mark.passed() && !check.mark.costs() {
                points.open += check.entry.points;
            }
        }
        points
    }

    /// Core checks passed, and how many there are.
    pub fn core(&self) -> (usize, usize) {
        let core = self.checks.iter().filter(|check| check.entry.core);
        (
            core.clone().filter(|check| check.mark.passed()).count(),
            core.count(),
        )
    }

    /// How the milestone stands.
    pub fn outcome(&self) -> Outcome {
        let core: Vec<&Mark> = self
            .checks
            .iter()
            .filter(|check| check.entry.core)
            .map(|check| &check.mark)
            .collect();
        let failed = |mark: &&&Mark| matches!(mark, Mark::Fail(_)) || mark.costs();
        if core.iter().find(failed).is_some() {
            Outcome::Failed
        } else if core.iter().all(|mark| mark.passed()) {
            Outcome::Passed
        } else {
            Outcome::Unknown
        }
    }

    /// A check by id.
    pub fn check(&self, id: &str) -> Option<&Graded> {
        self.checks
            .iter()
            .find(|check| check.entry.id.as_str() == id)
    }

    /// Checks skipped because of one, and the points of them and of it that wait behind it.
    pub fn behind(&self, id: &CheckId) -> (Vec<&Graded>, u32) {
        let held: Vec<&Graded> = self
            .checks
            .iter()
            .filter(|check| matches!(&check.mark, Mark::Skipped { cause, .. } if cause == id))
            .collect();
        let own = self
            .check(id.as_str())
            .map_or(0, |check| check.entry.points);
        let points = own + held.iter().map(|check| check.entry.points).sum::<u32>();
        (held, points)
    }

    /// The check to mend first: the fail that most points wait behind, core before star, then the first in the lab.
    pub fn next(&self) -> Option<&Graded> {
        let fails = self
            .checks
            .iter()
            .filter(|check| matches!(check.mark, Mark::Fail(_)));
        fails
            .rev()
            .max_by_key(|check| (check.entry.core, self.behind(&check.entry.id).1))
    }
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Failed => Self::Failed,
            Outcome::Unknown => Self::Unknown,
        }
    }
}
