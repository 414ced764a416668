//! Text files of a lab's folder, read to look for a password in them. Bounded; nothing of them becomes a fact.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::project_files::ProjectFiles;

/// A text file: how to call it, and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub label: String,
    pub text: String,
}

const MOST_FILES: usize = 500;
const LARGEST: u64 = 256 * 1024;
const DEEPEST: usize = 8;
/// Made by tools, not the student's, or an author's variants of a lab beside its solution.
const SKIPPED: [&str; 10] = [
    "target",
    "node_modules",
    "vendor",
    "venv",
    "__pycache__",
    "dist",
    "build",
    "data",
    "mistakes",
    "foreign",
];

/// Text files below folders, and single ones, each with the words its files are called by; files in `except` are passed over.
pub(crate) fn texts(folders: &[(PathBuf, String)], except: &BTreeSet<PathBuf>) -> Vec<Text> {
    let mut reader = Reader {
        except,
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    for (folder, label) in folders {
        let Ok(folder) = folder.canonicalize() else {
            continue;
        };
        if folder.is_file() {
            let root = folder.parent().unwrap_or(&folder);
            reader.file(&folder, &Below { root, label });
        } else {
            let below = Below {
                root: &folder,
                label,
            };
            reader.folder(&folder, &below, 0);
        }
    }
    reader.found
}

/// What a folder's files are called by.
struct Below<'b> {
    /// Files are called by their path from here.
    root: &'b Path,
    /// Stands before that path.
    label: &'b str,
}

/// Reads files, each once.
struct Reader<'r> {
    except: &'r BTreeSet<PathBuf>,
    seen: BTreeSet<PathBuf>,
    found: Vec<Text>,
}

impl Reader<'_> {
    fn folder(&mut self, at: &Path, below: &Below<'_>, depth: usize) {
        if depth > DEEPEST || !self.seen.insert(at.to_owned()) {
            return;
        }
        let Ok(entries) = std::fs::read_dir(at) else {
            return;
        };
        let mut entries: Vec<_> = entries.flatten().collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            if self.found.len() >= MOST_FILES {
                return;
            }
            // A link may lead out of the folder, so it is followed in neither kind.
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let name = entry.file_name();
            if kind.is_file() {
                self.file(&entry.path(), below);
            } else if kind.is_dir() && !self.is_left_out(&entry.path()) {
                let skipped = SKIPPED.iter().any(|skipped| name == *skipped);
                if !skipped {
                    self.folder(&entry.path(), below, depth + 1);
                }
            }
        }
    }

    fn file(&mut self, path: &Path, below: &Below<'_>) {
        let small = path.metadata().is_ok_and(|meta| meta.len() <= LARGEST);
        if self.is_left_out(path) || !small || !self.seen.insert(path.to_owned()) {
            return;
        }
        let Ok(text) = ProjectFiles::of(below.root).read(path) else {
            return;
        };
        let inside = path.strip_prefix(below.root).unwrap_or(path).display();
        let inside =
            labcheck_core::text::cut(&labcheck_core::text::clean(&inside.to_string()), 120);
        let label = format!("{}{inside}", below.label);
        self.found.push(Text { label, text });
    }

    /// Hidden files are tools' and `.env`, which is how a secret is kept out of the rest.
    fn is_left_out(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with('.') || self.except.contains(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_read_and_secrets_tools_and_links_passed_over() {
        let folder = std::env::temp_dir().join(format!("labcheck-source-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("src")).expect("made");
        std::fs::create_dir_all(folder.join("target")).expect("made");
        let put =
            |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).expect("written");
        put("src/main.rs", b"one");
        put("target/out.txt", b"two");
        put(".env", b"three");
        put("password.txt", b"four");
        put("picture.png", &[0xff, 0xd8, 0xff]);
        let secret = folder.canonicalize().expect("there").join("password.txt");
        let found = texts(
            &[(folder.clone(), "app: ".into())],
            &BTreeSet::from([secret]),
        );
        assert_eq!(
            found,
            [Text {
                label: "app: src/main.rs".into(),
                text: "one".into()
            }]
        );
        let single = texts(
            &[(folder.join("src/main.rs"), "(of app) ".into())],
            &BTreeSet::new(),
        );
        assert_eq!(single[0].label, "(of app) main.rs");
        std::fs::remove_dir_all(folder).expect("cleared");
    }
}
