//! Reads a lab file and checks that its parts fit together, naming file, line and column where they do not.

use std::collections::{BTreeMap, BTreeSet};

use super::error::nearest;
use super::{CheckId, Hint, LabError, Manifest};

/// Reads one lab file.
///
/// # Errors
/// [`LabError::Wrong`] with line and column, and the nearest known word for a typo.
pub(super) fn parse(file: &str, text: &str) -> Result<Manifest, LabError> {
    let manifest: Manifest = serde_yaml::from_str(text).map_err(|err| {
        let (line, column) = err.location().map_or((0, 0), |at| (at.line(), at.column()));
        let what = err.to_string();
        let what = what.split(" at line ").next().unwrap_or(&what).to_owned();
        LabError::Wrong {
            file: file.into(),
            line,
            column,
            help: suggestion(&what),
            what,
        }
    })?;
    cross_check(file, text, &manifest)?;
    Ok(manifest)
}

/// "did you mean" from serde's own message: unknown field `x`, expected one of `a`, `b`.
fn suggestion(message: &str) -> Option<String> {
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (typed, known) = words.split_first()?;
    if !message.contains("unknown") {
        return None;
    }
    Some(match nearest(typed, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", crate::text::ticked(known)),
    })
}

/// What serde cannot see: ids used twice, references inside the file.
fn cross_check(file: &str, text: &str, manifest: &Manifest) -> Result<(), LabError> {
    let wrong = |id: &CheckId, nth: usize, what: String, help: Option<String>| {
        let (line, column) = position_of_id(text, id.as_str(), nth);
        Err(LabError::Wrong {
            file: file.into(),
            line,
            column,
            what,
            help,
        })
    };
    if manifest.checks.is_empty() {
        return Err(LabError::Wrong {
            file: file.into(),
            line: 1,
            column: 1,
            what: "the lab has no checks".into(),
            help: None,
        });
    }
    let mut seen = BTreeSet::new();
    for entry in &manifest.checks {
        if !seen.insert(&entry.id) {
            return wrong(
                &entry.id,
                1,
                format!("check id `{}` is used twice", entry.id),
                Some("every check needs an id of its own".into()),
            );
        }
        if !(1..=20).contains(&entry.points) {
            return wrong(
                &entry.id,
                0,
                format!(
                    "`{}` is worth {} points; 1 to 20 are possible",
                    entry.id, entry.points
                ),
                None,
            );
        }
        if !entry.hints.is_empty() && !entry.hints.iter().any(Hint::always) {
            return wrong(
                &entry.id,
                0,
                format!("`{}` has no hint that always fits", entry.id),
                Some("give at least one hint without `found`".into()),
            );
        }
        if entry.hints.is_empty() {
            return wrong(
                &entry.id,
                0,
                format!("`{}` has no hints", entry.id),
                Some("give at least one hint".into()),
            );
        }
    }
    for again in manifest.again.iter().map(|again| &again.id) {
        if !seen.insert(again) {
            let (line, column) = position(text, again.as_str(), 1);
            let what = format!("`{again}` is listed twice");
            return Err(LabError::Wrong {
                file: file.into(),
                line,
                column,
                what,
                help: None,
            });
        }
    }
    if let Some(entry) = manifest
        .checks
        .iter()
        .find(|entry| entry.id.lab() != manifest.lab.as_str())
    {
        return wrong(
            &entry.id,
            0,
            format!(
                "`{}` does not begin with the lab's name, `{}`",
                entry.id, manifest.lab
            ),
            Some("to ask a check of an earlier lab again, list it under `again`".into()),
        );
    }
    Ok(())
}

