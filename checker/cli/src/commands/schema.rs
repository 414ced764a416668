//! `labcheck schema`: the JSON Schema of a lab file, so that editors complete and check it.

use labcheck_core::lab::Manifest;

/// The schema as pretty-printed JSON.
pub(crate) fn lab_file() -> String {
    let schema = schemars::schema_for!(Manifest);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
