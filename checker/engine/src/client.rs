//! The engine: connecting, and the few calls that the probes need. Nothing here judges, and nothing waits for ever.
//!
//! Only this file and its `engine_*` neighbours know the client library.

use std::path::PathBuf;
use std::time::Duration;

use bollard::Docker;
use bollard::errors::Error;
use bollard::query_parameters::{
    InspectContainerOptions, ListContainersOptionsBuilder, LogsOptionsBuilder, TopOptionsBuilder,
};
use futures_util::StreamExt as _;

use crate::address::{Address, Surroundings, host_of};
use crate::advice::Trouble;
use crate::command::DockerCommand;
use crate::connect;
use crate::error::EngineError;
use crate::model::container;
use crate::model::inspected::{ContainerSummary, Env, Inspected};
use crate::model::process_list;
use crate::model::socket_mounts::BackedVolume;
use crate::trouble::trouble;
use labcheck_core::facts::{self, Image, Network, Process, Seen};
use labcheck_core::redact::known::Secrets;
use labcheck_core::text;

/// The oldest API that is understood (Docker Engine 20.10).
const OLDEST: (usize, usize) = (1, 41);
/// Longest wait for one answer of the engine.
const DEADLINE: Duration = Duration::from_secs(10);
/// Longest wait for the first answer: an engine that hangs is told from one that is busy.
const FIRST: Duration = Duration::from_secs(5);

/// A connected engine.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) docker: Docker,
    /// What it says of itself.
    pub about: facts::Engine,
    /// It is Podman, which speaks Docker's API.
    pub podman: bool,
    /// Where it was found, for a sentence.
    pub at: String,
    /// The host on which its published ports are, when that is not this machine.
    pub host: Option<String>,
    /// Its socket on this machine, where it is asked by one.
    pub socket: Option<PathBuf>,
    /// How Docker's command line is run for it.
    pub cli: DockerCommand,
}

impl Engine {
    /// The engine that Docker's command line would use, whatever its version.
    ///
    /// # Errors
    /// [`EngineError::NoEngine`] with what to do about it on this machine.
    pub async fn find() -> Result<Self, EngineError> {
        Self::open(&Self::address()?).await
    }

    /// Where Docker's command line would look for it.
    ///
    /// # Errors
    /// [`EngineError::NoEngine`] where a context is named that does not exist or has no address.
    pub fn address() -> Result<Address, EngineError> {
        let address = Surroundings::of_process().address();
        address.map_err(|why| EngineError::NoEngine {
            at: "the address that Docker's command line would use".into(),
            help: why.clone(),
            why,
        })
    }

    /// As [`Self::open`], of a version that grading can read.
    ///
    /// # Errors
    /// [`EngineError::NoEngine`], [`EngineError::TooOld`].
    pub async fn connect(address: &Address) -> Result<Self, EngineError> {
        let engine = Self::open(address).await?;
        let number = |part: Option<&str>| part.and_then(|part| part.parse::<usize>().ok());
        let mut parts = engine.about.api.split('.');
        let pair = (
            number(parts.next()).unwrap_or(0),
            number(parts.next()).unwrap_or(0),
        );
        if pair < OLDEST {
            return Err(EngineError::TooOld {
                found: engine.about.api,
                wanted: format!("{}.{}", OLDEST.0, OLDEST.1),
            });
        }
        Ok(engine)
    }

    /// Connects, agrees on an API version and asks the engine who it is.
    ///
    /// # Errors
    /// [`EngineError::NoEngine`].
    pub async fn open(address: &Address) -> Result<Self, EngineError> {
        let found = Self::reach(address).await;
        found.map_err(|(trouble, why)| EngineError::unreached(address, trouble, why))
    }