/// References between labs: `again` and `after` name checks that exist, and `after` has no circle.
pub(super) fn cross_check_course(
    labs: &BTreeMap<String, (String, String, Manifest)>,
) -> Result<(), LabError> {
    let all: BTreeMap<&CheckId, &super::CheckEntry> = labs
        .values()
        .flat_map(|(_, _, manifest)| manifest.checks.iter().map(|entry| (&entry.id, entry)))
        .collect();
    let known: Vec<&str> = all.keys().map(|id| id.as_str()).collect();
    for (file, text, manifest) in labs.values() {
        let again = || manifest.again.iter();
        let asked: BTreeSet<&CheckId> = again()
            .map(|again| &again.id)
            .chain(manifest.checks.iter().map(|entry| &entry.id))
            .collect();
        let own = manifest.checks.iter().flat_map(|entry| &entry.after);
        let others = again().flat_map(|again| again.after.iter().flatten().chain([&again.id]));
        for id in others.chain(own) {
            if !all.contains_key(id) {
                let (line, column) = position(text, id.as_str(), 0);
                let help =
                    nearest(id.as_str(), &known).map(|near| format!("did you mean `{near}`?"));
                return Err(LabError::Wrong {
                    file: file.clone(),
                    line,
                    column,
                    what: format!("no check is called `{id}`"),
                    help,
                });
            }
        }
        let after = afters(manifest, &all);
        let in_order = manifest.checks.iter().map(|entry| &entry.id);
        for id in in_order.chain(again().map(|again| &again.id)) {
            let mut comes = after.get(id).into_iter().flatten();
            if let Some(missing) = comes.find(|after| !asked.contains(*after)) {
                let (line, column) = position(text, missing.as_str(), 0);
                return Err(LabError::Wrong {
                    file: file.clone(),
                    line,
                    column,
                    what: format!("`{id}` comes after `{missing}`, which this lab does not ask"),
                    help: Some(format!("list `{missing}` under `again`")),
                });
            }
            if let Some(path) = circle(id, &after) {
                let (line, column) = position(text, id.as_str(), 0);
                return Err(LabError::Wrong {
                    file: file.clone(),
                    line,
                    column,
                    what: format!("`after` goes in a circle: {path}"),
                    help: None,
                });
            }
        }
    }
    Ok(())
}

/// What every check of a lab comes after there. A check asked again without a word on that comes after what it comes
/// after in its own lab, as far as this one asks it.
fn afters<'m>(
    manifest: &'m Manifest,
    all: &BTreeMap<&'m CheckId, &'m super::CheckEntry>,
) -> BTreeMap<&'m CheckId, Vec<&'m CheckId>> {
    let own = manifest.checks.iter().map(|entry| &entry.id);
    let asked: BTreeSet<&CheckId> = own
        .chain(manifest.again.iter().map(|again| &again.id))
        .collect();
    let of_before = |id: &CheckId| {
        let entry = all.get(id).map(|entry| entry.after.as_slice());
        let kept = entry.unwrap_or_default().iter();
        kept.filter(|after| asked.contains(after)).collect()
    };
    let again = manifest.again.iter().map(|again| {
        let after = again.after.as_ref();
        let after = after.map_or_else(|| of_before(&again.id), |after| after.iter().collect());
        (&again.id, after)
    });
    let own = manifest.checks.iter();
    let own = own.map(|entry| (&entry.id, entry.after.iter().collect()));
    again.chain(own).collect()
}

fn circle(start: &CheckId, after: &BTreeMap<&CheckId, Vec<&CheckId>>) -> Option<String> {
    let mut stack = vec![(start, vec![start.as_str()])];
    let mut seen = BTreeSet::new();
    while let Some((id, path)) = stack.pop() {
        for next in after.get(id).into_iter().flatten() {
            let mut path = path.clone();
            path.push(next.as_str());
            if *next == start {
                return Some(path.join(" → "));
            }
            if seen.insert(*next) {
                stack.push((next, path));
            }
        }
    }
    None
}

/// Line and column (from 1) of the nth standing of a word in a file; 0 where it is not found.
fn position(text: &str, word: &str, nth: usize) -> (usize, usize) {
    standings(text, word)
        .nth(nth)
        .map_or((0, 0), |(line, column, _)| (line, column))
}

/// The same for the nth time that the word is given as an `id`.
fn position_of_id(text: &str, id: &str, nth: usize) -> (usize, usize) {
    let mut ids = standings(text, id).filter(|(_, _, before)| before.trim_end().ends_with("id:"));
    ids.nth(nth)
        .map_or((0, 0), |(line, column, _)| (line, column))
}

/// Every standing of a whole word: line, column, and what stands before it in its line.
fn standings<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = (usize, usize, &'t str)> {
    let edge = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
    text.lines().enumerate().flat_map(move |(number, line)| {
        line.match_indices(word).filter_map(move |(at, _)| {
            let (before, after) = (&line[..at], &line[at + word.len()..]);
            let whole = edge(before.chars().next_back()) && edge(after.chars().next());
            whole.then(|| (number + 1, before.chars().count() + 1, before))
        })
    })
}
