//! How fast a watch is: from an event of the engine to the redraw, beside what the look itself takes; and what it costs
//! when nothing happens.
//!
//! The events are those of a container of another lab that is made and removed, and never started.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Parser as _;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::measure::Times;
use super::measure::mebibytes;
use super::memory;
use super::words::BenchArgs;
use crate::{DevError, root};
use labcheck::args::Cli;
use labcheck::watch::{Sample, measured};
use labcheck_core::error::Error;
use labcheck_core::facts::labels;
use labcheck_core::lab::Lab;
use labcheck_engine::command::DockerCommand;

/// The longest wait for a redraw.
const LIMIT: Duration = Duration::from_secs(30);
/// The lab that the label of its own containers names, by which they are found.
const OWN: &str = "bench";
/// How long nothing happens.
const IDLE: Duration = Duration::from_secs(20);
/// How long the first look and everything after it may take.
const SETTLE: Duration = Duration::from_secs(10);

pub(super) async fn measure(
    binary: &Path,
    lab: Lab,
    args: &BenchArgs,
) -> Result<Vec<String>, Error> {
    let words = ["labcheck".to_owned(), lab.id.to_string()]
        .into_iter()
        .chain(args.flags.iter().cloned());
    let cli = Cli::try_parse_from(words).map_err(|err| DevError::wrong(err.to_string()))?;
    let mut lines = idle(binary, lab.id.as_str(), &args.flags)?;
    let (tell, samples) = unbounded_channel();
    let watching = Box::pin(measured(lab, cli.grade.target()?, tell));
    let samples = tokio::select! {
        ended = watching => {
            ended?;
            return Err(DevError::wrong("the watch ended by itself").into());
        }
        samples = events(args.runs, samples) => samples?,
    };
    let times = |of: fn(&Sample) -> u64| {
        let each = samples
            .iter()
            .map(|sample| Duration::from_millis(of(sample)));
        Times::of(each.collect())
    };
    lines.push(format!(
        "from an event to the redraw: {}",
        times(|one| one.whole)
    ));
    lines.push(format!(
        "of which the look takes: {}",
        times(|one| one.look)
    ));
    lines.push(format!(
        "more than the look: {}",
        times(|one| one.whole.saturating_sub(one.look))
    ));
    Ok(lines)
}

/// Makes and removes a container again and again, and waits for the redraw each time.
async fn events(runs: u16, mut samples: UnboundedReceiver<Sample>) -> Result<Vec<Sample>, Error> {
    let docker = |words: &[&str]| {
        root::run(
            DockerCommand::of_process()
                .command()
                .as_std_mut()
                .args(words),
        )
    };
    // One that was ended by force left its container.
    let left = docker(&[
        "ps",
        "--all",
        "--quiet",
        "--filter",
        &format!("label={}={OWN}", labels::LAB),
    ])?;
    for id in left.split_whitespace() {
        docker(&["rm", "--force", id])?;
    }
    let images = docker(&["ps", "--format", "{{.Image}}"])?;
    let image = images.lines().next().unwrap_or_default().to_owned();
    let name = format!("labcheck-bench-{}", std::process::id());
    tokio::time::sleep(SETTLE).await;
    let mut all = Vec::new();
    for _ in 0..runs {
        let make = [
            "create",
            "--name",
            &name,
            "--label",
            &format!("{}={OWN}", labels::LAB),
            &image,
        ];
        for words in [&make[..], &["rm", "--force", &name]] {
            docker(words)?;
            let sample = tokio::time::timeout(LIMIT, samples.recv()).await;
            let Ok(Some(sample)) = sample else {
                let _ = docker(&["rm", "--force", &name]);
                return Err(DevError::wrong("an event was followed by no redraw").into());
            };
            all.push(sample);
            // What the look itself sets off has to be over.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    Ok(all)
}

/// Processor time and memory of a watch while nothing happens.
fn idle(binary: &Path, lab: &str, flags: &[String]) -> Result<Vec<String>, DevError> {
    let mut child = Command::new(binary)
        .args([lab, "--watch"])
        .args(flags)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|err| DevError::file(binary, &err))?;
    let of = |name: &str| {
        let path = format!("/proc/{}/{name}", child.id());
        std::fs::read_to_string(path).unwrap_or_default()
    };
    std::thread::sleep(SETTLE);
    let before = ticks(&of("stat"));
    std::thread::sleep(IDLE);
    let after = ticks(&of("stat"));
    let peak = memory::high_water(&of("status"));
    let id = child.id().to_string();
    let told = Command::new("kill").args(["-INT", &id]).status();
    if !told.is_ok_and(|told| told.success()) {
        let _ = child.kill();
    }
    child.wait().map_err(|err| DevError::file(binary, &err))?;
    let (Some(before), Some(after), Some(peak)) = (before, after, peak) else {
        return Err(DevError::wrong(
            "the watch ended by itself, or this system does not tell what a program takes (/proc/PID)",
        ));
    };
    Ok(vec![
        format!(
            "watching for {} s while nothing happens: {} ms of processor time",
            IDLE.as_secs(),
            (after - before) * 10
        ),
        format!("its largest resident size: {:.1} MiB", mebibytes(peak)),
    ])
}

/// User and system time in hundredths of a second (`utime` and `stime` of `proc_pid_stat(5)`, at `USER_HZ` of 100).
fn ticks(stat: &str) -> Option<u64> {
    // The name in brackets may hold blanks.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn processor_time_is_found_behind_any_name() {
        let stat = "12 (a) b) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0 20";
        assert_eq!(ticks(stat), Some(42));
        assert_eq!(ticks(""), None);
    }
}
