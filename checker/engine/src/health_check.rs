//! Trying the command of a health check where the program that it should ask does not run: in a container of the same image,
//! with nothing in it but the command. A command that ends well there says nothing about the program.
//!
//! Reference: `HEALTHCHECK`, <https://docs.docker.com/reference/dockerfile/#healthcheck>.

use std::time::Duration;

use crate::client::{Engine, words};
use crate::health_command::{HealthCommand, command};
use crate::sidecar::Purpose;
use crate::sidecars::Sidecars;

/// The longest a command may take, start of its container included: an answer of the grader must not wait for it.
const LONGEST: Duration = Duration::from_secs(3);
/// Exit codes that tell of a container or command that could not be started.
const NOT_STARTED: [i64; 3] = [125, 126, 127];

impl Sidecars {
    /// Whether the command of a health check ends with 0, which stands for *healthy*, in a container of the same image, as the
    /// same user and with the same environment, without the program, any network or any mount.
    ///
    /// # Errors
    /// Why it could not be tried: the command is not in the image, it took too long, or the engine's words.
    pub async fn succeeds_alone(&self, command: &HealthCommand) -> Result<bool, String> {
        let purpose = Purpose::Check(command);
        let ended = self.run_for(&command.image, purpose, LONGEST).await?;
        match ended.code {
            Some(code) if !NOT_STARTED.contains(&code) => Ok(code == 0),
            _ => Err("the command of its health check could not be started".into()),
        }
    }
}

impl Engine {
    /// The command of a container's health check.
    ///
    /// # Errors
    /// There is none, or the engine's words, cleaned.
    pub async fn health_command(&self, container: &str) -> Result<HealthCommand, String> {
        let seen = self.docker.inspect_container(container, None).await;
        let seen = seen.map_err(|err| words(&err))?;
        let config = seen.config.unwrap_or_default();
        let test = config.healthcheck.and_then(|check| check.test);
        let (cmd, shown) = command(
            &test.unwrap_or_default(),
            config.shell.as_deref().unwrap_or_default(),
        )
        .ok_or("it has no health check")?;
        Ok(HealthCommand {
            image: seen.image.ok_or("its image has no id")?,
            cmd,
            env: config.env.unwrap_or_default(),
            user: config.user,
            workdir: config.working_dir,
            shown,
        })
    }
}
