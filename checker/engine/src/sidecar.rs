//! The grader's own containers, as the engine knows them: made, run, asked, removed. [`crate::sidecars`] decides
//! when and why.

use std::collections::HashMap;
use std::time::Duration;

use bollard::errors::Error;
use bollard::models::{ContainerCreateBody, HealthConfig, HostConfig, HostConfigLogConfig};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, LogsOptionsBuilder, RemoveContainerOptionsBuilder,
    StartContainerOptions, WaitContainerOptionsBuilder,
};
use futures_util::StreamExt as _;

use crate::client::{Engine, words};
use crate::exec::{Ended, MOST_OUTPUT, Program};
use crate::health_command::HealthCommand;
use crate::own::NEVER_RUN;
use labcheck_core::facts::{NetworkMode, labels};

/// Labels that an image may carry and that would make its container part of a project, or of the course.
const NOT_OURS: [&str; 5] = [
    labels::PROJECT,
    labels::SERVICE,
    labels::FOLDER,
    labels::LAB,
    labels::TEST,
];

/// Containers that lend their network to the next, followed at most.
const MOST_OWNERS: usize = 8;

/// What a container of the grader's own is made for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose<'a> {
    /// Its image's files are looked at; it is never started.
    Files,
    /// It runs a program in the network of a container, which is named.
    Beside(&'a str, &'a Program),
    /// It runs the command of a health check, on no network.
    Check(&'a HealthCommand),
}

/// What becomes of the settings of a container by its [`Purpose`].
#[derive(Default)]
struct Settings {
    cmd: Vec<String>,
    env: Vec<String>,
    user: Option<String>,
    workdir: Option<String>,
    network: String,
    log: &'static str,
}

impl From<Purpose<'_>> for Settings {
    fn from(purpose: Purpose<'_>) -> Self {
        let alone = Self {
            network: "none".into(),
            // Its output must be readable whatever the engine does with logs otherwise.
            log: "json-file",
            ..Self::default()
        };
        match purpose {
            // Never started; but an image without a command could not be made a container of.
            Purpose::Files => Self {
                cmd: vec![NEVER_RUN.to_owned()],
                ..alone
            },
            Purpose::Beside(container, program) => Self {
                cmd: program.cmd.clone(),
                env: program.env.clone(),
                network: format!("container:{container}"),
                ..alone
            },
            Purpose::Check(command) => Self {
                cmd: command.cmd.clone(),
                env: command.env.clone(),
                user: command.user.clone(),
                workdir: command.workdir.clone(),
                // How it ends is all that counts, and what it writes could fill the disk.
                log: "none",
                ..alone
            },
        }
    }
}

/// What became of removing a container (`DELETE /containers/{id}`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    /// It is gone.
    Done,
    /// There is none of that name.
    NotThere,
    /// The engine removes it already.
    UnderWay,
    /// The engine did not, or did not answer.
    Failed,
}

impl Engine {
    /// Makes a container of an image, gives its id, and does not start it. In the machine's own network nothing is made: an
    /// image of the stack may hold any program.
    ///
    /// # Errors
    /// The engine's words, cleaned; or that the network is the machine's.
    pub(crate) async fn make_probe(
        &self,
        name: &str,
        image: &str,
        purpose: Purpose<'_>,
    ) -> Result<String, String> {
        let mut own: HashMap<String, String> = NOT_OURS
            .into_iter()
            .map(|key| (key.to_owned(), String::new()))
            .collect();
        own.insert(labels::SIDECAR.to_owned(), "1".to_owned());
        if let Purpose::Beside(container, _) = purpose
            && self.in_host_network(container).await?
        {
            return Err(
                "it is in the machine's own network, where nothing is started to look with".into(),
            );
        }
        let settings = Settings::from(purpose);
        let host = HostConfig {
            network_mode: Some(settings.network),
            cap_drop: Some(vec!["ALL".into()]),
            security_opt: Some(vec!["no-new-privileges".into()]),
            readonly_rootfs: Some(true),
            memory: Some(256 * 1024 * 1024),
            pids_limit: Some(64),
            log_config: Some(HostConfigLogConfig {
                typ: Some(settings.log.into()),
                config: None,
            }),
            ..HostConfig::default()
        };
        let body = ContainerCreateBody {
            image: Some(image.to_owned()),
            entrypoint: settings.cmd.first().map(|program| vec![program.clone()]),
            cmd: Some(settings.cmd.get(1..).unwrap_or_default().to_vec()),
            env: Some(settings.env),
            user: settings.user,
            working_dir: settings.workdir,
            labels: Some(own),
            healthcheck: Some(HealthConfig {
                test: Some(vec!["NONE".into()]),
                ..HealthConfig::default()
            }),
            host_config: Some(host),
            ..ContainerCreateBody::default()
        };
        let options = CreateContainerOptionsBuilder::new().name(name).build();
        let made = self.docker.create_container(Some(options), body).await;
        made.map(|made| made.id).map_err(|err| words(&err))
    }

