//! `labcheck reset`: a lab's starter again, after everything that a student made there was copied beside it.

use std::path::{Path, PathBuf};

use super::compare::{Change, changes};
use super::copy;
use super::walk::{Found, walk};
use crate::course::tree::Tree;
use labcheck_core::error::Error;

/// What putting a starter back would replace.
#[derive(Debug)]
pub(crate) struct Reset {
    folder: PathBuf,
    starter: Tree,
    found: Vec<Found>,
    /// What differs from the starter.
    pub changes: Vec<Change>,
}

impl Reset {
    /// Looks; changes nothing.
    ///
    /// # Errors
    /// [`Error::read`].
    pub(crate) fn plan(folder: &Path, starter: Tree) -> Result<Self, Error> {
        let found = walk(folder)?;
        Ok(Self {
            changes: changes(&starter, &found)?,
            folder: folder.to_path_buf(),
            starter,
            found,
        })
    }

    /// Copies everything beside the folder, then puts the starter back. The folder itself stays the same one, so that
    /// a shell that stands in it, and a container that mounts it, go on with it.
    ///
    /// # Errors
    /// [`Error::write`]; nothing was changed where the copy could not be finished.
    pub(crate) fn carry_out(&self, now: &str, copied: impl FnOnce(&Path)) -> Result<(), Error> {
        let kept = copy::kept_name(&self.folder, now);
        copy::keep(&self.found, &kept)?;
        copied(&kept);
        copy::remove(&self.found, &self.folder)?;
        copy::write(&self.starter, &self.folder)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::course_folder::shipped::starter;

    fn lab() -> (tempfile::TempDir, PathBuf) {
        let above = tempfile::tempdir().expect("a folder");
        let lab = above.path().join("v4");
        copy::write(&starter("v4"), &lab).expect("written");
        (above, lab)
    }

    #[test]
    fn work_is_kept_and_the_starter_is_back() {
        let (above, lab) = lab();
        fs::write(lab.join("compose.yaml"), "services: {}\r\n").expect("changed");
        fs::remove_file(lab.join("app/Cargo.toml")).expect("removed");
        fs::create_dir(lab.join("app/Cargo.toml")).expect("a folder in its place");
        fs::write(lab.join("app/Cargo.toml/x"), "x").expect("new");
        fs::create_dir_all(lab.join("app/target")).expect("made");
        fs::write(lab.join("app/target/big"), "built").expect("built");
        let reset = Reset::plan(&lab, starter("v4")).expect("looked");
        assert_eq!(reset.changes.len(), 3, "{:?}", reset.changes);
        let mut at = PathBuf::new();
        reset
            .carry_out("2026-11-22T02:40:11Z", |beside| at = beside.to_path_buf())
            .expect("done");
        let again = Reset::plan(&lab, starter("v4")).expect("looked");
        assert_eq!(again.changes, []);
        assert!(lab.join("app/target/big").is_file(), "what was built stays");
        assert_eq!(at.parent(), Some(above.path()));
        let kept = |path: &str| fs::read_to_string(at.join(path)).unwrap_or_default();
        assert_eq!(kept("compose.yaml"), "services: {}\r\n");
        assert_eq!(kept("app/Cargo.toml/x"), "x");
        assert!(
            !kept("app/src/main.rs").is_empty(),
            "all of it, changed or not"
        );
        assert!(!at.join("app/target").exists());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_outside_is_written_through_a_link() {
        let (above, lab) = lab();
        let outside = above.path().join("outside");
        fs::create_dir(&outside).expect("made");
        fs::write(outside.join("main.rs"), "fn other() {}").expect("written");
        fs::remove_dir_all(lab.join("app/src")).expect("removed");
        std::os::unix::fs::symlink(&outside, lab.join("app/src")).expect("linked");
        let reset = Reset::plan(&lab, starter("v4")).expect("looked");
        reset.carry_out("now", |_| ()).expect("done");
        let text = fs::read_to_string(outside.join("main.rs")).expect("it is there");
        assert_eq!(text, "fn other() {}");
        assert!(!lab.join("app/src").is_symlink());
        let kept = fs::read_link(above.path().join("v4-kept-now/app/src"));
        assert_eq!(kept.expect("a link"), outside);
    }

    #[cfg(unix)]
    #[test]
    fn a_copy_that_cannot_be_finished_leaves_everything_as_it_was() {
        use std::os::unix::fs::PermissionsExt as _;
        let (above, lab) = lab();
        let secret = lab.join("secret.txt");
        fs::write(&secret, "made-up-app-password").expect("written");
        let reset = Reset::plan(&lab, starter("v4")).expect("looked");
        // The file goes away between looking and copying, as root may read whatever is there.
        fs::remove_file(&secret).expect("removed");
        fs::set_permissions(above.path(), fs::Permissions::from_mode(0o755)).expect("set");
        assert!(reset.carry_out("now", |_| panic!("no copy")).is_err());
        assert!(!above.path().join("v4-kept-now").exists());
        assert!(lab.join("app/src/main.rs").is_file());
    }
}
