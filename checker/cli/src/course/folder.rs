//! Which folder on this machine is a lab's. Reads no compose file.

use std::path::{Path, PathBuf};

use labcheck_core::error::Error;
use labcheck_engine::compose::files::COMPOSE_FILES;
use labcheck_probe::ownership::lab_of;

/// The folder given; else the lab's: above the current one, below it or beside another lab's, or the
/// current one where it holds a compose file.
pub(crate) fn lab_folder(lab: &str, given: Option<&Path>) -> Result<Option<PathBuf>, Error> {
    if let Some(given) = given {
        return given.canonicalize().map(Some).map_err(|err| {
            Error::usage(
                format!("--folder {}: {err}", given.display()),
                "give the folder that holds the lab's compose.yaml",
            )
        });
    }
    let Ok(here) = std::env::current_dir() else {
        return Ok(None);
    };
    let lower = lab.to_ascii_lowercase();
    let is_lab = |folder: &Path| lab_of(folder).as_ref() == Some(&lower);
    let above = here
        .ancestors()
        .find(|folder| is_lab(folder))
        .map(Path::to_path_buf);
    // In the course's folder, and in its `labs`.
    let below = ["labs", ""]
        .into_iter()
        .map(|labs| here.join(labs).join(&lower))
        .find(|folder| is_lab(folder));
    let beside = here
        .ancestors()
        .find(|folder| lab_of(folder).is_some())
        .and_then(|other| sibling_lab(other, &lower));
    let stack = Some(here.clone())
        .filter(|folder| COMPOSE_FILES.iter().any(|file| folder.join(file).is_file()));
    Ok(above
        .or(below)
        .or(beside)
        .or(stack)
        .and_then(|folder| folder.canonicalize().ok()))
}

/// A lab's folder beside another lab's: a student who stands in one lab's folder and names another means that one, and never the
/// stack that is here.
pub(crate) fn sibling_lab(folder: &Path, lab: &str) -> Option<PathBuf> {
    let sibling = folder.parent()?.join(lab);
    (lab_of(&sibling).as_deref() == Some(lab)).then_some(sibling)
}
