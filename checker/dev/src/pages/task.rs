//! The code of each task, out of the finished lab.

use super::markdown::fenced;
use crate::stack::files::NOT_OF_THE_STACK;
use crate::tracked::tracked;
use crate::{DevError, Root};
use labcheck::course::regions::bodies;
use labcheck::course::views::is_compose;

/// A task, the file it is in, and the lines that solve it.
pub(super) struct Solved {
    pub(super) id: String,
    file: String,
    code: String,
}

/// Every task of a lab, in its files.
pub(super) fn all(root: &Root, lab: &str) -> Result<Vec<Solved>, DevError> {
    let mut files = tracked(root, &format!("solutions/{lab}"))?
        .only(|path| !NOT_OF_THE_STACK.iter().any(|not| path.starts_with(not)));
    if !files.files.keys().any(|path| path.starts_with("app/src")) || lab == "v2" {
        files.mount("app", tracked(root, "app")?);
    }
    let mut found = Vec::new();
    for (path, file) in &files.files {
        let Ok(text) = std::str::from_utf8(&file.bytes) else {
            continue;
        };
        for (region, code) in bodies(path, text)? {
            if format!("v{}", region.lab) == lab {
                let code = if is_compose(path) {
                    code.replace("../../app", "./app")
                } else {
                    code
                };
                let (id, file) = (region.id, path.clone());
                found.push(Solved { id, file, code });
            }
        }
    }
    Ok(found)
}

impl Solved {
    /// The file's name and the code, without the indentation that all lines share.
    pub(super) fn part(&self) -> String {
        let indents = self
            .code
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| line.len() - line.trim_start_matches(' ').len());
        let indent = if is_compose(&self.file) {
            0
        } else {
            indents.min().unwrap_or(0)
        };
        let lines = self
            .code
            .lines()
            .map(|line| line.get(indent..).unwrap_or(""));
        let code = lines.collect::<Vec<_>>().join("\n");
        let block = fenced(kind(&self.file), &code);
        format!("In `{}`, at `TODO({})`:\n\n{block}", self.file, self.id)
    }
}

/// What the highlighter calls a file's language.
fn kind(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit('.').next().unwrap_or(name) {
        "rs" => "rust,ignore",
        "yaml" => "yaml",
        "html" => "html",
        "sql" => "sql",
        "sh" => "bash",
        "template" => "nginx",
        "Dockerfile" => "dockerfile",
        _ => "text",
    }
}
