//! Pages and parts of the book that come from the code: `dev sync` writes them, `dev check` compares.
//!
//! Parts (`book/src/generated/`) are included by pages that people write; the reference (`book/src/reference/`) is
//! generated whole. Nothing here is judged or measured: reports are those of the recordings. It may import
//! `stack` for the mistakes, the program's command line, and the core.

mod commands;
mod formats;
mod kinds;
mod lab;
mod markdown;
pub(crate) mod matrix;
mod report;
mod shape;
mod task;

use crate::stack::Case;
use crate::{DevError, Root};
use labcheck::course::tree::Tree;
use labcheck_core::lab::Course;

/// Folders that hold nothing else.
pub(super) const FOLDERS: [&str; 2] = ["book/src/generated", "book/src/reference"];

/// The line that every generated page and part begins with; a comment, so that no reader sees it.
const GENERATED: &str = "<!-- made by `cargo dev sync`; change what it is made from -->\n\n";

/// Everything, by path from the repository's root.
///
/// # Errors
/// When a region is wrong, or a recording cannot be read.
pub(super) fn all(root: &Root, course: &Course, cases: &[Case]) -> Result<Tree, DevError> {
    let mut tree = Tree::default();
    tree.insert(
        matrix::PAGE,
        GENERATED.to_owned() + &matrix::page(course, cases),
    );
    for lab in course.manifests() {
        let name = lab.lab.as_str();
        let mut part = |file: &str, text: String| {
            let path = format!("book/src/generated/{name}/{file}.md");
            tree.insert(path, GENERATED.to_owned() + &text);
        };
        part("checks", lab::checks(lab));
        part("mistakes", report::mistakes(root, course, name, cases)?);
        for stack in ["starter", "solution"] {
            part(stack, report::of(root, course, name, stack)?);
        }
        for task in task::all(root, name)? {
            part(&task.id, task.part());
        }
    }
    for (page, text) in [
        ("commands", commands::page()),
        ("exit-codes", formats::exit_codes()),
        ("kinds", kinds::page(course)),
        ("lab-file", formats::lab_file()),
        ("report", formats::report()),
        ("recording", formats::recording()),
    ] {
        tree.insert(
            format!("book/src/reference/{page}.md"),
            GENERATED.to_owned() + &text,
        );
    }
    Ok(tree)
}
