//! Lab files of a folder: a course of an instructor's own.

use std::path::Path;

use labcheck_core::lab::{Course, LabError};

/// The course of a folder (`--course`), or else the one inside the binary.
///
/// # Errors
/// As [`from_folder`] and [`Course::embedded`].
pub fn course_of(folder: Option<&Path>) -> Result<Course, LabError> {
    folder.map_or_else(Course::embedded, from_folder)
}

/// A course from a folder: `DIR/LAB/lab.yaml`, and `DIR/LAB/lab.de.yaml` where German is spoken and it is there.
///
/// # Errors
/// When a file cannot be read or is wrong.
pub fn from_folder(folder: &Path) -> Result<Course, LabError> {
    let unread = |path: &Path, why: &std::io::Error| LabError::Read {
        file: path.display().to_string(),
        why: why.to_string(),
    };
    let (mut files, mut german) = (Vec::new(), Vec::new());
    let entries = std::fs::read_dir(folder).map_err(|err| unread(folder, &err))?;
    for entry in entries.flatten() {
        for (name, texts) in [("lab.yaml", &mut files), ("lab.de.yaml", &mut german)] {
            let path = entry.path().join(name);
            if path.is_file() {
                let text = std::fs::read_to_string(&path).map_err(|err| unread(&path, &err))?;
                texts.push((path.display().to_string(), text));
            }
        }
    }
    if files.is_empty() {
        return Err(LabError::Read {
            file: folder.display().to_string(),
            why: "no lab.yaml in any sub-folder".into(),
        });
    }
    Course::from_texts(files, german)
}
