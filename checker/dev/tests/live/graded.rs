//! Grading in this process, through the library, as the command line does it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clap::Parser as _;
use labcheck::args::Cli;
use labcheck_core::check::{Kind as _, Want};
use labcheck_core::facts::{Aspect, Step};
use labcheck_core::grade::{Grade, judge, plan};
use labcheck_core::lab::{CheckEntry, Lab};
use labcheck_probe::{AskingChecks, Live, Observer as _, Quiet};

/// How long the grader may wait for a stack that is still starting. It is not typed, as a person who types it wants to wait
/// longer for what does not listen.
const WAIT: Duration = Duration::from_mins(1);
/// A grade that takes this long hangs.
const LONGEST: Duration = Duration::from_secs(150);

/// Health checks that were tried and ask their program, as a student's own gradings remember them beside the progress.
static KNOWN: Mutex<String> = Mutex::new(String::new());

fn known() -> MutexGuard<'static, String> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks at a live stack and judges it.
pub(crate) fn grade(lab: &Lab, flags: &[String], disruptive: bool) -> Result<Grade, String> {
    let mut words = vec!["labcheck".to_owned(), lab.id.to_string()];
    words.extend_from_slice(flags);
    words.extend(disruptive.then(|| "--disruptive".to_owned()));
    let typed = words.join(" ");
    let cli = Cli::try_parse_from(words).map_err(|err| err.to_string())?;
    let explained = |err: labcheck_core::error::Error| {
        let cause = err
            .cause()
            .map_or_else(String::new, |cause| format!(" ({cause})"));
        format!("`{typed}` could not grade: {err}{cause}")
    };
    let mut target = cli.grade.target().map_err(explained)?;
    target.wait = WAIT.min(target.wait);
    let plan = plan(lab, target);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|err| err.to_string())?;
    let look = async {
        let mut live = Box::pin(Live::connect()).await?;
        live.asking_checks = AskingChecks::read(&known());
        let facts = Box::pin(live.observe(&plan, &Quiet)).await;
        let mut known = known();
        known.push_str(&live.asking_checks.text());
        *known = AskingChecks::read(&known).text();
        drop(known);
        facts
    };
    let facts = runtime
        .block_on(async { tokio::time::timeout(LONGEST, look).await })
        .map_err(|_| format!("`{typed}` did not end within {} s", LONGEST.as_secs()))?;
    Ok(judge(lab, facts.map_err(|err| explained(err.into()))?))
}

/// Whether a check is looked at only with `--disruptive`.
pub(crate) fn wants_restart(entry: &CheckEntry) -> bool {
    let disruptive = |want: &Want| {
        matches!(
            want,
            Want::RoundTrip(Step::Restart) | Want::DownUp | Want::ImageFacts(_, Aspect::Stop)
        )
    };
    entry.expect.wants().iter().any(disruptive)
}
