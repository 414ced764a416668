//! `cargo dev sync`: starters and lock files out of the solutions, and the comparison with what is on disk.
//!
//! Everything is made in memory first; writing and comparing are two uses of the same [`Generated`].

use std::collections::BTreeMap;

use crate::pages;
use crate::stack::Case;
use crate::stack::files::{COPIES, app_files, stack};
use crate::{DevError, Root, lock};
use labcheck::course::lab_files::from_folder;
use labcheck::course::tree::File;
use labcheck::course::tree::Tree;
use labcheck::course::views::Form;
use labcheck_core::text::{Language, within};

/// The command that mends whatever is out of step.
pub const MENDS: &str = "cargo dev sync";

/// Every generated file, by path from the repository's root, and the labs they are for.
#[derive(Debug, Default)]
pub struct Generated {
    /// The files.
    pub tree: Tree,
    /// Labs that have a starter.
    pub labs: Vec<u32>,
    /// What was left out, and why.
    pub notes: Vec<String>,
}

impl Generated {
    /// Makes everything that is generated.
    ///
    /// # Errors
    /// When a region is wrong, or a lock file cannot be made.
    pub fn make(root: &Root) -> Result<Self, DevError> {
        let mut generated = Self::default();
        let mut locks = Locks::new(root);
        generated.add_lock(root, &mut locks, "app")?;
        for lab in root.labs("solutions")? {
            if !COPIES.contains(&lab) {
                generated.add_lock(root, &mut locks, &format!("solutions/v{lab}/app"))?;
                continue;
            }
            let mut app = below(&stack(root, lab, Form::Solution)?, "app/");
            app.insert("Cargo.lock", locks.of(&app)?);
            generated.tree.mount(&format!("solutions/v{lab}/app"), app);
        }
        for lab in root.labs("solutions")? {
            if !root.join(format!("labs/v{lab}/lab.yaml")).is_file() {
                generated.notes.push(format!(
                    "v{lab}: no starter yet, because labs/v{lab}/lab.yaml is not there"
                ));
                continue;
            }
            let mut starter = stack(root, lab, Form::Starter)?;
            if starter.files.contains_key("app/Cargo.toml") {
                let app = below(&starter, "app/");
                starter.insert("app/Cargo.lock", locks.of(&app)?);
            }
            generated.tree.mount(&format!("labs/v{lab}"), starter);
            generated.labs.push(lab);
        }
        if root.join("book/src/SUMMARY.md").is_file() {
            let wrong = |err: labcheck_core::lab::LabError| DevError::wrong(err.to_string());
            let cases = Case::all(root)?;
            // The book is in English, in whichever language the author works.
            let pages = within(Language::English, || {
                let course = from_folder(&root.join("labs")).map_err(wrong)?;
                pages::all(root, &course, &cases)
            })?;
            generated.tree.files.extend(pages.files);
        }
        Ok(generated)
    }

    /// The lock file of an application that is written by hand.
    fn add_lock(
        &mut self,
        root: &Root,
        locks: &mut Locks<'_>,
        folder: &str,
    ) -> Result<(), DevError> {
        let app = app_files(root, folder)?;
        if app.files.contains_key("Cargo.toml") {
            let lock = locks.of(&app)?;
            self.tree.insert(format!("{folder}/Cargo.lock"), lock);
        }
        Ok(())
    }

    /// What differs on disk, a line each.
    pub fn differences(&self, root: &Root) -> Result<Vec<String>, DevError> {
        let mut lines = Vec::new();
        for (path, file) in &self.tree.files {
            let there = root.join(path);
            if !there.is_file() {
                lines.push(format!("{path}: missing"));
            } else if let Some(how) = different(file, &File::read(&there)?) {
                lines.push(format!("{path}{how}"));
            }
        }
        lines.extend(
            self.strays(root)?
                .into_iter()
                .map(|path| format!("{path}: not generated any more")),
        );
        Ok(lines)
    }

