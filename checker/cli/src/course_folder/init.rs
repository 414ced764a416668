//! `labcheck init`: the course from the installed program. What is there already is never written again.

use std::fs;
use std::path::Path;

use super::copy;
use super::course::{MARK, Mark};
use super::shipped::starter;
use super::walk::{not_read, not_written};
use labcheck_core::error::Error;
use labcheck_core::text::say;

/// What git need not keep.
const IGNORED: &str = "node_modules/\ntarget/\nlabs/*/app/static/uikit*\n";
const README: &str = include_str!("README.course.md");

/// What was done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Initialized {
    /// Labs that were written.
    pub written: Vec<String>,
    /// Labs that were there, and stay as they are.
    pub kept: Vec<String>,
}

/// Makes the course in a folder, or adds the labs that are missing.
///
/// # Errors
/// [`Error::usage`] when the folder holds other things, [`Error::write`].
pub(crate) fn make(folder: &Path, labs: &[String]) -> Result<Initialized, Error> {
    if !Mark::is_in(folder) {
        refuse_other_things(folder)?;
        fs::create_dir_all(folder).map_err(|err| not_written(folder, &err))?;
        // The mark comes first, so that a run that was broken off can be finished.
        let files = [
            (MARK, Mark::text()),
            (".gitignore", IGNORED.into()),
            ("README.md", README.into()),
        ];
        for (name, text) in files {
            let path = folder.join(name);
            crate::file::write_whole(&path, &text).map_err(|err| not_written(&path, &err))?;
        }
    }
    let all = folder.join("labs");
    fs::create_dir_all(&all).map_err(|err| not_written(&all, &err))?;
    let (kept, missing): (Vec<_>, Vec<_>) = labs
        .iter()
        .cloned()
        .partition(|lab| all.join(lab).symlink_metadata().is_ok());
    for lab in &missing {
        // Under another name until it is whole.
        let part = all.join(format!(".{lab}.part"));
        match fs::remove_dir_all(&part) {
            Err(err) if err.kind() != std::io::ErrorKind::NotFound => {
                return Err(not_written(&part, &err));
            }
            _ => {}
        }
        copy::write(&starter(lab), &part)?;
        let target = all.join(lab);
        fs::rename(&part, &target).map_err(|err| not_written(&target, &err))?;
    }
    Ok(Initialized {
        written: missing,
        kept,
    })
}

fn refuse_other_things(folder: &Path) -> Result<(), Error> {
    let shown = folder.display();
    let refused = |what: String| {
        Err(Error::usage(
            what,
            say!("give a folder that is empty or not there yet, such as `labcheck init course`"),
        ))
    };
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => refused(say!(
                "{shown} holds other things, and stays as it is",
                shown
            )),
        },
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(_) if folder.is_file() => refused(say!("{shown} is a file", shown)),
        Err(err) => Err(not_read(folder, &err)),
    }
}
