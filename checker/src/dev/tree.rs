//! A folder of files in memory: built, compared with the one on disk, and written there.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{DevError, Root, root};

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
    /// Files that git tracks under a folder, by their path inside that folder. A link to another folder of the
    /// repository, such as that of an earlier lab, stands for the files in there.
    pub fn tracked(root: &Root, folder: &str) -> Result<Self, DevError> {
        let mut tree = Self::default();
        for (path, target) in root.linked_folders(folder)? {
            let inside = path.strip_prefix(folder).unwrap_or(&path);
            let there = Self::tracked(root, &target)?;
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

    /// Every file under a folder on disk; none where there is no such folder.
    pub fn folder(folder: &Path) -> Result<Self, DevError> {
        let mut tree = Self::default();
        let mut left = vec![String::new()];
        while let Some(inside) = left.pop() {
            for name in root::names(&folder.join(&inside))? {
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
    pub fn write(&self, folder: &Path) -> Result<(), DevError> {
        for (path, file) in &self.files {
            file.write(&folder.join(path))?;
        }
        Ok(())
    }
}

impl File {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, DevError> {
        let wrong = |err: std::io::Error| DevError::file(path, &err);
        let executable = path.metadata().map_err(wrong)?.permissions().mode() & 0o111 != 0;
        Ok(Self {
            bytes: std::fs::read(path).map_err(wrong)?,
            executable,
        })
    }

    /// Writes a file and the folders above it, unless it is there already.
    pub fn write(&self, path: &Path) -> Result<(), DevError> {
        let wrong = |err: std::io::Error| DevError::file(path, &err);
        if path.is_file() && Self::read(path)? == *self {
            return Ok(());
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(wrong)?;
        }
        std::fs::write(path, &self.bytes).map_err(wrong)?;
        let mode = if self.executable { 0o755 } else { 0o644 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(wrong)
    }
}
