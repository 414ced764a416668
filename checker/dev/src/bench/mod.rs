//! `cargo dev bench`: how long grading takes on this machine, beside what the engine alone takes.
//!
//! Figures to read, not a test: nothing passes or fails by them. It may import `stack`, `watch` of the program, the probes, the engine
//! and the core.

mod at_once;
#[cfg(unix)]
mod between;
mod fetch;
mod measure;
mod memory;
mod raw;
mod watch;
mod words;

use std::path::Path;

use clap::Parser as _;

use crate::{DevError, Root};
use at_once::Gradings;
pub(super) use fetch::FetchArgs;
pub(super) use fetch::run as run_fetch;
use labcheck::args::Cli;
use labcheck_core::error::Error;
use labcheck_core::grade::Plan;
use labcheck_core::grade::plan;
use labcheck_core::lab::{Course, Lab};
use labcheck_probe::{Live, Observer as _, Quiet};
use measure::{Times, mebibytes, times};
pub(super) use words::BenchArgs;

/// Measures and gives the lines to print.
///
/// # Errors
/// When there is no release binary, no stack, or no curl.
pub(super) async fn run(root: &Root, args: BenchArgs) -> Result<Vec<String>, Error> {
    let binary = root.join("target/release/labcheck");
    let size = std::fs::metadata(&binary).map_err(|_| DevError::Wrong {
        what: format!(
            "{} is not there: only the release binary is worth measuring",
            binary.display()
        ),
        help: Some("cargo build --release -p labcheck".into()),
    })?;
    let lab = Course::embedded()?.lab(&args.lab)?;
    let mut lines = vec![format!("binary: {:.1} MiB", mebibytes(size.len()))];
    if args.watch {
        lines.extend(watch::measure(&binary, lab, &args).await?);
        return Ok(lines);
    }
    if let Some(at_once) = args.at_once {
        let flags = args.flags.iter().map(String::as_str);
        let words: Vec<&str> = [lab.id.as_str()].into_iter().chain(flags).collect();
        let gradings = Gradings {
            words: &words,
            runs: args.runs,
            at_once,
        };
        lines.extend(gradings.measure(&binary).await?);
        return Ok(lines);
    }
    for (what, words) in [
        ("`labcheck` alone", &[][..]),
        ("`labcheck hint`", &["hint", "v1", "v1-app-stays-up"]),
    ] {
        let alone = times(args.runs, || measure::comfort(&binary, words))?;
        lines.push(format!("{what}, whole process: {alone}"));
    }

    let flags: Vec<&str> = args.flags.iter().map(String::as_str).collect();
    let live = times(args.runs, || {
        measure::grade(&binary, &[&[lab.id.as_str()], flags.as_slice()].concat())
    })?;
    lines.push(format!("grading {} live, whole process: {live}", lab.id));

    let (part, raw, calls) = engine_part(&lab, &args).await?;
    lines.push(format!("engine state alone, connecting included: {part}"));
    lines.push(format!(
        "the same {calls} requests by one curl process over a kept connection: {raw}"
    ));
    lines.push(format!(
        "ratio of the medians: {:.2}",
        part.median.as_secs_f64() / raw.median.as_secs_f64().max(f64::EPSILON)
    ));

    let recording = root.join(format!("checker/recordings/{}/solution.json", lab.id));
    lines.extend(replay(&binary, &lab, &recording, args.runs)?);
    Ok(lines)
}

/// Looking at the engine's state and nothing else, and the same requests by curl, in turns.
async fn engine_part(lab: &Lab, args: &BenchArgs) -> Result<(Times, Times, usize), Error> {
    let words = ["labcheck".to_owned(), lab.id.to_string()]
        .into_iter()
        .chain(args.flags.iter().cloned());
    let cli = Cli::try_parse_from(words).map_err(|err| DevError::wrong(err.to_string()))?;
    let mut plan: Plan = plan(lab, cli.grade.target()?);
    plan.wants.clear();
    let requests = requests(&plan).await?;
    let (mut part, mut alone) = (Vec::new(), Vec::new());
    for _ in 0..args.runs {
        let started = std::time::Instant::now();
        let live = Box::pin(Live::connect()).await?;
        Box::pin(live.observe(&plan, &Quiet)).await?;
        part.push(started.elapsed());
        alone.push(raw::by_curl(&requests)?);
    }
    Ok((Times::of(part), Times::of(alone), requests.len()))
}

#[cfg(unix)]
use between::requests;

/// What a look asks is heard on a Unix socket.
#[cfg(not(unix))]
async fn requests(_: &Plan) -> Result<Vec<String>, Error> {
    Err(DevError::wrong("the benchmark wants an engine on a Unix socket").into())
}

fn replay(binary: &Path, lab: &Lab, recording: &Path, runs: u16) -> Result<Vec<String>, Error> {
    let shown = recording.display().to_string();
    let words = [lab.id.as_str(), "--replay", &shown];
    let replay = times(runs, || measure::grade(binary, &words))?;
    let peak = memory::peak(binary, &words)?;
    Ok(vec![
        format!("grading a recording of {}, whole process: {replay}", lab.id),
        format!("its largest resident size: {:.1} MiB", mebibytes(peak)),
    ])
}
