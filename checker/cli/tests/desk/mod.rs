//! A student's desk: a folder of its own, and what is typed there, the environment scrubbed. No engine is asked:
//! `DOCKER_HOST` names a socket that is not there. What only one test file wants of it stands in that file.

use std::path::PathBuf;
use std::process::Command;

/// A folder that goes away with it.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

/// How a command ended.
pub(crate) struct Said {
    /// The exit code; none after a signal.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// A file or folder on the desk; `.` is the desk itself.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Types one line in one of the desk's folders.
    pub(crate) fn types(&self, folder: &str, env: &[(&str, &str)], typed: &str) -> Said {
        let out = Command::new(env!("CARGO_BIN_EXE_labcheck"))
            .args(typed.split_whitespace())
            .current_dir(self.path(folder))
            .env_clear()
            .env("HOME", self.folder.path())
            .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
            .envs(env.iter().copied())
            .output()
            .expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what it prints is text");
        Said {
            code: out.status.code(),
            out: text(out.stdout),
            err: text(out.stderr),
        }
    }
}
