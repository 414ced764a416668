//! Whether a stack is of the folder one stands in, by where Compose says that it was started. Asks no engine, and reads
//! no compose file.

use std::path::{Path, PathBuf};

use crate::project_files::ProjectFiles;
use labcheck_core::embedded::Embedded;

/// The folders whose stacks are one's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Near {
    /// Where one stands.
    here: PathBuf,
    /// The lab that this is in.
    lab: Option<PathBuf>,
    /// The course that this is in.
    course: Option<PathBuf>,
}

impl Near {
    /// Around the current folder.
    pub fn here() -> Self {
        Self::of(&std::env::current_dir().unwrap_or_default())
    }

    /// Around a folder.
    pub fn of(here: &Path) -> Self {
        let here = real(here);
        let labs = Embedded::labs();
        let holds_labs = |root: &Path| {
            let of = |lab: &String| root.join("labs").join(lab).join("lab.yaml");
            labs.iter().any(|lab| of(lab).is_file())
        };
        let around = |is: &dyn Fn(&Path) -> bool| {
            let found = here.ancestors().find(|folder| is(folder));
            found.map(Path::to_path_buf)
        };
        Self {
            lab: around(&|folder| lab_of(folder).is_some()),
            course: around(&holds_labs),
            here,
        }
    }

    /// Whether one stands in a course, or in a lab of one.
    pub fn in_course(&self) -> bool {
        self.lab.is_some() || self.course.is_some()
    }

    /// Whether what was started from this folder is one's own: it lies in the folder one stands in, in the course around
    /// it, in the lab around it or beside that one. Outside of any course, also the other way round.
    pub fn holds(&self, at: &str) -> bool {
        let at = real(Path::new(at));
        let under = |root: &Option<PathBuf>| root.as_ref().is_some_and(|root| at.starts_with(root));
        let neighbour = self.lab.as_ref().is_some_and(|lab| is_sibling(&at, lab));
        let around = !self.in_course() && self.here.starts_with(&at);
        at.starts_with(&self.here) || under(&self.lab) || under(&self.course) || neighbour || around
    }
}

/// Whether two folders lie in the same one.
pub fn is_sibling(at: &Path, folder: &Path) -> bool {
    at.parent() == folder.parent()
}

/// The folder without symbolic links, where it is there.
fn real(folder: &Path) -> PathBuf {
    folder
        .canonicalize()
        .unwrap_or_else(|_| folder.to_path_buf())
}

/// The lab that a folder's `lab.yaml` names, in lower case.
pub fn lab_of(folder: &Path) -> Option<String> {
    let path = folder.join("lab.yaml");
    let text = ProjectFiles::of(folder).read(&path).ok()?;
    let name = text.lines().find_map(|line| line.strip_prefix("lab:"))?;
    Some(name.trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_course_around_and_sibling_labs_are_near_and_other_folders_are_not() {
        let dir = tempfile::tempdir().expect("a folder");
        let (mine, yours) = (dir.path().join("mine"), dir.path().join("yours"));
        for lab in ["v3", "v4"] {
            for course in [&mine, &yours] {
                let folder = course.join("labs").join(lab);
                std::fs::create_dir_all(folder.join("app")).expect("a folder");
                std::fs::write(folder.join("lab.yaml"), format!("lab: {lab}\n")).expect("a file");
            }
        }
        let shown = |at: PathBuf| at.display().to_string();
        let (own, other) = (shown(mine.join("labs/v4")), shown(yours.join("labs/v4")));
        for here in ["", "labs", "labs/v3", "labs/v3/app", "labs/v4"] {
            let near = Near::of(&mine.join(here));
            assert!(near.in_course() && near.holds(&own), "{here}");
            assert!(!near.holds(&other), "{here}");
            assert!(!near.holds(&shown(dir.path().to_path_buf())), "{here}");
        }
        let above = Near::of(dir.path());
        assert!(!above.in_course() && above.holds(&own) && above.holds(&other));
    }

    #[test]
    fn a_lab_by_itself_has_its_siblings() {
        let dir = tempfile::tempdir().expect("a folder");
        let v4 = dir.path().join("v4");
        std::fs::create_dir(&v4).expect("a folder");
        std::fs::write(v4.join("lab.yaml"), "lab: v4\n").expect("a file");
        let near = Near::of(&v4);
        let sibling = real(dir.path()).join("v3").display().to_string();
        assert!(near.holds(&sibling) && !near.holds("/somewhere/else/v3"));
    }

    #[test]
    fn outside_of_a_course_a_stack_of_the_folder_around_is_near() {
        let dir = tempfile::tempdir().expect("a folder");
        let below = dir.path().join("src");
        std::fs::create_dir(&below).expect("a folder");
        let near = Near::of(&below);
        assert!(near.holds(&dir.path().display().to_string()));
        assert!(!near.holds("/somewhere/else"));
    }
}
