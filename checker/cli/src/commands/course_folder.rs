//! What can be typed, what is asked before anything is replaced, and what is said.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::course::chosen_lab::which;
use crate::course::folder::{lab_folder, sibling_lab};
use crate::course_folder::compare;
use crate::course_folder::init::{self, Initialized};
use crate::course_folder::reset::Reset;
use crate::course_folder::shipped::{solution, starter};
use crate::course_folder::walk::walk;
use crate::progress::Store;
use labcheck_core::error::Error;
use labcheck_core::lab::Course;
use labcheck_core::text::{self, say};
use labcheck_probe::ownership::lab_of;

/// `labcheck init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder to make: empty, not there yet, or made by `init` before.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// `labcheck reset`.
#[derive(Debug, Args)]
pub struct ResetArgs {
    /// The lab, such as `v4`; by default the one of this folder, or the only one that runs.
    lab: Option<String>,
    /// The lab's folder; by default the current one, or the one of that name below `labs/`.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

/// `labcheck diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The lab, such as `v4`; by default the one of this folder, or the only one that runs.
    lab: Option<String>,
    /// The lab's folder; by default the current one, or the one of that name below `labs/`.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Compare with the finished lab instead, once this one is passed.
    #[arg(long)]
    solution: bool,
    /// Show the finished lab before this one is passed.
    #[arg(long, requires = "solution")]
    force: bool,
}

/// Makes the course's folder; gives what to print.
///
/// # Errors
/// [`Error::usage`] when the folder holds other things, [`Error::write`].
pub(crate) fn init(args: &InitArgs) -> Result<String, Error> {
    let labs = Course::embedded()?.names();
    let Initialized { written, kept } = init::make(&args.folder, &labs)?;
    let mut lines = Vec::new();
    if !written.is_empty() {
        lines.push(say!("written: {}", written.join(", ")));
    }
    if !kept.is_empty() {
        lines.push(say!("left as they are: {}", kept.join(", ")));
    }
    let folder = args.folder.display().to_string();
    let here = if folder == "." {
        String::new()
    } else {
        format!("cd {folder} && ")
    };
    lines.push(say!("next: {here}labcheck doctor", here));
    Ok(lines.join("\n") + "\n")
}

/// Puts a lab's starter back; gives what to print.
///
/// # Errors
/// [`Error::usage`] when there is no folder of this lab, or there is no terminal to ask at; [`Error::read`], [`Error::write`].
pub(crate) async fn reset(args: &ResetArgs) -> Result<String, Error> {
    let (lab, folder) = meant("reset", args.lab.as_deref(), args.folder.as_deref()).await?;
    let reset = Reset::plan(&folder, starter(&lab))?;
    if reset.changes.is_empty() {
        return Ok(say!(
            "{lab} is as it was at the start; nothing to do\n",
            lab
        ));
    }
    let differ = text::count(
        reset.changes.len() as u64,
        say!("file differs"),
        say!("files differ"),
    );
    if !args.yes {
        match answer(&say!(
            "{}: {differ} from the starter. Keep a copy beside it and put the starter back? [y/N] ",
            folder.display(),
            differ
        )) {
            Some(true) => {}
            Some(false) => return Ok(say!("nothing was changed\n").into()),
            None => {
                return Err(Error::usage(
                    say!(
                        "{}: {differ} from the starter, and nobody can be asked",
                        folder.display(),
                        differ
                    ),
                    say!("add --yes to put the starter back; a copy of the work is kept beside it"),
                ));
            }
        }
    }
    let now = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
    // Said before anything is replaced, so that it is known where the work is whatever happens.
    reset.carry_out(&now, |beside| {
        // The copy is there whether it can be said or not, and the work goes on.
        let _ = crate::terminal::print(&say!("kept:  {}\n", beside.display()));
    })?;
    Ok(say!(
        "reset: {}\nVolumes were not touched: what the database holds stays, until `labcheck stop {lab} --volumes`.\n\
         A stack that is running goes on with what it has read; `labcheck start {lab}` brings it up anew.\n",
        folder.display(),
        lab
    ))
}

/// What differs from the starter or the solution.
///
/// # Errors
/// [`Error::usage`] when there is no folder of this lab, or it is not passed yet; [`Error::read`].
pub(crate) async fn diff(args: &DiffArgs, colour: bool) -> Result<String, Error> {
    let (lab, folder) = meant("diff", args.lab.as_deref(), args.folder.as_deref()).await?;
    let (from, word) = if args.solution {
        if !args.force && !is_passed(&lab).await {
            return Err(Error::usage(
                say!(
                    "lab {lab} is not passed yet, and its solution would spoil it",
                    lab
                ),
                say!(
                    "grade it first (`labcheck {lab}`, `labcheck hint {lab}`), or add --force",
                    lab
                ),
            ));
        }
        (solution(&lab)?, "solution")
    } else {
        (starter(&lab), "starter")
    };
    // The lab file is the course's, and no part of a solution.
    let mut found = walk(&folder)?;
    if args.solution {
        found.retain(|found| !["lab.yaml", "lab.de.yaml"].contains(&found.path.as_str()));
    }
    let changes = compare::changes(&from, &found)?;
    Ok(compare::drawn(&changes, word, &lab, colour))
}

async fn is_passed(lab: &str) -> bool {
    let past = match Store::open(&Store::path()).await {
        Ok(store) => store.past().await.unwrap_or_default(),
        Err(_) => return false,
    };
    past.get(lab).is_some_and(|past| past.best.passed())
}

/// The lab that is named, or meant where one stands, and its folder.
async fn meant(
    command: &str,
    lab: Option<&str>,
    folder: Option<&Path>,
) -> Result<(String, PathBuf), Error> {
    match lab {
        Some(lab) => lab_and_folder(lab, folder),
        None => lab_and_folder(&which(command, folder).await?.lab, folder),
    }
}

/// The lab's name and its folder, which has to say that it is this lab's.
fn lab_and_folder(lab: &str, folder: Option<&Path>) -> Result<(String, PathBuf), Error> {
    let lab = Course::embedded()?.lab(lab)?.id.to_string();
    let wrong = |what: String| {
        Error::usage(
            what,
            say!(
                "go to the lab's folder, or give it: `--folder labs/{lab}`; `labcheck init DIR` makes the course anew",
                lab
            ),
        )
    };
    let found = lab_folder(&lab, folder)?
        .ok_or_else(|| wrong(say!("no folder of lab {lab} is here", lab)))?;
    if lab_of(&found).as_ref() == Some(&lab) {
        return Ok((lab, found));
    }
    if let Some(beside) = sibling_lab(&found, &lab).filter(|_| folder.is_none()) {
        return Ok((lab, beside));
    }
    Err(wrong(say!(
        "{}: no lab.yaml in it says that it is lab {lab}",
        found.display(),
        lab
    )))
}

/// Asks the student at the keyboard; `None` where the input or the error output is no terminal.
fn answer(question: &str) -> Option<bool> {
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return None;
    }
    let mut err = std::io::stderr();
    let _ = write!(err, "{question}").and_then(|()| err.flush());
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).ok()?;
    let line = line.trim().to_lowercase();
    Some(["y", "yes", "j", "ja"].contains(&line.as_str()))
}
