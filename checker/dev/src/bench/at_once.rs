//! Many gradings of one stack, some at the same time: how long each takes, whether they all say the same, and what they leave.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::measure::{Times, ms};
use crate::DevError;
use labcheck_core::error::Error;
use labcheck_engine::client::Engine;

/// What is graded, and how often.
pub(super) struct Gradings<'g> {
    /// What is typed behind `labcheck`.
    pub(super) words: &'g [&'g str],
    /// How many in all.
    pub(super) runs: u16,
    /// How many at the same time.
    pub(super) at_once: u8,
}

/// The verdict of each check.
type Verdicts = BTreeMap<String, String>;

impl Gradings<'_> {
    /// Grades, and gives the lines to print.
    ///
    /// # Errors
    /// A grading did not end with a report, or the engine did not answer.
    pub(super) async fn measure(&self, binary: &Path) -> Result<Vec<String>, Error> {
        let engine = Engine::find().await?;
        let before = ids(&engine).await?;
        let next = AtomicU16::new(0);
        let done = Mutex::new(Vec::new());
        let started = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..self.at_once {
                scope.spawn(|| {
                    while next.fetch_add(1, Ordering::Relaxed) < self.runs {
                        let one = one(binary, self.words);
                        if let Ok(mut done) = done.lock() {
                            done.push(one);
                        }
                    }
                });
            }
        });
        let took = started.elapsed();
        let done = done.into_inner().unwrap_or_default();
        let done: Result<Vec<(Duration, Verdicts)>, DevError> = done.into_iter().collect();
        let (times, verdicts): (Vec<_>, Vec<_>) = done?.into_iter().unzip();
        let after = ids(&engine).await?;
        let mut lines = vec![
            format!(
                "{} gradings, {} at once, in {}",
                self.runs,
                self.at_once,
                ms(took)
            ),
            format!("one of them, whole process: {}", Times::of(times)),
        ];
        lines.extend(compared(&verdicts));
        let left: Vec<&String> = after.iter().filter(|id| !before.contains(id)).collect();
        lines.push(match left.as_slice() {
            [] => "containers: none more than before".into(),
            left => format!("containers that are left: {left:?}"),
        });
        Ok(lines)
    }
}

/// How many different sets of verdicts there are, and the checks that they differ in.
fn compared(all: &[Verdicts]) -> Vec<String> {
    let mut sets: Vec<&Verdicts> = all.iter().collect();
    sets.sort();
    sets.dedup();
    let mut lines = vec![format!("different sets of verdicts: {}", sets.len())];
    let Some((first, others)) = sets.split_first() else {
        return lines;
    };
    for (check, verdict) in *first {
        let differs = others.iter().filter_map(|set| set.get(check));
        let mut differs: Vec<&String> = differs.filter(|other| *other != verdict).collect();
        differs.dedup();
        if !differs.is_empty() {
            lines.push(format!("  {check}: {verdict}, also {differs:?}"));
        }
    }
    lines
}

fn one(binary: &Path, words: &[&str]) -> Result<(Duration, Verdicts), DevError> {
    let started = Instant::now();
    let out = Command::new(binary)
        .args(words)
        .args(["--format", "json"])
        .stdin(Stdio::null())
        .output()
        .map_err(|err| DevError::file(binary, &err))?;
    let took = started.elapsed();
    let report: Value = serde_json::from_slice(&out.stdout).map_err(|_| {
        DevError::wrong(format!(
            "`labcheck {}` gave no report: {}",
            words.join(" "),
            String::from_utf8_lossy(&out.stderr).trim()
        ))
    })?;
    let checks = report["checks"].as_array().into_iter().flatten();
    let text = |check: &Value, key: &str| check[key].as_str().unwrap_or_default().to_owned();
    let verdicts = checks.map(|check| (text(check, "id"), text(check, "verdict")));
    Ok((took, verdicts.collect()))
}

async fn ids(engine: &Engine) -> Result<Vec<String>, Error> {
    let rows = engine.list().await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_that_were_judged_in_two_ways_are_named() {
        let set = |verdict: &str| {
            let all = [("a", "pass"), ("b", verdict)];
            all.map(|(check, verdict)| (check.to_owned(), verdict.to_owned()))
                .into()
        };
        let same = compared(&[set("pass"), set("pass")]);
        assert_eq!(same, ["different sets of verdicts: 1"]);
        let other = compared(&[set("pass"), set("fail"), set("fail")]);
        assert_eq!(other.len(), 2);
        assert!(other[1].starts_with("  b: fail, also"), "{other:?}");
    }
}
