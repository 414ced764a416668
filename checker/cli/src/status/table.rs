//! `labcheck` alone: the labs with their last and best result, what runs, and what to type next.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::recognise::{Placed, elsewhere, place, shapes};
use crate::course::chosen_lab::at_hand;
use crate::course::folder::lab_folder;
use crate::notes::broken;
use crate::progress::remember::{now, open};
use crate::progress::{Kept, Past};
use labcheck_core::error::Error;
use labcheck_core::facts::Role;
use labcheck_core::lab::Course;
use labcheck_core::text::{self, retold, say};
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
        let mut placed = place(stack, &shapes, &past);
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

/// The lab at hand: that of the folder one stands in, or the only one that runs.
#[derive(Debug)]
struct Hand {
    lab: String,
    /// Why nobody can read its compose file.
    broken: Option<String>,
}

impl Hand {
    async fn find() -> Option<Self> {
        let meant = at_hand().await.ok()?;
        let own = || lab_folder(&meant.lab, None).ok().flatten();
        let folder = meant.folder.clone().or_else(own);
        Some(Self {
            broken: broken(&meant.lab, folder.as_deref()),
            lab: meant.lab,
        })
    }
}

/// Where the course's folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folder {
    /// Here, or the one of a lab.
    Here,
    /// One step below, under the name that the book gives it.
    Below,
    /// Not to be seen from here.
    Nowhere,
}

impl Folder {
    /// Under which name the book makes it.
    const NAME: &str = "course";

    fn find(labs: &[(String, String)]) -> Self {
        let here = |(lab, _): &(String, String)| matches!(lab_folder(lab, None), Ok(Some(_)));
        let below = |root: &Path| {
            let of = |lab: &str| root.join("labs").join(lab).join("lab.yaml");
            labs.iter().any(|(lab, _)| of(lab).is_file())
        };
        let at = std::env::current_dir().unwrap_or_default();
        if labs.iter().any(here) || at.ancestors().any(below) {
            Self::Here
        } else if below(&at.join(Self::NAME)) {
            Self::Below
        } else {
            Self::Nowhere
        }
    }
}

/// What runs, with the lab that it is placed at.
type Stacks<'s> = Vec<(&'s Running, Placed)>;

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
        Some(Hand { lab, .. }) if up => format!("labcheck {lab}"),
        Some(Hand { lab, .. }) => format!("labcheck start {lab}"),
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

/// Of one's own stacks the one that counts: the only one; of several, that of the lab at hand, else the first that says
/// its lab and is not passed.
fn foremost<'s>(
    ours: &[&'s (&'s Running, Placed)],
    past: &BTreeMap<String, Past>,
    hand: Option<&Hand>,
) -> Option<&'s (&'s Running, Placed)> {
    if let [one] = ours {
        return Some(*one);
    }
    let at_hand = |(_, placed): &(&Running, Placed)| {
        hand.is_some_and(|hand| placed.lab.as_ref() == Some(&hand.lab))
    };
    let open = |(_, placed): &(&Running, Placed)| {
        let lab = placed.lab.as_ref().filter(|_| placed.labelled);
        lab.is_some_and(|lab| !past.get(lab).is_some_and(|past| past.last.passed()))
    };
    let find = |is: &dyn Fn(&(&Running, Placed)) -> bool| ours.iter().copied().find(|one| is(one));
    find(&at_hand).or_else(|| find(&open))
}

/// What runs of other folders, in one line: nothing of it says what comes next.
fn away(theirs: &[&(&Running, Placed)]) -> Option<String> {
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

/// One row a lab.
fn table(labs: &[(String, String)], past: &BTreeMap<String, Past>, now: i64) -> String {
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
        let (last, best, when) = cells(past.get(lab), now);
        let pad = " ".repeat(wide.saturating_sub(title.chars().count()));
        let row = format!("{lab:<4} {title}{pad}  {last:<18}  {best:<18}  {when}");
        let _ = writeln!(out, "{}", row.trim_end());
    }
    out
}

