//! Which containers are a grader's own, told by more than a label and a name, which a stranger's container may bear too.
//!
//! Those of this run are known by their ids ([`crate::sidecars::Sidecars::made`]). Those of another grading, on the same
//! engine or earlier, are told here by everything that the engine's list says of how they were made.

use futures_util::future::join_all;

use crate::client::Engine;
use crate::model::inspected::ContainerSummary;
use crate::model::time;
use labcheck_core::facts::Status;
use labcheck_eye::image::{Image, PROGRAM};

/// What the names of a grader's own containers begin with.
pub(crate) const NAMED: &str = "labcheck-probe-";
/// The program of a container that is never started. No image has it.
pub(crate) const NEVER_RUN: &str = "/labcheck-never-run";
/// Hexadecimal digits between the beginning of the name and the number at its end.
const DIGITS: usize = 16;
/// Hexadecimal digits of a container's id.
const ID: usize = 64;
/// A container of a grader that was ended by force is cleared away by the next one from this age on.
const STALE_MS: u64 = 15 * 60 * 1000;

/// Programs of the stack's images that graders run beside a container: the words that their commands begin with.
pub type ToolPrograms<'a> = &'a [&'a [&'a str]];

/// Whether a container is exactly as a grader makes its own.
///
/// It publishes no port, is on no network by itself, belongs to no project and shows nothing but the files of its image, so
/// that leaving it out hides nothing: an image of the stack may hold any program.
pub fn is_own(row: &ContainerSummary, engine: &Engine, tools: ToolPrograms<'_>) -> bool {
    row.creation.labelled
        && apart(row)
        && (is_eye(row, engine.eye_image_made().ok()) || is_tool(row, tools))
}

/// Removes what an earlier grader, ended by force, left on the engine: what is exactly as a grader makes it, does not run
/// and is old. One that runs may be another grading's, so nothing is ended by force.
pub async fn sweep(engine: &Engine, rows: &[ContainerSummary], tools: ToolPrograms<'_>) {
    let now = time::now();
    let stale = rows.iter().filter(|row| {
        ended(row.status)
            && (1..now.saturating_sub(STALE_MS)).contains(&row.created_ms)
            && is_own(row, engine, tools)
    });
    join_all(stale.map(|row| engine.remove_ended(&row.id))).await;
}

/// Whether nothing of it runs, nor will before it is started again.
fn ended(status: Status) -> bool {
    matches!(status, Status::Created | Status::Exited | Status::Dead)
}

/// Whether it is named as a grader's own, and stands apart from every stack: no project, no lab, no port, no mount, and
/// another container's network or none.
fn apart(row: &ContainerSummary) -> bool {
    let creation = &row.creation;
    let lent = creation.network.lender().is_some_and(|id| hex(id, ID));
    let alone = String::from(creation.network.clone()) == "none";
    let labels = [&row.project, &row.service, &row.lab, &row.test];
    let folder = row.folder.as_deref().unwrap_or_default();
    named(&row.name)
        && labels.iter().all(|label| label.is_none())
        && folder.is_empty()
        && !row.oneoff
        && row.ports.is_empty()
        && row.ends.iter().all(|end| end.network == "none")
        && !creation.mounted
        && (lent || alone)
}

/// Whether it is the program that looks inside, of this grader's version.
fn is_eye(row: &ContainerSummary, eye: Option<&Image>) -> bool {
    let creation = &row.creation;
    eye.is_some_and(|eye| eye.is(&creation.image_id)) && creation.command == PROGRAM
}

/// Whether it is made of an image by its id, as a grader names images of the stack: to be looked at, for a grader's
/// program, or for the command of a health check, which can be any. The last is left out once it has ended, on no network
/// and with no mount, so that it can hide nothing.
fn is_tool(row: &ContainerSummary, tools: ToolPrograms<'_>) -> bool {
    let creation = &row.creation;
    let never = creation.command == NEVER_RUN
        && row.status == Status::Created
        && creation.network.lender().is_none();
    let runs = || {
        let said = unquoted(&creation.command);
        let begins = |words: &&[&str]| {
            let rest = said.strip_prefix(&unquoted(&words.join(" ")));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        creation.network.lender().is_some() && tools.iter().any(begins)
    };
    let tried = || {
        matches!(row.status, Status::Exited | Status::Dead) && creation.network.lender().is_none()
    };
    creation.by_id && (never || runs() || tried())
}

/// A command as the engine's list has it, which puts words with a space in quotes.
fn unquoted(command: &str) -> String {
    command.replace('\'', "")
}

/// Whether a name is one of [`crate::sidecars`].
pub(crate) fn named(name: &str) -> bool {
    let rest = name.strip_prefix(NAMED);
    let parts = rest.and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(run, number)| {
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        hex(run, DIGITS) && digits && !number.is_empty()
    })
}

fn hex(text: &str, length: usize) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == length && text.bytes().all(digit)
}

#[cfg(test)]
#[path = "own_tests.rs"]
mod tests;
