//! A compose project on disk: what its files say, and `docker compose` for it.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::process::Command;

use super::output::printed;
use super::{site_override, warnings};
use labcheck_core::error::Error;
use labcheck_core::text::{clean, cut, say};
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
    /// What Compose warns of while it reads the files, a line each.
    warnings: Vec<String>,
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
            warnings: Vec::new(),
            site_override: None,
        };
        let printed = printed(&mut project.compose(&["config", "--format", "json"]))
            .await
            .map_err(|why| unread(folder, &why))?;
        project.warnings = warnings::of(&printed.beside);
        project.config = serde_json::from_str(&printed.answer).map_err(|err| {
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

    /// Notes on its files: what Compose warns of, and compose files that it does not read.
    pub(crate) fn notes(&self) -> Vec<String> {
        let unread = warnings::unread_files(&self.folder);
        unread.into_iter().chain(self.warnings.clone()).collect()
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
        None => Error::usage(format!("{}: {why}", folder.display()), refused(why)),
    }
}

/// What to do about a file that is YAML, and that Compose refuses.
fn refused(why: &str) -> String {
    if why.contains("must be a list") {
        return say!(
            "each entry of a list is a line of its own that begins with `- `, a dash and a blank"
        )
        .into();
    }
    if why.contains("must be a mapping") {
        return say!("each line below it is `NAME: VALUE`, with a blank after the colon, and no dash in front").into();
    }
    if let Some((_, host)) = why.split_once("Invalid ip address: ") {
        let host = cut(&clean(host), 60);
        return say!(
            "in `ports`, the first part is an address in numbers: `127.0.0.1` instead of `{host}`",
            host
        );
    }
    "`docker compose config` in that folder shows what is wrong".into()
}

#[cfg(test)]
#[path = "project_tests.rs"]
mod tests;
