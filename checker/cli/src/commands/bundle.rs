//! `labcheck bundle`: grading, and one file of what was seen and of the report, for handing in or for an appeal.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::grade_args::GradeArgs;
use labcheck_core::bundle::file::Bundle;
use labcheck_core::error::Error;
use labcheck_core::grade::{Grade, judge};
use labcheck_core::lab::Lab;
use labcheck_core::report::Report;
use labcheck_probe::record;

/// `labcheck bundle`.
#[derive(Debug, Args)]
pub struct BundleArgs {
    /// Which stack, as for grading.
    #[command(flatten)]
    pub grade: GradeArgs,
    /// The file to write; by default the lab's name with `.labcheck` in the current folder.
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub output: Option<PathBuf>,
}

impl BundleArgs {
    /// Where the bundle goes.
    pub(crate) fn file(&self) -> PathBuf {
        let lab = self
            .grade
            .lab
            .as_deref()
            .unwrap_or("lab")
            .to_ascii_lowercase();
        let own = || PathBuf::from(format!("{lab}.labcheck"));
        self.output.clone().unwrap_or_else(own)
    }
}

/// Writes the bundle of a grade: of facts without what is this machine's own, and of the report that those give.
///
/// # Errors
/// [`Error::write`].
pub(crate) fn write(path: &Path, lab: &Lab, grade: &Grade, live: bool) -> Result<(), Error> {
    let facts = record::normalised(&grade.facts);
    let report = Report::new(&judge(lab, facts.clone()), 0);
    let at = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
    let text = Bundle::text(lab, report, facts, at, live);
    crate::file::write_whole(path, &text)
        .map_err(|err| Error::write(path.display().to_string(), &err))
}
