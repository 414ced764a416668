//! A compose project on disk: what it says, starting it with visible progress, taking it down.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::process::Command;

use super::failed::{helped, trouble};
use super::output::said;
use super::{names, ports, site_override};
use crate::setup::{self, Say};
use labcheck_core::error::Error;
use labcheck_core::text::{quoted, say};
use labcheck_engine::client::Engine;
use labcheck_engine::compose::files::{COMPOSE_FILES, OVERRIDES};
use labcheck_probe::BrokenYaml;

/// A project.
#[derive(Debug)]
pub struct Project {
    engine: Engine,
    folder: PathBuf,
    name: String,
    /// The name was given, not taken from the file.
    named: bool,
    pub(super) config: Value,
    /// The override that the site needs.
    site_override: Option<PathBuf>,
}

impl Project {
    /// Reads the compose file of a folder; `name` instead of the one that it says.
    ///
    /// # Errors
    /// What Compose says about the file.
    pub async fn read(engine: Engine, folder: &Path, name: Option<&str>) -> Result<Self, Error> {
        let mut project = Self {
            engine,
            folder: folder.to_path_buf(),
            name: name.unwrap_or_default().to_owned(),
            named: name.is_some(),
            config: Value::Null,
            site_override: None,
        };
        let text = said(&mut project.compose(&["config", "--format", "json"]))
            .await
            .map_err(|why| unread(folder, &why))?;
        project.config = serde_json::from_str(&text).map_err(|err| {
            Error::usage(
                format!("what `docker compose config` printed: {err}"),
                "update Docker Compose to 2.24 or newer",
            )
        })?;
        let own = project.config.get("name").and_then(Value::as_str);
        project.name = own.unwrap_or_default().to_owned();
        project.site_override = site_override::write(
            &project.engine,
            &project.config,
            &project.name,
            project.named,
        )?;
        Ok(project)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The folder it is in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// `docker compose` for this project.
    pub fn compose(&self, words: &[&str]) -> Command {
        let mut command = self.engine.command();
        command.args(["compose", "--ansi", "never"]);
        if self.named {
            command.args(["-p", &self.name]);
        }
        command.arg("--project-directory").arg(&self.folder);
        for files in [&COMPOSE_FILES, &OVERRIDES] {
            let found = files.iter().map(|file| self.folder.join(file));
            if let Some(file) = found.into_iter().find(|file| file.is_file()) {
                command.arg("-f").arg(file);
            }
        }
        if let Some(file) = &self.site_override {
            command.arg("-f").arg(file);
        }
        command.args(words).env("COMPOSE_PROGRESS", "plain");
        command
    }

    /// Builds what has a `build`, and starts it all. What holds one of its ports is told before anything is started, and what was started is taken down
    /// again when the rest cannot be.
    ///
    /// # Errors
    /// The port and its holder, or what Compose says.
    pub async fn up(&self, doing: &str, say: Say) -> Result<(), Error> {
        let rows = self.engine.list().await?;
        let wanted = ports::wanted(&self.config);
        let mut own = rows.iter();
        let there = own.any(|row| row.project.as_deref() == Some(&self.name));
        let kept = self.engine.kept().await?;
        let holder = ports::held(&wanted, &rows, &self.name)
            .or_else(|| names::held(&self.config, &rows, &kept, &self.name));
        if let Some(held) = holder {
            return Err(trouble(doing, held.what, held.help));
        }
        let help = say!("see `docker compose -p {} logs`", quoted(&self.name));
        // Without `--build`, Compose starts the image that was built last, whatever was edited since.
        let words = ["up", "--detach", "--build"];
        let outcome = if self.builds_inside().is_empty() {
            "done"
        } else {
            say!("the containers are up")
        };
        let mut compose = self.compose(&words);
        let started = setup::tool_to(&mut compose, doing, &help, say, outcome).await;
        let Err(err) = started else { return Ok(()) };
        let holder = match self.engine.list().await {
            Ok(rows) => ports::held(&wanted, &rows, &self.name),
            Err(_) => None,
        };
        // A port that was taken at the last moment leaves containers that never ran.
        if let Some(held) = holder {
            if !there {
                self.down("taking down what was started", false, say)
                    .await?;
            }
            return Err(trouble(doing, held.what, held.help));
        }
        Err(helped(err, &self.name, &self.absent().await).into())
    }

    /// Takes it down.
    ///
    /// # Errors
    /// What Compose says.
    pub async fn down(&self, doing: &str, volumes: bool, say: Say) -> Result<(), Error> {
        let words = if volumes {
            ["down", "--remove-orphans", "--volumes"].as_slice()
        } else {
            ["down", "--remove-orphans"].as_slice()
        };
        let help = say!("see `docker compose -p {} ps --all`", quoted(&self.name));
        setup::tool(&mut self.compose(words), doing, &help, say)
            .await
            .map_err(Error::from)
    }
}

/// A compose file that Compose cannot read: where it is no YAML the line is named as `labcheck` does, as Compose's own may
/// be another.
fn unread(folder: &Path, why: &str) -> Error {
    match BrokenYaml::find(folder) {
        Some(BrokenYaml { file, line, why }) => {
            let at = line.map_or_else(
                || file.clone(),
                |line| say!("{file}, line {line}", file, line),
            );
            Error::usage(
                say!("{at}: this is no YAML ({why})", at, why),
                say!("mend that line or the one above").to_owned(),
            )
        }
        None => Error::usage(
            format!("{}: {why}", folder.display()),
            "`docker compose config` in that folder shows what is wrong",
        ),
    }
}

#[cfg(test)]
#[path = "project_tests.rs"]
mod tests;
