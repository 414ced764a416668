//! The engine's own share: how long the requests of a look take without labcheck.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::{DevError, root};

/// Where the engine is, if it is a socket of this machine.
pub(super) fn socket() -> Result<PathBuf, DevError> {
    let host =
        std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    host.strip_prefix("unix://")
        .map(PathBuf::from)
        .ok_or_else(|| {
            DevError::wrong("the benchmark wants an engine on a Unix socket (DOCKER_HOST=unix://…)")
        })
}

/// How long curl takes for the requests, one after the other over one connection, its own start left out.
pub(super) fn by_curl(paths: &[String]) -> Result<Duration, DevError> {
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
        ))
    }
}
