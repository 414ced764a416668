//! A folder of files in memory: built, compared with the one on disk, and written there.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::error::CourseError;

/// A file's content, and whether it can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Its execute bit.
    pub executable: bool,
}

/// Files by path, with `/` between folders and no leading one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// The files.
    pub files: BTreeMap<String, File>,
}

impl Tree {
    /// Every file under a folder on disk; none where there is no such folder.
    pub fn folder(folder: &Path) -> Result<Self, CourseError> {
        let mut tree = Self::default();
        let mut left = vec![String::new()];
        while let Some(inside) = left.pop() {
            for name in names(&folder.join(&inside))? {
                let path = if inside.is_empty() {
                    name
                } else {
                    format!("{inside}/{name}")
                };
                let there = folder.join(&path);
                if there.is_dir() {
                    left.push(path);
                } else {
                    tree.files.insert(path, File::read(&there)?);
                }
            }
        }
        Ok(tree)
    }

    /// Adds a text file.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(
            path.into(),
            File {
                bytes: text.into().into_bytes(),
                executable: false,
            },
        );
    }

    /// Adds another tree below a folder.
    pub fn mount(&mut self, folder: &str, tree: Self) {
        self.files.extend(
            tree.files
                .into_iter()
                .map(|(path, file)| (format!("{folder}/{path}"), file)),
        );
    }

    /// The text of a file, where it is text.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files
            .get(path)
            .and_then(|file| std::str::from_utf8(&file.bytes).ok())
    }

    /// Keeps the files whose path pleases.
    #[must_use]
    pub fn only(mut self, mut keep: impl FnMut(&str) -> bool) -> Self {
        self.files.retain(|path, _| keep(path));
        self
    }

    /// Writes every file below a folder; what is the same already is left alone, so that build caches stay warm.
    pub fn write(&self, folder: &Path) -> Result<(), CourseError> {
        for (path, file) in &self.files {
            file.write(&folder.join(path))?;
        }
        Ok(())
    }
}

impl File {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, CourseError> {
        let wrong = |err: io::Error| CourseError::file(path, &err);
        Ok(Self {
            executable: is_executable(&path.metadata().map_err(wrong)?),
            bytes: std::fs::read(path).map_err(wrong)?,
        })
    }

    /// Writes a file and the folders above it, unless it is there already.
    pub fn write(&self, path: &Path) -> Result<(), CourseError> {
        self.put(path).map_err(|err| CourseError::file(path, &err))
    }

    /// The same with the system's own error.
    pub(crate) fn put(&self, path: &Path) -> io::Result<()> {
        let there = std::fs::symlink_metadata(path)
            .ok()
            .filter(std::fs::Metadata::is_file);
        if there.is_some_and(|there| is_executable(&there) == self.executable)
            && std::fs::read(path)? == self.bytes
        {
            return Ok(());
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, &self.bytes)?;
        make_executable(path, self.executable)
    }
}

/// The names in a folder, sorted; none where there is no such folder.
pub fn names(folder: &Path) -> Result<Vec<String>, CourseError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(err) => return Err(CourseError::file(folder, &err)),
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

#[cfg(unix)]
fn is_executable(there: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    there.permissions().mode() & 0o111 != 0
}

/// Other systems keep no such bit.
#[cfg(not(unix))]
fn is_executable(_there: &std::fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn make_executable(path: &Path, executable: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if executable { 0o755 } else { 0o644 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path, _executable: bool) -> io::Result<()> {
    Ok(())
}
