//! `UIkit`'s files in a stack under test, where a student's own `npm ci` or bundler would have put them.

use super::{Case, CaseKind};
use crate::{DevError, Root};
use labcheck::course::tree::{File, Tree};
use labcheck::setup::{self, Say, UIKIT_FILES};
use labcheck_core::error::Explain as _;

/// Adds them to an application that fetches them, and to a foreign stack under the names that it asks for.
///
/// # Errors
/// When they cannot be fetched or read, or a foreign stack asks for another file.
pub(super) fn add(root: &Root, case: &Case, tree: &mut Tree) -> Result<(), DevError> {
    let mut wanted: Vec<(String, Vec<String>)> = Vec::new();
    if tree.files.contains_key("app/package.json") {
        let plain = |name: &str| (format!("app/static/{name}"), vec![name.to_owned()]);
        wanted.extend(UIKIT_FILES.map(plain));
    }
    if let CaseKind::Foreign(name, foreign) = &case.kind {
        let inside = foreign.uikit.iter();
        wanted.extend(inside.map(|(path, files)| (format!("{name}/{path}"), files.clone())));
    }
    if wanted.is_empty() {
        return Ok(());
    }
    ensure(root)?;
    for (path, files) in wanted {
        let mut bytes = Vec::new();
        for name in files {
            if !UIKIT_FILES.contains(&name.as_str()) {
                let known = labcheck_core::text::list(&UIKIT_FILES);
                return Err(DevError::wrong(format!(
                    "{}: `{name}` is none of UIkit's files: {known}",
                    case.run()
                )));
            }
            if !bytes.is_empty() {
                bytes.push(b'\n');
            }
            bytes.extend(File::read(&root.join("app/static").join(name))?.bytes);
        }
        let executable = false;
        tree.files.insert(path, File { bytes, executable });
    }
    Ok(())
}

fn ensure(root: &Root) -> Result<(), DevError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|err| DevError::wrong(err.to_string()))?;
    let fetched = runtime.block_on(setup::uikit(&root.join("app"), Say::new()));
    fetched.map_err(|err| DevError::Wrong {
        what: err.to_string(),
        help: err.help(),
    })
}
