//! The files of a finished lab, in a folder of their own.

use std::path::PathBuf;

use crate::stack::files::stack;
use crate::{DevError, Root};
use labcheck::course::tree::{File, Tree};
use labcheck::course::views::Form;
use labcheck::setup::{self, Say};
use labcheck_core::error::Error;
use labcheck_core::text::{clean, cut};

/// The number of a lab that has a solution.
pub(super) fn solution(root: &Root, lab: &str) -> Result<u32, DevError> {
    let labs = root.labs("solutions")?;
    if let Some(number) = labs
        .iter()
        .find(|number| format!("v{number}").eq_ignore_ascii_case(lab))
    {
        return Ok(*number);
    }
    let names: Vec<String> = labs.iter().map(|number| format!("v{number}")).collect();
    Err(DevError::Wrong {
        what: format!("there is no solution of a lab `{}`", cut(&clean(lab), 40)),
        help: Some(format!(
            "the labs that can be shown are {}",
            labcheck_core::text::list(&names)
        )),
    })
}

/// Writes the finished lab to a folder of its own, as a student has it: the application inside, and nothing else. What
/// is there already is left alone, so that cargo builds only what changed.
pub(super) async fn write(root: &Root, lab: u32, say: Say) -> Result<PathBuf, Error> {
    let folder = root.join(format!("target/demo/v{lab}"));
    let mut tree = stack(root, lab, Form::Solution)?;
    if tree.files.contains_key("app/package.json") {
        setup::uikit(&root.join("app"), say).await?;
        for name in setup::UIKIT_FILES {
            let path = format!("static/{name}");
            let file = File::read(&root.join("app").join(&path))?;
            tree.files.insert(format!("app/{path}"), file);
        }
    }
    // A lock file is cargo's own while the lab runs.
    let stale = |path: &str| !tree.files.contains_key(path) && path != "app/Cargo.lock";
    for path in Tree::folder(&folder)?
        .files
        .keys()
        .filter(|path| stale(path))
    {
        let path = folder.join(path);
        std::fs::remove_file(&path).map_err(|err| DevError::file(&path, &err))?;
    }
    tree.write(&folder)?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::error::Explain as _;

    #[test]
    fn only_labs_with_a_solution_can_be_shown() {
        let root = Root::at(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
        assert_eq!(solution(&root, "v4").ok(), Some(4));
        assert_eq!(solution(&root, "V4").ok(), Some(4));
        for lab in ["v9", "4", "", "v04", "../v4", "v4/.."] {
            let err = solution(&root, lab).expect_err(lab);
            assert!(err.help().is_some_and(|help| help.contains("v1")));
        }
    }
}
