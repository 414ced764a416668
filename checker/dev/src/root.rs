//! The repository: where it is, what git knows in it, and which labs it holds.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::DevError;
use labcheck::course::tree;

/// The course's repository on disk.
#[derive(Debug, Clone)]
pub struct Root {
    path: PathBuf,
}

impl Root {
    /// The repository that the current folder lies in.
    ///
    /// # Errors
    /// When there is none.
    pub fn find() -> Result<Self, DevError> {
        let here = std::env::current_dir()
            .map_err(|err| DevError::wrong(format!("the current folder: {err}")))?;
        let found = here.ancestors().find(|folder| {
            folder.join("solutions").is_dir() && folder.join("checker/cli/Cargo.toml").is_file()
        });
        match found {
            Some(path) => Ok(Self { path: path.to_path_buf() }),
            None => Err(DevError::Wrong {
                what: "this is not the course's repository: no folder above has `solutions/` and `checker/`".into(),
                help: Some("author's tools run inside a clone of it".into()),
            }),
        }
    }

    /// A repository at a known place; for tests.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path inside it.
    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.path.join(path)
    }

    /// The text of a file inside it.
    pub fn read(&self, path: &str) -> Result<String, DevError> {
        let path = self.join(path);
        std::fs::read_to_string(&path).map_err(|err| DevError::file(&path, &err))
    }

    /// Files under a folder that git tracks and that are there, sorted, with paths from the repository's root.
    pub fn tracked(&self, folder: &str) -> Result<Vec<String>, DevError> {
        self.git_files(&["ls-files", "-z", "--", folder])
    }

    /// Links to folders of this repository under a folder, as git tracks them, and where they lead.
    ///
    /// # Errors
    /// When a link leads out of the repository.
    pub(super) fn linked_folders(&self, folder: &str) -> Result<Vec<(String, String)>, DevError> {
        let out = run(Command::new("git")
            .arg("-C")
            .arg(&self.path)
            .args(["ls-files", "-z", "--", folder]))?;
        let real = |path: &Path| {
            path.canonicalize()
                .map_err(|err| DevError::file(path, &err))
        };
        let top = real(&self.path)?;
        let mut found = Vec::new();
        for path in out.split('\0').filter(|path| !path.is_empty()) {
            let link = self.join(path);
            if !link.is_symlink() || !link.is_dir() {
                continue;
            }
            let target = real(&link)?;
            let target = target
                .strip_prefix(&top)
                .map_err(|_| DevError::wrong(format!("{path}: it leads out of the repository")))?;
            found.push((path.to_owned(), target.display().to_string()));
        }
        Ok(found)
    }

    /// Files under a folder that git tracks or would add.
    pub fn not_ignored(&self, folder: &str) -> Result<Vec<String>, DevError> {
        self.git_files(&[
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--",
            folder,
        ])
    }

    fn git_files(&self, args: &[&str]) -> Result<Vec<String>, DevError> {
        let out = run(Command::new("git").arg("-C").arg(&self.path).args(args))?;
        let mut files: Vec<String> = out
            .split('\0')
            .filter(|path| !path.is_empty() && self.join(path).is_file())
            .map(str::to_owned)
            .collect();
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// The numbers of the labs that have a folder under `labs/` or `solutions/`, in order.
    pub fn labs(&self, folder: &str) -> Result<Vec<u32>, DevError> {
        let path = self.join(folder);
        let mut labs: Vec<u32> = tree::names(&path)?
            .iter()
            .filter_map(|name| name.strip_prefix('v')?.parse().ok())
            .collect();
        labs.sort_unstable();
        Ok(labs)
    }
}

/// Runs a program to its end and gives its standard output.
///
/// # Errors
/// When it cannot be run or fails, with the end of what it wrote on standard error.
pub(super) fn run(command: &mut Command) -> Result<String, DevError> {
    let shown = command_line(command);
    let failed = |how: String| DevError::Command {
        command: shown.clone(),
        how,
    };
    let out = command
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(|err| failed(format!("could not be run: {err}")))?;
    if out.status.success() {
        return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&out.stderr);
    let mut last: Vec<&str> = said
        .lines()
        .rev()
        .filter(|line| !line.trim().is_empty())
        .take(12)
        .collect();
    last.reverse();
    Err(failed(format!(
        "ended with {}:\n{}",
        out.status,
        last.join("\n")
    )))
}

/// A command as a person would type it.
fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}
