//! The commands of a stack in its folder: `docker compose` for its project and file, or its own scripts.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::Docker;
use super::compose::Config;
use super::docker::run_for;
use super::running::{Stack, TELLS_PORT};
use crate::{DevError, root};
use labcheck_engine::command::DockerCommand;
use labcheck_engine::compose::files::COMPOSE_FILE;

/// The variable that holds more flags of `docker build`, for a stack that is started by a script.
const TELLS_FLAGS: &str = "LABCHECK_BUILD_FLAGS";

impl Stack {
    /// Its compose file as Compose reads it.
    pub(super) fn config(&self, told: Option<u16>) -> Result<Config, DevError> {
        let mut command = self.of_compose(told);
        Config::parse(&root::run(command.args(["config", "--format", "json"]))?)
    }

    pub(super) fn compose(&self, args: &[&str], limit: Duration) -> Result<bool, DevError> {
        let mut command = self.of_compose(self.told.as_ref().and_then(|told| told.host));
        command.arg("-f").arg(&self.paths.override_file).args(args);
        run_for(&mut command, &self.paths.log, limit)
    }

    /// `docker compose` for its project and file.
    pub(super) fn of_compose(&self, told: Option<u16>) -> Command {
        let mut command = Docker::command();
        command
            .args(["compose", "-p", &self.run, "--project-directory"])
            .arg(self.inside())
            .args(["-f", &self.compose_file()])
            .env("LABCHECK_PREFIX", &self.run)
            // As in the shell of a student in the lab's folder.
            .env("PWD", self.inside())
            .env_remove(TELLS_PORT);
        if let Some(port) = told {
            command.env(TELLS_PORT, port.to_string());
        }
        command
    }

    pub(super) fn script(&self, name: &str, limit: Duration) -> Result<bool, DevError> {
        let mut command = Command::new("sh");
        command
            .arg(name)
            .current_dir(self.inside())
            .envs(DockerCommand::of_process().surroundings())
            .env("LABCHECK_PREFIX", &self.run)
            .env(TELLS_FLAGS, self.site.flags());
        run_for(&mut command, &self.paths.log, limit)
    }

    pub(super) fn compose_file(&self) -> String {
        self.inside()
            .join(self.case.compose_file().unwrap_or(COMPOSE_FILE))
            .display()
            .to_string()
    }

    pub(super) fn inside(&self) -> PathBuf {
        match self.case.inside() {
            "" => self.paths.folder.clone(),
            inside => self.paths.folder.join(inside),
        }
    }
}
