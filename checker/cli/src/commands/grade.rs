//! `labcheck LAB`: reading the lab, looking once, judging, printing.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use crate::asking_checks;
use crate::grade_args::GradeArgs;
use crate::notes;
use crate::output::rendered;
use crate::terminal::{self, Screen, print, style};
use labcheck_core::error::Error;
use labcheck_core::exit::Exit;
use labcheck_core::facts::Facts;
use labcheck_core::grade::{Grade, Plan, judge, plan};
use labcheck_core::lab::Lab;
use labcheck_core::report::{self, Format, Report, Style};
use labcheck_probe::{Observer as _, Replay, record};

/// Grades a stack, prints the report, and writes what else is wanted; with a path, a bundle too.
///
/// # Errors
/// What ends a grading early; a failed check does not.
pub(crate) async fn run(
    lab: &Lab,
    args: &GradeArgs,
    colour: bool,
    bundle: Option<&Path>,
) -> Result<Exit, Error> {
    let started = Instant::now();
    let plan = plan(lab, args.target()?);
    let live = args.replay.is_none();
    let folder = plan.target.folder.as_deref().filter(|_| live);
    let broken = notes::broken(lab.id.as_str(), folder);
    let mut notes: Vec<String> = broken.iter().cloned().collect();
    let observed = observe(args, &plan, broken.is_none()).await;
    let (facts, behind) = observed.inspect_err(|_| {
        let _ = write!(
            std::io::stderr(),
            "{}",
            notes::lines(&notes, terminal::width())
        );
    })?;
    notes.extend(behind);
    let grade = judge(lab, facts);
    let took_ms = if args.replay.is_some() {
        0
    } else {
        u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
    };
    // What was seen is printed first and then written: a disk that is full takes neither from the other.
    let mut done = match &args.explain {
        Some(id) => explained(&grade, id, colour).and_then(|told| print(&told)),
        None => print(&rendered(&grade, args.format, style(colour, took_ms))),
    };
    let notes = notes::lines(&notes, terminal::width());
    if args.format == Format::Text {
        done = done.and_then(|()| print(&notes));
    } else {
        let _ = write!(std::io::stderr(), "{notes}");
    }
    if let Some(file) = &args.record {
        done = done.and(write_record(file, &grade.facts));
    }
    if args.replay.is_none() {
        crate::progress::remember::remember(&Report::new(&grade, took_ms)).await;
    }
    for (format, path) in &args.out {
        let text = rendered(&grade, *format, style(false, took_ms));
        let written = crate::file::write_whole(path, &text);
        done = done.and(written.map_err(|err| not_written(path, &err)));
    }
    if let Some(path) = bundle {
        let written = super::bundle::write(path, lab, &grade, args.replay.is_none());
        if written.is_ok() {
            let _ = writeln!(std::io::stderr(), "bundle: {}", path.display());
        }
        done = done.and(written);
    }
    done.map(|()| grade.outcome().into())
}

/// What is seen, and what of it is older than its files; of the latter nothing where the compose file cannot be read.
async fn observe(
    args: &GradeArgs,
    plan: &Plan,
    readable: bool,
) -> Result<(Facts, Vec<String>), Error> {
    let progress = Screen::new();
    let (facts, behind) = if let Some(file) = &args.replay {
        let facts = Replay::new(file).observe(plan, &progress).await?;
        (facts, Vec::new())
    } else {
        let live = asking_checks::connect().await?;
        let (facts, behind) = Box::pin(live.observe_with_files(plan, &progress)).await?;
        asking_checks::keep(&live);
        let start = notes::start(facts.lab.as_str(), &plan.target);
        let mut behind = notes::behind(behind, &facts, readable, start.as_str());
        behind.extend(notes::stopped(&facts, start.as_str()).filter(|_| readable));
        (facts, behind)
    };
    progress.done();
    if facts.lab != plan.lab.as_str() && args.replay.is_some() {
        return Err(Error::usage(
            format!(
                "the recording is of lab `{}`, not `{}`",
                labcheck_core::text::clean(&facts.lab),
                plan.lab
            ),
            format!(
                "grade it with `labcheck {} --replay …`",
                labcheck_core::text::clean(&facts.lab)
            ),
        ));
    }
    Ok((facts, behind))
}

fn write_record(file: &Path, facts: &Facts) -> Result<(), Error> {
    let text = record::text(facts).map_err(|err| Error::write(file.display().to_string(), &err))?;
    crate::file::write_whole(file, &text).map_err(|err| not_written(file, &err))
}

fn not_written(path: &Path, err: &std::io::Error) -> Error {
    Error::write(path.display().to_string(), &err)
}

/// Everything about one check.
fn explained(grade: &Grade, id: &str, colour: bool) -> Result<String, Error> {
    let style = Style {
        onward: false,
        ..style(colour, 0)
    };
    report::explain(grade, id, style).ok_or_else(|| {
        Error::usage(
            format!(
                "lab {} has no check `{}`",
                grade.lab,
                labcheck_core::text::cut(&labcheck_core::text::clean(id), 60)
            ),
            if labcheck_core::embedded::Embedded::labs().contains(&grade.lab) {
                format!(
                    "the lab's chapter lists its checks: `labcheck book {}.html#the-checks`",
                    grade.lab
                )
            } else {
                format!("`labcheck {} --format json` lists them", grade.lab)
            },
        )
    })
}
