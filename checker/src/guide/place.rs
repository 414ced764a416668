//! `labcheck` alone: the labs with their last and best result, what runs, and what to type next.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::progress::{now, open};
use crate::error::Error;
use crate::lab::Course;
use crate::probe::{Live, Running};
use crate::store::{Kept, Past};
use crate::text::{self, retold, say};

/// Where the student stands.
///
/// # Errors
/// When the labs inside the binary are wrong.
pub async fn run() -> Result<String, Error> {
    let course = Course::embedded()?;
    let labs: Vec<(String, String)> = course
        .manifests()
        .map(|lab| (lab.lab.to_string(), lab.title.clone()))
        .collect();
    let engine = async {
        match Live::connect().await {
            Ok(live) => live.running().await,
            Err(err) => Err(err),
        }
    };
    let kept = async {
        match open().await {
            Some(store) => store.past().await.unwrap_or_default(),
            None => BTreeMap::new(),
        }
    };
    let (running, past) = futures_util::join!(engine, kept);
    let running = running.map_err(|err| err.to_string());
    Ok(drawn(&labs, &past, running.as_deref(), now()))
}

fn drawn(
    labs: &[(String, String)],
    past: &BTreeMap<String, Past>,
    running: Result<&[Running], &String>,
    now: i64,
) -> String {
    let wide = labs.iter().map(|(_, title)| title.chars().count()).max();
    let wide = wide.unwrap_or_default();
    let mut out = format!(
        "{:<4} {:wide$}  {:<18}  {:<18}  {}\n",
        say!("lab"),
        say!("title"),
        say!("last"),
        say!("best"),
        say!("when")
    );
    for (lab, title) in labs {
        let (last, best, when) = match past.get(lab) {
            Some(past) => (
                result(&past.last),
                result(&past.best),
                ago(now - past.last.at),
            ),
            None => (say!("not graded yet").into(), String::new(), String::new()),
        };
        let pad = " ".repeat(wide.saturating_sub(title.chars().count()));
        let row = format!("{lab:<4} {title}{pad}  {last:<18}  {best:<18}  {when}");
        let _ = writeln!(out, "{}", row.trim_end());
    }
    out.push('\n');
    let known = |lab: &str| labs.iter().any(|(name, _)| name == lab);
    let current = match running {
        Err(why) => {
            let _ = writeln!(out, "{}", say!("running: {}", retold(why)));
            None
        }
        Ok(running) => {
            let ours: Vec<&Running> = running
                .iter()
                .filter(|stack| stack.lab.as_deref().is_some_and(known))
                .collect();
            for stack in &ours {
                let lab = stack.lab.as_deref().unwrap_or_default();
                let line = say!(
                    "running: {lab} (project {}, {} of {} up)",
                    stack.project,
                    stack.up,
                    text::count(stack.of, say!("container"), say!("containers")),
                    lab
                );
                let _ = writeln!(out, "{line}");
            }
            if ours.is_empty() {
                let _ = writeln!(out, "{}", say!("running: no stack of the course"));
            }
            match ours.as_slice() {
                [one] => one.lab.clone(),
                _ => None,
            }
        }
    };
    let next = next(labs, past, current.as_deref());
    let _ = writeln!(out, "{}", say!("next: {next}", next));
    out
}

/// What to type: grade what runs until it is passed, then start the first lab that is not.
fn next(labs: &[(String, String)], past: &BTreeMap<String, Past>, current: Option<&str>) -> String {
    let passed = |lab: &str| past.get(lab).is_some_and(|past| past.best.passed());
    let open = |lab: &&(String, String)| !passed(&lab.0);
    match (current, labs.iter().find(open)) {
        (Some(lab), _) if !passed(lab) => format!("labcheck {lab}"),
        (_, Some((lab, _))) => format!("labcheck start {lab}"),
        (_, None) => say!("every lab is passed; `labcheck v6` shows which stars are left").into(),
    }
}

fn result(kept: &Kept) -> String {
    let word = match kept.outcome.as_str() {
        "passed" => say!("passed"),
        "unknown" => say!("unknown"),
        _ => say!("not yet"),
    };
    format!("{word}, {}/{}", kept.earned, kept.possible)
}

/// How long ago, in words.
fn ago(seconds: i64) -> String {
    let some = |number: i64, one: &str, many: &str| {
        let number = u64::try_from(number).unwrap_or_default();
        say!("{} ago", text::count(number, one, many))
    };
    match seconds {
        ..60 => say!("just now").into(),
        60..3600 => some(seconds / 60, say!("minute"), say!("minutes")),
        3600..86_400 => some(seconds / 3600, say!("hour"), say!("hours")),
        _ => some(seconds / 86_400, say!("day"), say!("days")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labs() -> Vec<(String, String)> {
        ["v1", "v2"]
            .map(|lab| (lab.to_owned(), format!("Lab {lab}")))
            .into()
    }

    fn past(lab: &str, outcome: &str) -> BTreeMap<String, Past> {
        let kept = Kept {
            outcome: outcome.into(),
            earned: 12,
            possible: 20,
            ..Kept::default()
        };
        let past = Past {
            last: kept.clone(),
            best: kept,
            times: 1,
        };
        [(lab.to_owned(), past)].into()
    }

    fn runs(lab: &str) -> Running {
        Running {
            project: lab.into(),
            lab: Some(lab.into()),
            up: 1,
            of: 1,
        }
    }

    #[test]
    fn what_runs_is_graded_before_the_next_lab_is_started() {
        let none = BTreeMap::new();
        assert!(drawn(&labs(), &none, Ok(&[]), 0).contains("next: labcheck start v1"));
        assert!(drawn(&labs(), &none, Ok(&[runs("v1")]), 0).contains("next: labcheck v1"));
        let done = past("v1", "passed");
        assert!(drawn(&labs(), &done, Ok(&[runs("v1")]), 0).contains("next: labcheck start v2"));
        let text = drawn(&labs(), &done, Ok(&[runs("v1")]), 7200);
        assert!(
            text.contains("passed, 12/20") && text.contains("2 hours ago"),
            "{text}"
        );
    }

    #[test]
    fn an_engine_that_does_not_answer_is_said_and_the_table_is_there() {
        let why = "no Docker engine".to_owned();
        let text = drawn(&labs(), &BTreeMap::new(), Err(&why), 0);
        assert!(
            text.contains("running: no Docker engine") && text.contains("Lab v2"),
            "{text}"
        );
    }
}
