//! The engine's own share: how long the requests of a look take without labcheck.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::{DevError, root};
use labcheck_core::error::Error;
use labcheck_engine::client::Engine;

/// The socket of the engine that is graded, if it is one of this machine.
///
/// # Errors
/// When a context is named that is not there, or the engine is reached in another way.
pub(super) fn socket() -> Result<PathBuf, Error> {
    let address = Engine::address()?;
    address.socket().ok_or_else(|| {
        let what = "the benchmark wants an engine on a Unix socket (DOCKER_HOST=unix://…)";
        DevError::wrong(what).into()
    })
}

/// How long curl takes for the requests, one after the other over one connection, its own start left out.
pub(super) fn by_curl(paths: &[String]) -> Result<Duration, Error> {
    let mut command = Command::new("curl");
    command
        .args([
            "--silent",
            "--show-error",
            "--write-out",
            "%{time_total}\n",
            "--unix-socket",
        ])
        .arg(socket()?);
    for path in paths {
        command
            .args(["--output", "/dev/null"])
            .arg(format!("http://engine{path}"));
    }
    let out = root::run(&mut command)?;
    let seconds: Vec<f64> = out
        .lines()
        .filter_map(|line| line.trim().parse().ok())
        .collect();
    if seconds.len() == paths.len() {
        Ok(Duration::from_secs_f64(seconds.iter().sum()))
    } else {
        Err(DevError::file(
            Path::new("curl"),
            &"it did not tell how long each request took",
        )
        .into())
    }
}