    /// Writes what differs and removes what is not generated any more; gives what it did, a line each.
    pub fn write(&self, root: &Root) -> Result<Vec<String>, DevError> {
        let differences = self.differences(root)?;
        self.tree.write(root.path())?;
        for path in self.strays(root)? {
            let path = root.join(path);
            std::fs::remove_file(&path).map_err(|err| DevError::file(&path, &err))?;
            // Folders that became empty go too; one that is not empty stays by itself.
            let above = path
                .ancestors()
                .skip(1)
                .take_while(|folder| *folder != root.path());
            for folder in above {
                if std::fs::remove_dir(folder).is_err() {
                    break;
                }
            }
        }
        Ok(differences)
    }

    /// Files in generated folders that nothing generates and no author writes by hand.
    fn strays(&self, root: &Root) -> Result<Vec<String>, DevError> {
        let by_hand = |path: &str| {
            matches!(
                path.split('/').collect::<Vec<_>>()[..],
                [_, _, "lab.yaml" | "lab.de.yaml"]
            )
        };
        let mine = |path: &String| !self.tree.files.contains_key(path) && !by_hand(path);
        let mut there = root.not_ignored("labs")?;
        for lab in COPIES {
            there.extend(root.not_ignored(&format!("solutions/v{lab}/app"))?);
        }
        for folder in pages::FOLDERS {
            there.extend(root.not_ignored(folder)?);
        }
        Ok(there.into_iter().filter(mine).collect())
    }
}

/// Where two files differ, as the rest of a line that begins with the path; `None` where they do not.
fn different(wanted: &File, there: &File) -> Option<String> {
    if wanted == there {
        return None;
    }
    if wanted.bytes == there.bytes {
        return Some(": the execute bit differs".into());
    }
    let (wanted, there) = (
        String::from_utf8_lossy(&wanted.bytes),
        String::from_utf8_lossy(&there.bytes),
    );
    let same = wanted
        .lines()
        .zip(there.lines())
        .take_while(|(left, right)| left == right)
        .count();
    Some(format!(":{}: differs from what is generated", same + 1))
}

fn below(tree: &Tree, folder: &str) -> Tree {
    let files = tree
        .files
        .iter()
        .filter_map(|(path, file)| Some((path.strip_prefix(folder)?.to_owned(), file.clone())));
    Tree {
        files: files.collect(),
    }
}

/// Lock files by manifest: applications with the same one share the work.
struct Locks<'r> {
    root: &'r Root,
    locks: BTreeMap<String, String>,
}

impl<'r> Locks<'r> {
    fn new(root: &'r Root) -> Self {
        Self {
            root,
            locks: BTreeMap::new(),
        }
    }

    fn of(&mut self, app: &Tree) -> Result<String, DevError> {
        let manifest = app.text("Cargo.toml").unwrap_or_default().to_owned();
        if let Some(lock) = self.locks.get(&manifest) {
            return Ok(lock.clone());
        }
        let lock = lock::cut(self.root, app)?;
        self.locks.insert(manifest, lock.clone());
        Ok(lock)
    }
}

/// Writes what is out of step and says what it did.
///
/// # Errors
/// When something cannot be generated or written.
pub(super) fn run(root: &Root) -> Result<Vec<String>, DevError> {
    let generated = Generated::make(root)?;
    let mut lines: Vec<String> = generated
        .notes
        .iter()
        .map(|note| format!("note: {note}"))
        .collect();
    let done = generated.write(root)?;
    lines.extend(done.iter().map(|line| format!("mended {line}")));
    let files = generated.tree.files.len();
    lines.push(match done.len() {
        0 => format!("{files} generated files are in step"),
        count => format!(
            "{} mended; {files} generated files are in step",
            labcheck_core::text::count(count as u64, "file was", "files were")
        ),
    });
    Ok(lines)
}

#[cfg(test)]
#[path = "sync_tests.rs"]
mod tests;