    /// The same, with what is in the way told apart.
    ///
    /// # Errors
    /// What is in the way, and the client's words.
    pub async fn reach(address: &Address) -> Result<Self, (Trouble, String)> {
        let refused = |err: &Error| {
            let (trouble, why) = trouble(err, address);
            let why = text::cut(&Secrets::default().hide(&text::clean(&why)), 300);
            (trouble, why)
        };
        let docker = connect::open(address).map_err(|err| refused(&err))?;
        let docker = docker.with_timeout(DEADLINE);
        // The engine takes some milliseconds to say who it is, so both questions go out together.
        let both =
            futures_util::future::try_join(docker.clone().negotiate_version(), docker.version());
        let slow = |_| {
            let why = format!("no answer within {} s", FIRST.as_secs());
            (Trouble::Silent, why)
        };
        let both = tokio::time::timeout(FIRST, both).await.map_err(slow)?;
        let (docker, version) = both.map_err(|err| refused(&err))?;
        let said = |text: Option<String>, most: usize| {
            text::cut(&text::clean(&text.unwrap_or_default()), most)
        };
        let about = facts::Engine {
            version: said(version.version, 40),
            api: said(version.api_version, 20),
            platform: format!("{}/{}", said(version.os, 40), said(version.arch, 40)),
        };
        let parts = version.components.unwrap_or_default();
        Ok(Self {
            docker,
            about,
            podman: parts.iter().any(|part| part.name.contains("Podman")),
            at: address.printable(),
            host: host_of(&address.url),
            socket: address.socket(),
            cli: DockerCommand::of(address),
        })
    }

    /// `docker` for this engine, ready for arguments.
    pub fn command(&self) -> tokio::process::Command {
        self.cli.command()
    }

    /// Every container, up or not, in one call.
    pub async fn list(&self) -> Result<Vec<ContainerSummary>, EngineError> {
        let options = ListContainersOptionsBuilder::new().all(true).build();
        let rows = within(
            self.docker.list_containers(Some(options)),
            "listing containers",
        )
        .await?;
        Ok(rows.into_iter().filter_map(container::listed).collect())
    }

    /// One container; `None` when it is gone.
    pub async fn inspect(&self, id: &str) -> Result<Option<Inspected>, EngineError> {
        let call = self
            .docker
            .inspect_container(id, None::<InspectContainerOptions>);
        match within_raw(call, "looking at a container").await? {
            Ok(found) => Ok(Some(container::looked(found))),
            Err(Error::DockerResponseServerError {
                status_code: 404, ..
            }) => Ok(None),
            Err(err) => Err(lost("looking at a container", &err)),
        }
    }

    /// A container's process list; the engine runs `ps` for it, so ids are the engine host's.
    pub async fn top(&self, id: &str) -> Seen<Vec<Process>> {
        let wanted = TopOptionsBuilder::new()
            .ps_args("-eo pid,ppid,euid,args")
            .build();
        let plain = TopOptionsBuilder::new().build();
        // Podman runs no `ps` where it can do without, and then wants plain names of columns.
        let podman = TopOptionsBuilder::new()
            .ps_args("pid,ppid,user,args")
            .build();
        let mut why = String::new();
        let until = tokio::time::Instant::now() + DEADLINE;
        let late = || Seen::Unseen("the engine did not list its processes within 10 s".into());
        for options in [wanted, plain, podman] {
            let call = self.docker.top_processes(id, Some(options));
            match tokio::time::timeout_at(until, call).await {
                Ok(Ok(found)) => {
                    return Seen::Seen(process_list::rows(
                        &found.titles.unwrap_or_default(),
                        &found.processes.unwrap_or_default(),
                    ));
                }
                Ok(Err(Error::RequestTimeoutError)) | Err(_) => return late(),
                Ok(Err(err)) if why.is_empty() => why = words(&err),
                Ok(Err(_)) => {}
            }
        }
        Seen::Unseen(format!("the engine could not list its processes: {why}"))
    }

    /// The last lines of a container's log.
    pub async fn last_log(&self, id: &str, lines: usize) -> Vec<String> {
        self.log(id, lines, None).await
    }