    /// Whether a container is in the host's network (`HostConfig.NetworkMode`), be it through another container.
    ///
    /// # Errors
    /// The engine's words, cleaned; or that the containers lead in circles.
    async fn in_host_network(&self, container: &str) -> Result<bool, String> {
        let mut id = container.to_owned();
        for _ in 0..MOST_OWNERS {
            let seen = self.docker.inspect_container(&id, None).await;
            let host = seen.map_err(|err| words(&err))?.host_config;
            let mode = host.and_then(|host| host.network_mode).unwrap_or_default();
            match NetworkMode::from(mode) {
                NetworkMode::Container(lender) => id = lender,
                mode => return Ok(mode.is_host()),
            }
        }
        Err("its network is another container's, and so on without end".into())
    }

    /// Starts a container of the grader's own, waits until it has ended, and reads what it said.
    ///
    /// # Errors
    /// The engine's words, cleaned.
    pub(crate) async fn run_probe(&self, name: &str) -> Result<Ended, String> {
        let start = None::<StartContainerOptions>;
        if let Err(err) = self.docker.start_container(name, start).await {
            // A program that is not in the image ends in a refusal to start.
            let missing = matches!(&err, Error::DockerResponseServerError { message, .. }
                if message.contains("executable file not found") || message.contains("no such file"));
            return if missing {
                Ok(Ended {
                    code: Some(127),
                    out: String::new(),
                })
            } else {
                Err(words(&err))
            };
        }
        let until = WaitContainerOptionsBuilder::new()
            .condition("not-running")
            .build();
        let mut ends = std::pin::pin!(self.docker.wait_container(name, Some(until)));
        let code = match ends.next().await {
            Some(Ok(end)) => Some(end.status_code),
            Some(Err(Error::DockerContainerWaitError { code, .. })) => Some(code),
            Some(Err(err)) => return Err(words(&err)),
            None => None,
        };
        let options = LogsOptionsBuilder::new().stdout(true).build();
        let mut stream = std::pin::pin!(self.docker.logs(name, Some(options)));
        let mut out = Vec::new();
        while let Some(Ok(part)) = stream.next().await {
            let bytes = part.into_bytes();
            let room = MOST_OUTPUT.saturating_sub(out.len());
            out.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
        Ok(Ended {
            code,
            out: String::from_utf8_lossy(&out).into_owned(),
        })
    }

    /// Removes a container that does not run, with the unnamed volumes its image asked for. Never by force: one that was
    /// started meanwhile stays.
    pub(crate) async fn remove_ended(&self, id: &str) {
        let options = RemoveContainerOptionsBuilder::new()
            .force(false)
            .v(true)
            .build();
        let removing = self.docker.remove_container(id, Some(options));
        // What stays is left to the next grading.
        let _ = tokio::time::timeout(Duration::from_secs(10), removing).await;
    }

    /// Removes a container of the grader's own, running or not, with the unnamed volumes its image asked for.
    pub(crate) async fn remove_probe(&self, name: &str) -> Removal {
        let options = RemoveContainerOptionsBuilder::new()
            .force(true)
            .v(true)
            .build();
        let removing = self.docker.remove_container(name, Some(options));
        match tokio::time::timeout(Duration::from_secs(10), removing).await {
            Ok(Ok(())) => Removal::Done,
            Ok(Err(Error::DockerResponseServerError {
                status_code: 404, ..
            })) => Removal::NotThere,
            // The engine is at it already (`AutoRemove`).
            Ok(Err(Error::DockerResponseServerError {
                status_code: 409, ..
            })) => Removal::UnderWay,
            _ => Removal::Failed,
        }
    }
}
