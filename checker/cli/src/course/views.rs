//! Starter and solution of a lab, as two views of the files with every region in them.

use std::collections::BTreeMap;

use super::error::CourseError;
use super::regions::{View, regions, view};
use super::tree::{File, Tree};

/// Which form of a lab's stack is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// What a student starts from.
    Starter,
    /// The finished lab.
    Solution,
}

/// A form of a lab's files, out of the files with every region in them.
///
/// # Errors
/// When a region is wrong, or stands in two files.
pub fn view_of(tree: Tree, lab: u32, form: Form) -> Result<Tree, CourseError> {
    let wanted = match form {
        Form::Starter => View::Starter(lab),
        Form::Solution => View::Solution(lab),
    };
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut out = Tree::default();
    for (path, file) in tree.files {
        let Ok(text) = String::from_utf8(file.bytes.clone()) else {
            out.files.insert(path, file);
            continue;
        };
        for region in regions(&path, &text)? {
            if let Some(other) = seen.insert(region.id.clone(), path.clone()) {
                return Err(CourseError::Twice {
                    file: path,
                    line: region.line,
                    id: region.id,
                    other,
                    lab,
                });
            }
        }
        let mut shown = view(&path, &text, wanted)?;
        if is_compose(&path) {
            shown = shown.replace("../../app", "./app");
        }
        // A file that is one region of a later lab is not there yet.
        if shown.trim().is_empty() && !text.trim().is_empty() {
            continue;
        }
        out.files.insert(
            path,
            File {
                bytes: shown.into_bytes(),
                executable: file.executable,
            },
        );
    }
    Ok(out)
}

/// Whether a path is a compose file by its name.
pub fn is_compose(path: &str) -> bool {
    let path = std::path::Path::new(path);
    let yaml = path
        .extension()
        .is_some_and(|ending| ending == "yaml" || ending == "yml");
    yaml && path
        .file_stem()
        .is_some_and(|stem| stem.to_string_lossy().contains("compose"))
}
