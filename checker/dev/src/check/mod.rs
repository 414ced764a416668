//! `cargo dev check`: whether starters, solutions, lab files, mistakes and chapters are in step.
//!
//! Looks at files only; whether the stacks do what their files say is for the live tests. It may import `pages`,
//! `stack`, `sync`, `tasks`, and `course` of the program.

mod chapters;
mod found;
mod mistakes;
mod regions;

use clap::Args;

use found::Found;

use crate::pages::matrix::{self, Table};
use crate::stack::Case;
use crate::sync::{Generated, MENDS};
use crate::{DevError, Root};
use labcheck::course::lab_files::from_folder;

/// `cargo dev check`.
#[derive(Debug, Clone, Copy, Args)]
pub struct CheckArgs {
    /// Also print which mistakes turn which check red.
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "text", value_name = "FORMAT")]
    pub matrix: Option<Table>,
}

/// Checks everything; gives the lines to print when all is well.
///
/// # Errors
/// [`DevError::Wrong`] with a line for everything that is out of step.
pub(super) fn run(root: &Root, args: CheckArgs) -> Result<Vec<String>, DevError> {
    let course = from_folder(&root.join("labs")).map_err(|err| DevError::wrong(err.to_string()))?;
    let cases = Case::all(root)?;
    let mut found = Found::default();
    let made = Generated::make(root)?;
    found.notes.extend(made.notes.iter().cloned());
    let stale = made.differences(root)?;
    found.wrong.extend(stale.iter().cloned());
    regions::check(root, &course, &mut found)?;
    chapters::check(root, &course, &mut found)?;
    mistakes::check(root, &course, &cases, &mut found);
    if !found.wrong.is_empty() {
        let help = (!stale.is_empty()).then(|| format!("`{MENDS}` mends what is generated"));
        return Err(DevError::Wrong {
            what: ["out of step:".to_owned()]
                .into_iter()
                .chain(found.wrong)
                .collect::<Vec<_>>()
                .join("\n  "),
            help,
        });
    }
    let mut lines: Vec<String> = found
        .notes
        .iter()
        .map(|note| format!("note: {note}"))
        .collect();
    if let Some(table) = args.matrix {
        lines.extend(matrix::lines(&course, &cases, table));
    }
    let checks = course
        .manifests()
        .map(|lab| lab.checks.len())
        .sum::<usize>();
    lines.push(format!(
        "in step: {} generated files, {checks} checks, {} stacks",
        made.tree.files.len(),
        cases.len()
    ));
    Ok(lines)
}

#[cfg(test)]
mod tests;
