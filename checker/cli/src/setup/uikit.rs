//! `UIkit`'s three files for the application: fetched through npm by the lock file, never committed.

use std::path::Path;

use serde::Deserialize;
use tokio::process::Command;

use super::error::{SetupError, words};
use super::progress::Say;
use super::{apt, process};
use labcheck_engine::host;

/// The files, below the application's `static` folder.
pub const FILES: [&str; 3] = ["uikit.min.css", "uikit.min.js", "uikit-icons.min.js"];

/// Makes sure that the application's folder holds `UIkit` in the version that its lock file names.
///
/// # Errors
/// [`SetupError::File`] when the lock file cannot be read, [`SetupError::Tool`] when npm fails or is missing.
pub async fn ensure(app: &Path, say: Say) -> Result<(), SetupError> {
    let lock = app.join("package-lock.json");
    let text =
        std::fs::read_to_string(&lock).map_err(|err| SetupError::file(&lock, "read", &err))?;
    let version = locked_version(&text).ok_or_else(|| SetupError::Tool {
        doing: format!("reading {}", lock.display()),
        why: "it names no version of uikit".into(),
        help: "run `npm install uikit` in that folder".into(),
    })?;
    if in_place(app, &version) {
        return Ok(());
    }
    if host::find(&["npm"]).is_none() && apt::possible() {
        apt::install(&["npm"], say).await?;
    }
    let doing = format!("fetching UIkit {version}");
    let mut step = say.step(&doing);
    for words in [
        ["ci", "--no-audit", "--no-fund"].as_slice(),
        ["run", "assets"].as_slice(),
    ] {
        let mut npm = Command::new("npm");
        npm.args(words).current_dir(app);
        let ended = process::run(&mut npm, &doing, &mut step, None).await?;
        if !ended.well {
            return Err(SetupError::Tool {
                doing,
                why: ended.gist(),
                help: format!("see what `npm ci` says in {}", app.display()),
            });
        }
        if in_place(app, &version) {
            step.done("done");
            return Ok(());
        }
    }
    Err(SetupError::Tool {
        doing,
        why: format!("npm ended well, and {} is not in place", FILES.join(", ")),
        help: format!("see {}", app.join("package.json").display()),
    })
}

/// `packages["node_modules/uikit"].version` of a package-lock.json (version 2 or 3).
fn locked_version(lock: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Lock {
        packages: std::collections::BTreeMap<String, Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        version: Option<String>,
    }
    let lock: Lock = serde_json::from_str(lock).ok()?;
    let version = lock
        .packages
        .get("node_modules/uikit")?
        .version
        .as_deref()?;
    Some(words(version))
}

/// Every file says its version in its first line: `UIkit 3.25.29 | …`.
fn in_place(app: &Path, version: &str) -> bool {
    FILES.iter().all(|name| {
        std::fs::read(app.join("static").join(name))
            .is_ok_and(|bytes| says_version(&bytes, version))
    })
}

fn says_version(bytes: &[u8], version: &str) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    head.contains(&format!("UIkit {version} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_names_the_version() {
        let lock =
            r#"{"packages": {"": {"name": "x"}, "node_modules/uikit": {"version": "3.25.29"}}}"#;
        assert_eq!(locked_version(lock).as_deref(), Some("3.25.29"));
        assert_eq!(locked_version("{}"), None);
        assert_eq!(locked_version(r#"{"packages": {}}"#), None);
    }

    #[test]
    fn another_version_is_fetched_again() {
        assert!(says_version(b"/*! UIkit 3.25.29 | made-up */", "3.25.29"));
        assert!(!says_version(b"/*! UIkit 3.25.29 | made-up */", "3.25.2"));
        assert!(!says_version(b"", "3.25.29"));
    }
}
