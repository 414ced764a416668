//! `labcheck` alone: the labs with their last and best result, what runs, and what to type next.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::next::{Folder, Hand, foremost, next};
use super::recognise::{Recognised, elsewhere, recognise, shapes};
use super::table::{stacked, table};
use crate::progress::Past;
use crate::progress::remember::{now, open};
use labcheck_core::error::Error;
use labcheck_core::facts::Role;
use labcheck_core::lab::Course;
use labcheck_core::text::{self, retold, say, shell};
use labcheck_probe::ownership::Near;
use labcheck_probe::{Live, Running};

/// Where the student stands.
///
/// # Errors
/// When the labs inside the binary are wrong.
pub(crate) async fn run() -> Result<String, Error> {
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
    let (running, past, hand) = futures_util::join!(engine, kept, Hand::find());
    let running = running.map_err(|err| err.to_string());
    let shapes = shapes(&course);
    let near = Near::here();
    let placed = |stack| {
        let mut placed = recognise(stack, &shapes, &past);
        placed.elsewhere = elsewhere(stack, &near);
        (stack, placed)
    };
    let stacks = running.as_ref().map(|all| all.iter().map(placed).collect());
    let course = Folder::find(&labs);
    Ok(drawn(
        &labs,
        &past,
        stacks,
        (course, hand.as_ref()),
        (now(), crate::terminal::width()),
    ))
}

/// What runs, with the lab that it is placed at.
type Stacks<'s> = Vec<(&'s Running, Recognised)>;

fn drawn(
    labs: &[(String, String)],
    past: &BTreeMap<String, Past>,
    running: Result<Stacks<'_>, &String>,
    (course, hand): (Folder, Option<&Hand>),
    (now, columns): (i64, usize),
) -> String {
    let mut out = if columns < 78 {
        stacked(labs, past, now, columns)
    } else {
        table(labs, past, now)
    };
    out.push('\n');
    let (mut current, mut again) = (None, None);
    // Whether a stack of the lab at hand is up; so it may be where the engine cannot be asked.
    let mut up = true;
    match running {
        Err(why) => {
            let _ = writeln!(out, "{}", say!("running: {}", retold(why)));
        }
        Ok(stacks) => {
            let ours = stacks.iter().filter(|(_, placed)| placed.lab.is_some());
            let (theirs, ours): (Vec<_>, Vec<_>) = ours.partition(|(_, placed)| placed.elsewhere);
            let (ours, stopped): (Vec<_>, Vec<_>) =
                ours.into_iter().partition(|(stack, _)| stack.up > 0);
            up = hand.is_some_and(|hand| {
                let mut all = ours.iter();
                all.any(|(_, placed)| placed.lab.as_ref() == Some(&hand.lab))
            });
            for (stack, placed) in &ours {
                let _ = writeln!(out, "{}", say!("running: {}", runs(stack, placed)));
            }
            if ours.is_empty() {
                let _ = writeln!(out, "{}", say!("running: no stack of the course"));
            }
            for (stack, placed) in &stopped {
                let lab = placed.lab.as_deref().unwrap_or_default();
                let line = say!(
                    "stopped: {lab} (project {}); start it: labcheck start {lab}",
                    stack.project,
                    lab
                );
                let _ = writeln!(out, "{line}");
            }
            if let Some(line) = away(&theirs) {
                let _ = writeln!(out, "{line}");
            }
            if let ([], [(_, placed)]) = (ours.as_slice(), stopped.as_slice()) {
                again.clone_from(&placed.lab);
            }
            current = foremost(&ours, past, hand).and_then(|(stack, placed)| {
                let project = (!placed.labelled).then(|| stack.project.clone());
                Some((placed.lab.clone()?, project))
            });
        }
    }
    if let Some(broken) = hand.and_then(|hand| hand.broken.as_ref()) {
        let _ = writeln!(out, "{}", say!("next: {next}", next = broken));
        return out;
    }
    let runs = current.as_ref().map(|(lab, _)| lab);
    let failed = |hand: &&Hand| {
        let past = past.get(&hand.lab);
        past.is_some_and(|past| !past.last.passed()) && runs != Some(&hand.lab)
    };
    let next = match hand.filter(failed) {
        Some(Hand { lab, .. }) if up => shell!("labcheck {}", lab).to_string(),
        Some(Hand { lab, .. }) => shell!("labcheck start {}", lab).to_string(),
        None => next(labs, past, current.as_ref(), again.as_deref(), course),
    };
    let _ = writeln!(out, "{}", say!("next: {next}", next));
    let mend = current.and_then(|(lab, _)| {
        let last = &past.get(&lab)?.last;
        let first = last.unsolved.first().filter(|_| !last.passed())?;
        Some(say!(
            "mend first: {first}; a hint: labcheck hint {lab}",
            first,
            lab
        ))
    });
    if let Some(mend) = mend {
        let _ = writeln!(out, "{mend}");
    }
    out
}

/// What runs of other folders, in one line: nothing of it says what comes next.
fn away(theirs: &[&(&Running, Recognised)]) -> Option<String> {
    let up = theirs.iter().filter(|(stack, _)| stack.up > 0);
    let names = up.map(|(stack, placed)| {
        let lab = placed.lab.as_deref().unwrap_or_default();
        say!("{lab} (project {})", stack.project, lab)
    });
    let names: Vec<String> = names.collect();
    (!names.is_empty()).then(|| {
        let names = text::cut(&text::list(&names), 200);
        say!(
            "elsewhere: {names}, of other folders than this course",
            names
        )
    })
}

/// A stack in one line: what it is, how much of it is up, and what it is made of.
fn runs(stack: &Running, placed: &Recognised) -> String {
    let lab = placed.lab.as_deref().unwrap_or_default();
    let lab = if placed.labelled {
        lab.to_owned()
    } else {
        say!("the shape of {lab}", lab)
    };
    let mut line = say!(
        "{lab} (project {}, {} of {} up)",
        stack.project,
        stack.up,
        text::count(stack.of, say!("container"), say!("containers")),
        lab
    );
    let words = |roles: &[Role]| {
        let words: Vec<&str> = roles.iter().map(|role| role.word()).collect();
        text::list(&words)
    };
    if !placed.roles.is_empty() {
        let _ = write!(line, ": {}", words(&placed.roles));
    }
    if !placed.missing.is_empty() {
        let _ = write!(line, "; {}", say!("missing: {}", words(&placed.missing)));
    }
    line
}

#[cfg(test)]
#[path = "screen_tests.rs"]
mod tests;
