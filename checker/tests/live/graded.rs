//! Grading in this process, through the library, as the command line does it.

use clap::Parser as _;
use labcheck::check::{Kind as _, Want};
use labcheck::cli::Cli;
use labcheck::facts::Step;
use labcheck::grade::{Grade, judge, plan};
use labcheck::lab::{CheckEntry, Lab};
use labcheck::probe::{Live, Observer as _, Quiet};

/// Looks at a live stack and judges it.
pub(crate) fn grade(lab: &Lab, flags: &[String], disruptive: bool) -> Result<Grade, String> {
    let mut words = vec!["labcheck".to_owned(), lab.id.to_string()];
    words.extend_from_slice(flags);
    words.extend(disruptive.then(|| "--disruptive".to_owned()));
    let typed = words.join(" ");
    let cli = Cli::try_parse_from(words).map_err(|err| err.to_string())?;
    let explained = |err: labcheck::error::Error| {
        let cause = err
            .cause()
            .map_or_else(String::new, |cause| format!(" ({cause})"));
        format!("`{typed}` could not grade: {err}{cause}")
    };
    let plan = plan(lab, cli.grade.target().map_err(explained)?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|err| err.to_string())?;
    let facts = runtime.block_on(async { Live::connect().await?.observe(&plan, &Quiet).await });
    Ok(judge(lab, facts.map_err(|err| explained(err.into()))?))
}

/// Whether a check is looked at only with `--disruptive`.
pub(crate) fn wants_restart(entry: &CheckEntry) -> bool {
    entry.expect.wants().contains(&Want::Drive(Step::Restart))
}
