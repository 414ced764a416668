//! Known faults of what the project is built from, by `cargo deny check` (cargo-deny, <https://embarkstudios.github.io/cargo-deny/>).
//!
//! The list of faults comes over the network, and cargo-deny takes minutes to build: where either is missing this is said and no
//! error, so that the project can be checked offline.

use std::process::Stdio;

use tokio::process::Command;

use crate::{DevError, Root};
use labcheck::setup::Say;

/// What is typed to repeat it.
const SHOWN: &str = "cargo deny check advisories bans sources";
/// What cargo-deny says when the list could not be fetched.
const UNFETCHED: [&str; 2] = ["failed to fetch", "unable to fetch"];

/// What came of it, in words for the line of the step.
///
/// # Errors
/// [`DevError::Wrong`] where a dependency has a known fault.
pub(crate) async fn ask(root: &Root, say: Say) -> Result<&'static str, DevError> {
    say.line(&format!(
        "verify: known faults of dependencies (`{SHOWN}`) …"
    ));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let command = |words: &str| {
        let mut command = Command::new(&cargo);
        command.args(words.split(' '));
        command.current_dir(root.path()).stdin(Stdio::null());
        command
    };
    let there = command("deny --version").output().await;
    if !there.is_ok_and(|out| out.status.success()) {
        return Ok("known faults of dependencies were not asked for: cargo-deny is not installed");
    }
    let words = SHOWN.trim_start_matches("cargo ");
    let out = command(words)
        .output()
        .await
        .map_err(|err| wrong(&format!("could not be run: {err}")))?;
    let said = String::from_utf8_lossy(&out.stderr);
    if out.status.success() {
        Ok("no known faults of dependencies")
    } else if UNFETCHED.iter().any(|word| said.contains(word)) {
        Ok("known faults of dependencies were not asked for: the list could not be fetched")
    } else {
        Err(wrong(&said))
    }
}

fn wrong(why: &str) -> DevError {
    DevError::Wrong {
        what: format!("verify: `{SHOWN}` {why}"),
        help: Some(format!("repeat it with `{SHOWN}`")),
    }
}
