//! The stacks on disk, each with a name of its own.

use super::files;
use super::{Foreign, Mistake};
use crate::tracked::tracked;
use crate::{DevError, Root};
use labcheck::course::regions::{View, view};
use labcheck::course::tree;
use labcheck::course::tree::Tree;
use labcheck::course::views::Form;
use labcheck_engine::compose::files::COMPOSE_FILE;

/// One stack to try the grader on.
#[derive(Debug, Clone)]
pub struct Case {
    /// The number of its lab.
    pub lab: u32,
    /// What it is.
    pub kind: CaseKind,
}

/// What a stack is.
#[derive(Debug, Clone)]
pub enum CaseKind {
    /// The finished lab.
    Solution,
    /// What a student starts from.
    Starter,
    /// The finished lab with one thing wrong.
    Mistake(String, Mistake),
    /// A correct stack of another shape.
    Foreign(String, Foreign),
}

impl Case {
    /// Every stack on disk of every lab that has a lab file, in order.
    ///
    /// # Errors
    /// When a mistake or a foreign stack is not of its form.
    pub fn all(root: &Root) -> Result<Vec<Self>, DevError> {
        let mut cases = Vec::new();
        for lab in root.labs("solutions")? {
            if !root.join(format!("labs/v{lab}/lab.yaml")).is_file() {
                continue;
            }
            cases.push(Self {
                lab,
                kind: CaseKind::Solution,
            });
            cases.push(Self {
                lab,
                kind: CaseKind::Starter,
            });
            for (name, mistake) in mistakes(root, lab)? {
                cases.push(Self {
                    lab,
                    kind: CaseKind::Mistake(name, mistake),
                });
            }
            for (name, foreign) in foreign(root, lab)? {
                cases.push(Self {
                    lab,
                    kind: CaseKind::Foreign(name, foreign),
                });
            }
        }
        Ok(cases)
    }

    /// The name inside its lab, which is also its recording's.
    pub fn name(&self) -> String {
        match &self.kind {
            CaseKind::Solution => "solution".into(),
            CaseKind::Starter => "starter".into(),
            CaseKind::Mistake(name, _) => name.clone(),
            CaseKind::Foreign(name, _) => format!("foreign-{name}"),
        }
    }

    /// The lab's name.
    pub fn lab_name(&self) -> String {
        format!("v{}", self.lab)
    }

    /// What its containers, networks and volumes begin with, and the value of their label.
    pub fn run(&self) -> String {
        format!("{}v{}-{}", super::RUN_PREFIX, self.lab, self.name())
    }

    /// Its files.
    ///
    /// # Errors
    /// When an edit does not fit or a file cannot be read.
    pub fn tree(&self, root: &Root) -> Result<Tree, DevError> {
        match &self.kind {
            CaseKind::Solution => files::stack(root, self.lab, Form::Solution),
            CaseKind::Starter => Ok(tracked(root, &format!("labs/v{}", self.lab))?
                .only(|path| !matches!(path, "lab.yaml" | "lab.de.yaml"))),
            CaseKind::Mistake(name, mistake) => {
                let file = mistake_file(self.lab, name);
                let text = root.read(&file)?;
                mistake.apply(&file, &text, files::stack(root, self.lab, Form::Solution)?)
            }
            CaseKind::Foreign(..) => foreign_tree(root, self.lab),
        }
    }

    /// Files that change once it is up, as they are then.
    ///
    /// # Errors
    /// As [`Self::tree`].
    pub fn later(&self, root: &Root) -> Result<Vec<(String, Vec<u8>)>, DevError> {
        let CaseKind::Mistake(name, mistake) = &self.kind else {
            return Ok(Vec::new());
        };
        let file = mistake_file(self.lab, name);
        let text = root.read(&file)?;
        mistake.apply_later(&file, &text, self.tree(root)?)
    }

    /// The folder of its compose file or scripts, inside its files.
    pub fn inside(&self) -> &str {
        match &self.kind {
            CaseKind::Foreign(name, _) => name,
            _ => "",
        }
    }

    /// The compose file that starts it; `None` when a script does.
    pub fn compose_file(&self) -> Option<&str> {
        match &self.kind {
            CaseKind::Foreign(_, foreign) if !foreign.is_compose() => None,
            CaseKind::Foreign(_, foreign) => Some(&foreign.up),
            _ => Some(COMPOSE_FILE),
        }
    }
}

fn mistake_file(lab: u32, name: &str) -> String {
    format!("solutions/v{lab}/mistakes/{name}.yaml")
}

fn mistakes(root: &Root, lab: u32) -> Result<Vec<(String, Mistake)>, DevError> {
    let folder = format!("solutions/v{lab}/mistakes");
    let mut found = Vec::new();
    for name in tree::names(&root.join(&folder))? {
        let path = format!("{folder}/{name}");
        let Some(stem) = name.strip_suffix(".yaml") else {
            return Err(DevError::wrong(format!(
                "{path}: a mistake is a file that ends in .yaml"
            )));
        };
        if !plain(stem) || ["solution", "starter"].contains(&stem) || stem.starts_with("foreign-") {
            return Err(DevError::wrong(format!(
                "{path}: a mistake's name is lower-case words joined by hyphens, and not one of the other stacks'"
            )));
        }
        found.push((stem.to_owned(), Mistake::parse(&path, &root.read(&path)?)?));
    }
    Ok(found)
}

fn foreign(root: &Root, lab: u32) -> Result<Vec<(String, Foreign)>, DevError> {
    let folder = format!("solutions/v{lab}/foreign");
    let mut found = Vec::new();
    for name in tree::names(&root.join(&folder))? {
        let path = format!("{folder}/{name}/stack.yaml");
        if !plain(&name) {
            return Err(DevError::wrong(format!(
                "{folder}/{name}: its name is lower-case words joined by hyphens"
            )));
        }
        found.push((name.clone(), Foreign::parse(&path, &root.read(&path)?)?));
    }
    Ok(found)
}

/// The whole folder of foreign stacks, as they may share files. One that serves several labs is a link to the first's.
fn foreign_tree(root: &Root, lab: u32) -> Result<Tree, DevError> {
    let folder = format!("solutions/v{lab}/foreign");
    let top = root
        .path()
        .canonicalize()
        .map_err(|err| DevError::file(root.path(), &err))?;
    let mut tree = Tree::default();
    for name in tree::names(&root.join(&folder))? {
        let path = root.join(&folder).join(&name);
        let real = path
            .canonicalize()
            .map_err(|err| DevError::file(&path, &err))?;
        let real = real.strip_prefix(&top).map_err(|_| {
            DevError::wrong(format!("{folder}/{name}: it leads out of the repository"))
        })?;
        tree.mount(&name, tracked(root, &real.display().to_string())?);
    }
    // A stack may link to the application, which is then the very one of the finished lab.
    for (path, file) in &mut tree.files {
        if let Ok(text) = std::str::from_utf8(&file.bytes) {
            file.bytes = view(path, text, View::Solution(lab))?.into_bytes();
        }
    }
    Ok(tree)
}

fn plain(name: &str) -> bool {
    name.split('-').all(|word| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    })
}