/// The same for a narrow terminal: two lines a lab.
fn stacked(
    labs: &[(String, String)],
    past: &BTreeMap<String, Past>,
    now: i64,
    columns: usize,
) -> String {
    let mut out = String::new();
    for (lab, title) in labs {
        let room = columns.max(20) - 5;
        let mut name = lab.as_str();
        for part in text::wrap(title, room) {
            let _ = writeln!(out, "{name:<4} {part}");
            name = "";
        }
        let (last, best, when) = cells(past.get(lab), now);
        let said = if when.is_empty() {
            last
        } else {
            say!("last {last}; best {best}; {when}", last, best, when)
        };
        for part in text::wrap(&said, room) {
            let _ = writeln!(out, "     {part}");
        }
    }
    out
}

fn cells(past: Option<&Past>, now: i64) -> (String, String, String) {
    match past {
        Some(past) => (
            result(&past.last),
            result(&past.best),
            ago(now - past.last.at),
        ),
        None => (say!("not graded yet").into(), String::new(), String::new()),
    }
}

/// A stack in one line: what it is, how much of it is up, and what it is made of.
fn runs(stack: &Running, placed: &Placed) -> String {
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

/// What to type: grade what runs until it is passed, also where it was passed once and is no more, or start again what was
/// stopped before that; then stop it and start the first lab that is not passed.
fn next(
    labs: &[(String, String)],
    past: &BTreeMap<String, Past>,
    current: Option<&(String, Option<String>)>,
    again: Option<&str>,
    course: Folder,
) -> String {
    let passed = |lab: &str| past.get(lab).is_some_and(|past| past.best.passed());
    let stop = current.map(|(lab, project)| match project {
        Some(project) => format!("docker compose -p {project} down"),
        None => format!("labcheck stop {lab}"),
    });
    // From elsewhere the lab's folder would have to be named.
    let stop = stop.filter(|_| course == Folder::Here);
    let still = |lab: &str| past.get(lab).is_some_and(|past| past.last.passed());
    let open = |lab: &&(String, String)| !passed(&lab.0);
    let stopped = labs.iter().find(|(lab, _)| again == Some(lab)).filter(open);
    match (current, stopped.or_else(|| labs.iter().find(open))) {
        (Some((lab, project)), _) if !passed(lab) || !still(lab) => match project {
            Some(project) => format!("labcheck {lab} --project {project}"),
            None => format!("labcheck {lab}"),
        },
        (_, Some((lab, _))) => match course {
            Folder::Here => {
                let go = format!("labcheck start {lab}");
                match stop {
                    Some(stop) => say!("{stop}, then {go}", stop, go),
                    None => go,
                }
            }
            Folder::Below => format!("cd {}", Folder::NAME),
            Folder::Nowhere => format!("labcheck init {}", Folder::NAME),
        },
        (_, None) => {
            let left = |lab: &&(String, String)| {
                let best = past.get(&lab.0).map(|past| &past.best);
                best.is_some_and(|best| best.earned < best.possible)
            };
            match (labs.iter().find(left), stop) {
                (Some((lab, _)), Some(stop)) => say!(
                    "every lab is passed; `labcheck {lab}` shows which stars are left; or `{stop}`, then `labcheck book beyond`",
                    stop,
                    lab
                ),
                (None, Some(stop)) => {
                    let go = "labcheck book beyond";
                    say!("{stop}, then {go}", stop, go)
                }
                (Some((lab, _)), None) => say!(
                    "every lab is passed; `labcheck {lab}` shows which stars are left",
                    lab
                ),
                (None, None) => say!("nothing: every lab is passed, with every point").into(),
            }
        }
    }
}

fn result(kept: &Kept) -> String {
    let word = kept.outcome.said();
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
#[path = "table_tests.rs"]
mod tests;
