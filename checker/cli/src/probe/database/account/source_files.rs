//! Text files of a lab's folder, read to look for a password in them. Bounded; nothing of them becomes a fact.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

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
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (folder, label) in folders {
        let Ok(folder) = folder.canonicalize() else {
            continue;
        };
        if folder.is_file() {
            single(&folder, label, except, &mut seen, &mut found);
            continue;
        }
        walk(&folder, &folder, label, except, &mut seen, &mut found, 0);
    }
    found
}

/// A file that is named by itself.
fn single(
    path: &Path,
    label: &str,
    except: &BTreeSet<PathBuf>,
    seen: &mut BTreeSet<PathBuf>,
    found: &mut Vec<Text>,
) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let small = path.metadata().is_ok_and(|meta| meta.len() <= LARGEST);
    if name.starts_with('.') || except.contains(path) || !small || !seen.insert(path.to_owned()) {
        return;
    }
    let bytes = std::fs::read(path).unwrap_or_default();
    if let Ok(text) = String::from_utf8(bytes) {
        let label = format!(
            "{label}{}",
            labcheck_core::text::cut(&labcheck_core::text::clean(&name), 120)
        );
        found.push(Text { label, text });
    }
}

fn walk(
    root: &Path,
    at: &Path,
    label: &str,
    except: &BTreeSet<PathBuf>,
    seen: &mut BTreeSet<PathBuf>,
    found: &mut Vec<Text>,
    depth: usize,
) {
    if depth > DEEPEST || !seen.insert(at.to_owned()) {
        return;
    }
    let Ok(entries) = std::fs::read_dir(at) else {
        return;
    };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        if found.len() >= MOST_FILES {
            return;
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        // A link may lead anywhere; hidden files are tools' and `.env`, which is how a secret is kept out of the rest.
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_symlink() || name.starts_with('.') || except.contains(&path) {
            continue;
        }
        if kind.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                walk(root, &path, label, except, seen, found, depth + 1);
            }
        } else if kind.is_file()
            && entry.metadata().is_ok_and(|meta| meta.len() <= LARGEST)
            && seen.insert(path.clone())
        {
            let Some(text) = std::fs::read(&path)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
            else {
                continue;
            };
            let inside = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .display()
                .to_string();
            found.push(Text {
                label: format!(
                    "{label}{}",
                    labcheck_core::text::cut(&labcheck_core::text::clean(&inside), 120)
                ),
                text,
            });
        }
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
