//! Taking a project down and up with the command that its owner would use. The only place where grading runs Compose.
//!
//! Volumes are never removed (`down` without `-v`), and nothing is built anew.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::files::{is_site_override, of_label};
use crate::command::DockerCommand;
use crate::model::inspected::Inspected;
use labcheck_core::text;

/// Longest wait for `down`, and for `up`, which waits for health checks.
const DOWN: Duration = Duration::from_mins(2);
const UP: Duration = Duration::from_mins(4);
/// Longest wait for what answers at once.
const ASK: Duration = Duration::from_secs(10);

/// Compose loads no file from a repository or a registry, whatever the folder's `.env` says: what stands in the environment
/// goes before that. Variables of `.env` stay, as the student's own `docker compose up` puts them in, too.
const NOTHING_FETCHED: [(&str, &str); 5] = [
    ("COMPOSE_EXPERIMENTAL_GIT_REMOTE", "false"),
    ("COMPOSE_EXPERIMENTAL_OCI_REMOTE", "false"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_SSH_COMMAND", "false"),
    ("GIT_TERMINAL_PROMPT", "0"),
];

/// A project, with everything that starts it again as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its name (`-p`).
    pub name: String,
    files: Vec<PathBuf>,
    folder: String,
    /// Services and how many containers each has.
    services: BTreeMap<String, usize>,
    docker: DockerCommand,
}

impl Project {
    /// The project of one name, from the labels of its containers.
    ///
    /// # Errors
    /// Why it cannot be started again from here.
    pub fn named(name: &str, all: &[Inspected], docker: &DockerCommand) -> Result<Self, String> {
        let own = || {
            all.iter()
                .filter(|looked| looked.container.project.as_deref() == Some(name))
        };
        let first = own().next().ok_or("it has no containers")?;
        let unlabelled = || format!("the containers of `{name}` do not name their compose files");
        let mut sets = Vec::new();
        for looked in own() {
            let label = looked.config_files.as_deref().ok_or_else(unlabelled)?;
            sets.push(of_label(label, looked.folder.as_deref()));
        }
        // A container that `labcheck start` made has one file more; what that says is needed for the others, too.
        let files = sets.iter().max_by_key(|set| set.len()).cloned();
        let files = files.unwrap_or_default();
        let theirs = |set: &[PathBuf]| -> Vec<PathBuf> {
            let mut set = set.to_vec();
            set.retain(|file| !is_site_override(file));
            set
        };
        if sets.iter().any(|set| theirs(set) != theirs(&files)) {
            return Err(format!(
                "the containers of `{name}` were made from different files"
            ));
        }
        if let Some(missing) = files.iter().find(|file| !file.is_file()) {
            let shown = missing.file_name().unwrap_or_default().to_string_lossy();
            return Err(format!(
                "the compose file `{}` of `{name}` is not on this machine",
                text::cut(&text::clean(&shown), 80)
            ));
        }
        let mut services = BTreeMap::new();
        for service in own().filter_map(|looked| looked.container.service.clone()) {
            *services.entry(service).or_insert(0) += 1;
        }
        Ok(Self {
            name: name.to_owned(),
            files,
            folder: first.folder.clone().ok_or_else(unlabelled)?,
            services,
            docker: docker.clone(),
        })
    }

    fn command(&self) -> Command {
        self.with(true)
    }

    /// With what `labcheck start` adds, or without.
    fn with(&self, site: bool) -> Command {
        let mut command = self.docker.command();
        command.envs(NOTHING_FETCHED);
        command.args([
            "compose",
            "-p",
            &self.name,
            "--project-directory",
            &self.folder,
        ]);
        for file in self
            .files
            .iter()
            .filter(|file| site || !is_site_override(file))
        {
            command.arg("-f").arg(file);
        }
        command
    }

    /// Whether a file that `labcheck start` added is among them.
    pub fn has_site_override(&self) -> bool {
        self.files.iter().any(|file| is_site_override(file))
    }

    /// Its compose files.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The folder it was started from.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// Names of containers that `up` would make or make anew, with what `labcheck start` adds or without; nothing is made.
    ///
    /// # Errors
    /// What Compose said, such as that it is too old for `--dry-run` (before 2.18).
    pub async fn would_make(&self, site: bool) -> Result<Vec<String>, String> {
        let mut command = self.with(site);
        command.args(["--ansi", "never", "--progress", "plain", "--dry-run"]);
        command.args(["up", "--detach", "--no-build", "--pull", "never"]);
        said(&mut command, ASK).await.map(|said| planned(&said))
    }

    /// Whether Compose is there and reads the project's files.
    ///
    /// # Errors
    /// Why not.
    pub async fn readable(&self) -> Result<(), String> {
        let mut command = self.command();
        command.args(["config", "--quiet"]);
        run(&mut command, ASK)
            .await
            .map_err(|why| format!("`docker compose config` fails: {why}"))
    }

    /// `docker compose down`: containers and networks go, volumes stay.
    ///
    /// # Errors
    /// What Compose said.
    pub async fn down(&self) -> Result<(), String> {
        let mut command = self.command();
        command.arg("down");
        run(&mut command, DOWN).await
    }

    /// `docker compose up -d` of the services that were there, as many of each.
    ///
    /// # Errors
    /// What Compose said.
    pub async fn up(&self) -> Result<(), String> {
        let mut command = self.command();
        command.args(self.up_words());
        run(&mut command, UP).await
    }

    fn up_words(&self) -> Vec<String> {
        let mut words: Vec<String> = ["up", "--detach", "--no-build"].map(str::to_owned).to_vec();
        let many = self.services.iter().filter(|(_, count)| **count > 1);
        for (service, count) in many {
            words.extend(["--scale".into(), format!("{service}={count}")]);
        }
        words.extend(self.services.keys().cloned());
        words
    }
}

/// Containers that a dry run would make: ` DRY-RUN MODE -  Container shop-app-1  Recreate`.
fn planned(said: &str) -> Vec<String> {
    let mut all: Vec<String> = said
        .lines()
        .filter_map(|line| {
            let (_, rest) = line.split_once(" Container ")?;
            let mut words = rest.split_whitespace();
            let name = words.next()?;
            matches!(words.next(), Some("Recreate" | "Creating" | "Create"))
                .then(|| name.to_owned())
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

/// Runs to the end; a program that takes too long is ended.
async fn run(command: &mut Command, deadline: Duration) -> Result<(), String> {
    said(command, deadline).await.map(drop)
}

/// The same, and what it said on standard error, where Compose tells what it does.
async fn said(command: &mut Command, deadline: Duration) -> Result<String, String> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // Ctrl-C goes to whole groups, and half a stack would be left.
    #[cfg(unix)]
    command.process_group(0);
    let child = command
        .spawn()
        .map_err(|err| format!("`docker` cannot be run: {err}"))?;
    let ended = tokio::time::timeout(deadline, child.wait_with_output()).await;
    let output = ended
        .map_err(|_| format!("it did not end within {} s", deadline.as_secs()))?
        .map_err(|err| err.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        return Ok(said.into_owned());
    }
    let last = said
        .lines()
        .rev()
        .map(text::clean)
        .find(|line| !line.is_empty());
    Err(text::cut(&last.unwrap_or_else(|| "nothing".into()), 300))
}

#[cfg(test)]
#[path = "cli_tests.rs"]
mod tests;
