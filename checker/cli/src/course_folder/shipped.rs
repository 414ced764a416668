//! What the binary carries: the labs' starters, and their solutions made from the same files as the author's tools do.

use std::borrow::Cow;

use rust_embed::RustEmbed;

use crate::course::error::CourseError;
use crate::course::tree::{File, Tree};
use crate::course::views::{Form, view_of};
use labcheck_core::embedded::Embedded;

#[derive(RustEmbed)]
#[folder = "../../solutions"]
#[exclude = "*/mistakes/*"]
#[exclude = "*/foreign/*"]
#[exclude = "*/node_modules/*"]
#[exclude = "*/target/*"]
#[exclude = "*/static/uikit*"]
struct Solutions;

#[derive(RustEmbed)]
#[folder = "../../app"]
#[exclude = "tests/*"]
#[exclude = "node_modules/*"]
#[exclude = "target/*"]
#[exclude = "static/uikit*"]
struct App;

/// Files that are run by themselves, by the end of their path: the binary keeps no execute bits.
const RUN: [&str; 1] = ["proxy/certificate.sh"];

/// What a student starts a lab from, by path below the lab's folder. Empty where the course has no such lab.
pub fn starter(lab: &str) -> Tree {
    gathered(Embedded::iter(), &format!("{lab}/"), |path| {
        Embedded::get(path).map(|file| file.data)
    })
}

/// The finished lab, with the application inside as in a student's folder.
///
/// # Errors
/// [`CourseError`] when a region of a file is wrong, which a test rules out for the ones shipped.
pub fn solution(lab: &str) -> Result<Tree, CourseError> {
    let number = lab.trim_start_matches('v').parse().unwrap_or_default();
    let mut tree = gathered(Solutions::iter(), &format!("{lab}/"), |path| {
        Solutions::get(path).map(|file| file.data)
    });
    if tree.files.is_empty() {
        return Ok(tree);
    }
    if !tree.files.keys().any(|path| path.starts_with("app/")) {
        let app = gathered(App::iter(), "", |path| App::get(path).map(|file| file.data));
        tree.mount("app", app);
    }
    view_of(tree, number, Form::Solution)
}

fn gathered(
    paths: impl Iterator<Item = Cow<'static, str>>,
    below: &str,
    read: impl Fn(&str) -> Option<Cow<'static, [u8]>>,
) -> Tree {
    let files = paths.filter_map(|path| {
        let inside = path.strip_prefix(below)?.to_owned();
        let bytes = read(&path)?.into_owned();
        let executable = RUN.iter().any(|run| inside == *run);
        Some((inside, File { bytes, executable }))
    });
    Tree {
        files: files.collect(),
    }
}
