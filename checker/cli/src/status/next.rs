//! What to type next: it follows from the results kept, the stacks that run, and where the course's folder is.

use std::collections::BTreeMap;
use std::path::Path;

use super::recognise::Recognised;
use crate::course::chosen_lab::at_hand;
use crate::course::folder::lab_folder;
use crate::notes::broken;
use crate::progress::Past;
use labcheck_core::text::{say, shell};
use labcheck_probe::Running;

/// The lab at hand: that of the folder one stands in, or the only one that runs.
#[derive(Debug)]
pub(super) struct Hand {
    pub(super) lab: String,
    /// Why its compose file cannot be read.
    pub(super) broken: Option<String>,
}

impl Hand {
    pub(super) async fn find() -> Option<Self> {
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
pub(super) enum Folder {
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

    pub(super) fn find(labs: &[(String, String)]) -> Self {
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

/// Of one's own stacks the one that counts: the only one; of several, that of the lab at hand, else the first that says
/// its lab and is not passed.
pub(super) fn foremost<'s>(
    ours: &[&'s (&'s Running, Recognised)],
    past: &BTreeMap<String, Past>,
    hand: Option<&Hand>,
) -> Option<&'s (&'s Running, Recognised)> {
    if let [one] = ours {
        return Some(*one);
    }
    let at_hand = |(_, placed): &(&Running, Recognised)| {
        hand.is_some_and(|hand| placed.lab.as_ref() == Some(&hand.lab))
    };
    let open = |(_, placed): &(&Running, Recognised)| {
        let lab = placed.lab.as_ref().filter(|_| placed.labelled);
        lab.is_some_and(|lab| !past.get(lab).is_some_and(|past| past.last.passed()))
    };
    let find =
        |is: &dyn Fn(&(&Running, Recognised)) -> bool| ours.iter().copied().find(|one| is(one));
    find(&at_hand).or_else(|| find(&open))
}

/// What to type: grade what runs until it is passed, also where it was passed once and is no more, or start again what was
/// stopped before that; then stop it and start the first lab that is not passed.
pub(super) fn next(
    labs: &[(String, String)],
    past: &BTreeMap<String, Past>,
    current: Option<&(String, Option<String>)>,
    again: Option<&str>,
    course: Folder,
) -> String {
    let passed = |lab: &str| past.get(lab).is_some_and(|past| past.best.passed());
    let stop = current.map(|(lab, project)| match project {
        Some(project) => shell!("docker compose -p {} down", project).to_string(),
        None => shell!("labcheck stop {}", lab).to_string(),
    });
    // From elsewhere the lab's folder would have to be named.
    let stop = stop.filter(|_| course == Folder::Here);
    let still = |lab: &str| past.get(lab).is_some_and(|past| past.last.passed());
    let open = |lab: &&(String, String)| !passed(&lab.0);
    let stopped = labs.iter().find(|(lab, _)| again == Some(lab)).filter(open);
    match (current, stopped.or_else(|| labs.iter().find(open))) {
        (Some((lab, project)), _) if !passed(lab) || !still(lab) => match project {
            Some(project) => shell!("labcheck {} --project {}", lab, project).to_string(),
            None => shell!("labcheck {}", lab).to_string(),
        },
        (_, Some((lab, _))) => match course {
            Folder::Here => {
                let go = shell!("labcheck start {}", lab).to_string();
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
