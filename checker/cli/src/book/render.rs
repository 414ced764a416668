//! From the sources inside the binary to pages in memory, by mdBook as a library.

use std::collections::BTreeMap;
use std::path::Path;

use mdbook_driver::MDBook;
use mdbook_driver::config::Config;

use super::BookError;
use super::embedded::Sources;

/// Every file of the rendered book by its path, such as `v1.html` or `images/stack.svg`.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    /// Path from the book's root, and content.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Rendered {
    /// Renders the book that the binary carries. The temporary folder that mdBook needs is gone afterwards.
    ///
    /// # Errors
    /// [`BookError`], also where mdBook finds something wrong with the sources.
    pub fn make() -> Result<Self, BookError> {
        let folder = tempfile::Builder::new()
            .prefix("labcheck-book-")
            .tempdir()
            .map_err(|err| BookError::file(&std::env::temp_dir(), "making a folder", &err))?;
        let root = folder.path();
        let mut config = None;
        for path in Sources::iter() {
            let Some(file) = Sources::get(&path) else {
                continue;
            };
            if path == "book.toml" {
                config = Some(String::from_utf8_lossy(&file.data).into_owned());
            }
            write(&root.join(path.as_ref()), &file.data)?;
        }
        let config = config.ok_or(BookError::Gone)?;
        // Not `MDBook::load`: that would also take settings from `MDBOOK_…` in the environment.
        let made = config
            .parse::<Config>()
            .and_then(|config| MDBook::load_with_config(root, config))
            .and_then(|book| {
                book.build()?;
                Ok(book.build_dir_for("html"))
            });
        let built = made.map_err(|err| BookError::Render {
            why: format!("{err:#}"),
        })?;
        let mut rendered = Self::default();
        rendered.read(&built, &built)?;
        Ok(rendered)
    }

    fn read(&mut self, root: &Path, folder: &Path) -> Result<(), BookError> {
        let wrong = |err: &std::io::Error| BookError::file(folder, "reading", err);
        for entry in std::fs::read_dir(folder).map_err(|err| wrong(&err))? {
            let path = entry.map_err(|err| wrong(&err))?.path();
            if path.is_dir() {
                self.read(root, &path)?;
                continue;
            }
            let name = path.strip_prefix(root).unwrap_or(&path);
            let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
            let bytes =
                std::fs::read(&path).map_err(|err| BookError::file(&path, "reading", &err))?;
            self.files.insert(parts.join("/"), bytes);
        }
        Ok(())
    }

    /// Writes it to a folder that is empty or not there yet.
    ///
    /// # Errors
    /// [`BookError::NotEmpty`], [`BookError::File`].
    pub fn write(&self, folder: &Path) -> Result<(), BookError> {
        let mut there = match std::fs::read_dir(folder) {
            Ok(there) => there,
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => {
                return self.write_all(folder);
            }
            Err(err) => return Err(BookError::file(folder, "reading", &err)),
        };
        if there.next().is_some() {
            return Err(BookError::NotEmpty(folder.to_path_buf()));
        }
        self.write_all(folder)
    }

    fn write_all(&self, folder: &Path) -> Result<(), BookError> {
        let mut files = self.files.iter();
        files.try_for_each(|(path, bytes)| write(&folder.join(path), bytes))
    }

    /// A page's text.
    pub fn page(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.files.get(path)?).ok()
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), BookError> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|err| BookError::file(path, "writing", &err))
}
