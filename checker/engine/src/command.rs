//! `docker`, as a command: the one on PATH, or the one that set-up put aside, told which engine is meant.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;

use crate::address::Address;
use crate::host;

/// Where the set-up script unpacks what the distribution's own packages lack. The same words stand in install.sh.
pub const PREFIX: &str = "/opt/labcheck/engine";

/// How `docker` is run for one engine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DockerCommand {
    /// The folder to put before PATH, so that `docker` is the one that was set up. `None`: PATH is right as it is.
    folder: Option<PathBuf>,
    /// The engine's address, where Docker's command line might not find it by itself.
    url: Option<String>,
}

impl DockerCommand {
    /// For the engine at an address: `docker` as PATH has it, else from where the script puts it. Nothing is run.
    pub fn of(address: &Address) -> Self {
        let own = Self::set_up().filter(|own| own.join("docker").is_file());
        Self {
            folder: own.filter(|_| host::find(&["docker"]).is_none()),
            url: (!address.named()).then(|| address.url.clone()),
        }
    }

    /// Nothing known of the engine: as the shell would run it.
    pub fn of_process() -> Self {
        crate::address::Surroundings::of_process()
            .address()
            .map_or_else(|_| Self::default(), |address| Self::of(&address))
    }

    /// The same, with `docker` out of a folder, or as PATH has it.
    #[must_use]
    pub fn from_folder(&self, folder: Option<PathBuf>) -> Self {
        let url = self.url.clone();
        Self { folder, url }
    }

    /// The folder in which the script puts `docker`, there or not.
    pub fn set_up() -> Option<PathBuf> {
        let prefix = std::env::var_os("LABCHECK_ENGINE_PREFIX");
        let prefix = prefix.map_or_else(|| PREFIX.into(), PathBuf::from);
        Some(prefix.join("usr/bin"))
    }

    /// `docker`, ready for arguments.
    pub fn command(&self) -> Command {
        let mut command = match &self.folder {
            Some(folder) => Command::new(folder.join("docker")),
            None => Command::new("docker"),
        };
        command.envs(self.surroundings());
        command
    }

    /// What to set for another program, such as a script, so that it finds the same `docker` and the same engine.
    pub fn surroundings(&self) -> Vec<(&'static str, OsString)> {
        let path = self.path().map(|path| ("PATH", path));
        let url = self.url.as_ref().map(|url| ("DOCKER_HOST", url.into()));
        path.into_iter().chain(url).collect()
    }

    /// PATH for other programs that call `docker`; `None` when it is right as it is.
    pub fn path(&self) -> Option<OsString> {
        let first = self.folder.clone()?;
        let rest = std::env::var_os("PATH").unwrap_or_default();
        std::env::join_paths(std::iter::once(first).chain(std::env::split_paths(&rest))).ok()
    }

    /// Which of `docker`, Compose v2 and Buildx is missing; `None` when all are there.
    pub async fn missing(&self) -> Option<&'static str> {
        let (compose, buildx) = tokio::join!(
            self.ask(&["compose", "version", "--short"]),
            self.ask(&["buildx", "version"]),
        );
        match (
            compose.is_some_and(|version| is_v2(&version)),
            buildx.is_some(),
        ) {
            (true, true) => None,
            (false, false) if self.ask(&["--version"]).await.is_none() => {
                Some("Docker's command line (`docker`)")
            }
            (false, _) => Some("Compose v2 (`docker compose`)"),
            (true, false) => Some("Buildx (`docker buildx`)"),
        }
    }

    /// What `docker` prints, where it answers at once and ends well.
    pub async fn ask(&self, words: &[&str]) -> Option<String> {
        let mut command = self.command();
        command.args(words).stdin(Stdio::null()).kill_on_drop(true);
        let output = command.output().await.ok();
        let output = output.filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// Compose v1 (`docker-compose`) cannot read the course's files.
fn is_v2(version: &str) -> bool {
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default();
    major.parse::<u32>().is_ok_and(|major| major >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(from: &str) -> Address {
        Address {
            url: "unix:///there.sock".into(),
            from: from.into(),
            tls: None,
        }
    }

    #[test]
    fn compose_v1_is_not_enough() {
        assert!(is_v2("2.26.1-4") && is_v2("v2.40.0") && is_v2("5.0.1"));
        assert!(!is_v2("1.29.2") && !is_v2("") && !is_v2("unknown"));
    }

    #[test]
    fn the_command_names_the_engine_where_it_might_find_another_one() {
        let asks = |from: &str| {
            let docker = DockerCommand::of(&address(from)).command();
            let mut envs = docker.as_std().get_envs();
            envs.any(|(name, value)| name == "DOCKER_HOST" && value.is_some())
        };
        assert!(asks("the default socket"));
        assert!(!asks("DOCKER_HOST") && !asks("docker context `desk`"));
    }

    #[test]
    fn what_was_set_up_aside_comes_before_path() {
        let folder = Some(PathBuf::from("/aside/usr/bin"));
        let docker = DockerCommand::default().from_folder(folder);
        let program = docker.command().as_std().get_program().to_owned();
        assert_eq!(
            PathBuf::from(program),
            PathBuf::from("/aside/usr/bin/docker")
        );
        let path = docker.path().expect("it is another one");
        let first = std::env::split_paths(&path).next();
        assert_eq!(first, Some("/aside/usr/bin".into()));
        assert_eq!(DockerCommand::default().path(), None);
    }
}
