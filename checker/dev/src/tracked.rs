//! The files that git tracks under a folder of the repository, as a tree.

use crate::{DevError, Root};
use labcheck::course::tree::{File, Tree};

/// Files that git tracks under a folder, by their path inside that folder. A link to another folder of the
/// repository, such as that of an earlier lab, stands for the files in there.
pub(super) fn tracked(root: &Root, folder: &str) -> Result<Tree, DevError> {
    let mut tree = Tree::default();
    for (path, target) in root.linked_folders(folder)? {
        let inside = path.strip_prefix(folder).unwrap_or(&path);
        let there = tracked(root, &target)?;
        tree.mount(inside.trim_start_matches('/'), there);
    }
    for path in root.tracked(folder)? {
        let inside = path
            .strip_prefix(folder)
            .unwrap_or(&path)
            .trim_start_matches('/')
            .to_owned();
        tree.files.insert(inside, File::read(&root.join(&path))?);
    }
    Ok(tree)
}
