//! What is generated is in step with what it is made from.

use std::path::Path;
use std::process::Command;

#[test]
fn starters_mistakes_and_chapters_are_in_step() {
    let out = Command::new(env!("CARGO_BIN_EXE_labcheck-dev"))
        .arg("check")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .output()
        .expect("it runs");
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}
