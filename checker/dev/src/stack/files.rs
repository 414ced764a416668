//! The files of a lab's stack, with the application inside, out of the repository.

use labcheck::course::tree::Tree;
use labcheck::course::views::{Form, view_of};

use crate::tracked::tracked;
use crate::{DevError, Root};

/// Labs whose solution has its application as a generated copy: the finished one asks for what only comes later.
pub(crate) const COPIES: [u32; 1] = [2];
/// Parts of the application that a student's folder does without.
const NOT_COPIED: [&str; 3] = ["tests/", "node_modules/", "target/"];
/// Parts of a solution that are not of the stack itself.
pub(crate) const NOT_OF_THE_STACK: [&str; 3] = ["mistakes/", "foreign/", "lab.yaml"];

/// The stack of a lab with its application inside as `app/`, so that it runs wherever it is put.
///
/// # Errors
/// When a region is wrong or a file cannot be read.
pub fn stack(root: &Root, lab: u32, form: Form) -> Result<Tree, DevError> {
    let folder = format!("solutions/v{lab}");
    let mut tree = tracked(root, &folder)?.only(|path| {
        !path.starts_with("app/") && !NOT_OF_THE_STACK.iter().any(|not| path.starts_with(not))
    });
    let own = app_files(root, &format!("{folder}/app"))?;
    let copy = COPIES.contains(&lab);
    let mut app = if own.files.is_empty() || copy {
        app_files(root, "app")?
    } else {
        own.clone()
    };
    // A copy asks for fewer crates, which its own lock file names.
    if copy && let Some(lock) = own.files.get("Cargo.lock") {
        app.files.insert("Cargo.lock".into(), lock.clone());
    }
    tree.mount("app", app);
    Ok(view_of(tree, lab, form)?)
}

/// An application's files, without what a student's folder does without.
pub(crate) fn app_files(root: &Root, folder: &str) -> Result<Tree, DevError> {
    Ok(tracked(root, folder)?.only(|path| !NOT_COPIED.iter().any(|not| path.starts_with(not))))
}
