//! Recordings of live stacks, under the names that a student's own stack would have.

use labcheck::dev::Root;
use labcheck::dev::stack::{Case, Stack};
use labcheck::facts::Facts;
use labcheck::probe::record;

/// Writes `tests/recordings/LAB/NAME.json`.
pub(crate) fn write(root: &Root, case: &Case, stack: &Stack, facts: &Facts) -> Result<(), String> {
    let path = root.join(format!(
        "checker/tests/recordings/{}/{}.json",
        case.lab_name(),
        case.name()
    ));
    let wrong = |err: std::io::Error| format!("{}: {err}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(wrong)?;
    }
    record::write(&path, facts).map_err(wrong)?;
    let mut text = std::fs::read_to_string(&path).map_err(wrong)?;
    for (name, plain) in stack.plain_names() {
        text = text.replace(&name, &plain);
    }
    std::fs::write(&path, text).map_err(wrong)
}
