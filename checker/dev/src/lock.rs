//! `Cargo.lock` of an application that is a Docker build context of its own: cut out of the workspace's.
//!
//! One lock file for everything would not do, as a build context sees only its own folder; several kept by hand would
//! drift. Cargo itself does the cutting, offline, so that no version moves.

use std::path::PathBuf;
use std::process::Command;

use crate::{DevError, Root, root};
use labcheck::course::tree::Tree;

/// The lock file for the crate in `app`.
///
/// # Errors
/// When the workspace's lock file does not hold what the crate asks for, or cargo cannot be run.
pub(super) fn cut(root: &Root, app: &Tree) -> Result<String, DevError> {
    let folder = Scratch::new(root)?;
    app.write(&folder.0)?;
    let lock = root.read("Cargo.lock")?;
    let path = folder.0.join("Cargo.lock");
    std::fs::write(&path, lock).map_err(|err| DevError::file(&path, &err))?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // `--workspace` means "the crate itself": its dependencies stay at the versions the lock file names.
    root::run(
        Command::new(cargo)
            .args(["update", "--quiet", "--workspace", "--offline"])
            .current_dir(&folder.0),
    )?;
    std::fs::read_to_string(&path).map_err(|err| DevError::file(&path, &err))
}

/// A folder under `target/` that goes away again.
struct Scratch(PathBuf);

impl Scratch {
    fn new(root: &Root) -> Result<Self, DevError> {
        let path = root.join(format!("target/dev/lock-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).map_err(|err| DevError::file(&path, &err))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