    /// As [`Self::last_log`], but only lines since a second after 1970 of the engine's clock.
    pub async fn log(&self, id: &str, lines: usize, since: Option<u64>) -> Vec<String> {
        let since = since.and_then(|second| i32::try_from(second).ok());
        let options = LogsOptionsBuilder::new()
            .stdout(true)
            .stderr(true)
            .tail(&lines.to_string())
            .since(since.unwrap_or(0))
            .build();
        let mut stream = std::pin::pin!(self.docker.logs(id, Some(options)));
        let mut bytes = Vec::new();
        let read = async {
            while let Some(Ok(part)) = stream.next().await {
                let part = part.into_bytes();
                bytes.extend_from_slice(&part[..part.len().min(64 * 1024)]);
                if bytes.len() > 256 * 1024 {
                    break;
                }
            }
        };
        // A log that cannot be read costs a line of evidence, nothing else.
        let _ = tokio::time::timeout(DEADLINE, read).await;
        let whole = String::from_utf8_lossy(&bytes);
        let all: Vec<String> = whole.lines().map(str::to_owned).collect();
        all[all.len().saturating_sub(lines)..].to_vec()
    }

    /// An image and its raw environment; `None` when it is gone (removed by force, or replaced).
    pub async fn image(&self, id: &str) -> Result<Option<(Image, Env)>, EngineError> {
        match within_raw(self.docker.inspect_image(id), "looking at an image").await? {
            Ok(found) => Ok(Some(container::image(found))),
            Err(Error::DockerResponseServerError {
                status_code: 404, ..
            }) => Ok(None),
            Err(err) => Err(lost("looking at an image", &err)),
        }
    }

    /// The commands an image was built with, as its history keeps them: raw, to be searched and never shown.
    pub async fn history(&self, image: &str) -> Result<Vec<String>, EngineError> {
        let rows = within(
            self.docker.image_history(image),
            "reading an image's history",
        )
        .await?;
        Ok(rows.into_iter().map(|row| row.created_by).collect())
    }

    /// Every network, with its gateways.
    pub async fn networks(&self) -> Result<Vec<(Network, Vec<String>)>, EngineError> {
        let rows = within(self.docker.list_networks(None), "listing networks").await?;
        Ok(rows.into_iter().map(container::network).collect())
    }

    /// Every volume, with the folder of the host that it shows.
    pub async fn volumes(&self) -> Result<Vec<BackedVolume>, EngineError> {
        let options = None::<bollard::query_parameters::ListVolumesOptions>;
        let rows = within(self.docker.list_volumes(options), "listing volumes").await?;
        Ok(rows
            .volumes
            .unwrap_or_default()
            .iter()
            .map(container::volume)
            .collect())
    }

    /// Restarts a container as `docker restart` does.
    pub async fn restart(&self, id: &str) -> Result<(), String> {
        let options = bollard::query_parameters::RestartContainerOptionsBuilder::new()
            .t(10)
            .build();
        // The engine answers when it is done, which the deadline of other calls is too short for.
        let limit = Duration::from_secs(30);
        let patient = self.docker.clone().with_timeout(limit);
        match tokio::time::timeout(limit, patient.restart_container(id, Some(options))).await {
            Ok(done) => done.map_err(|err| words(&err)),
            Err(_) => Err("the restart took longer than 30 s".into()),
        }
    }
}

/// An answer, or [`EngineError::Lost`] when it fails or does not come.
async fn within<T>(
    call: impl Future<Output = Result<T, Error>>,
    doing: &'static str,
) -> Result<T, EngineError> {
    within_raw(call, doing)
        .await?
        .map_err(|err| lost(doing, &err))
}

async fn within_raw<T>(
    call: impl Future<Output = Result<T, Error>>,
    doing: &'static str,
) -> Result<Result<T, Error>, EngineError> {
    let late = |_| EngineError::Lost {
        doing: doing.into(),
        why: format!("no answer within {} s", DEADLINE.as_secs()),
    };
    tokio::time::timeout(DEADLINE, call).await.map_err(late)
}

fn lost(doing: &str, err: &Error) -> EngineError {
    EngineError::Lost {
        doing: doing.into(),
        why: words(err),
    }
}

/// The client's words, cleaned and cut: those of the innermost cause, which is nearest to what happened.
pub(crate) fn words(err: &Error) -> String {
    let all = crate::trouble::words(err);
    text::cut(&Secrets::default().hide(&text::clean(&all)), 300)
}
