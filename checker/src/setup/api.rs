//! What set-up asks of the engine's API: the one file of this folder that knows the client crate.
//!
//! Requests are named after the engine's own (`GET /images/{name}/json` and so on, Docker Engine API reference).

use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;
use std::time::Duration;

use bollard::Docker;
use bollard::errors::Error as Failure;
use bollard::models::{ContainerSummary, ContainerSummaryStateEnum};
use bollard::query_parameters::{
    CreateImageOptionsBuilder, ImportImageOptionsBuilder, ListContainersOptionsBuilder,
    ListVolumesOptions,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};

use super::error::{SetupError, means_disk_full, words};
use crate::engine::advice::Trouble;
use crate::engine::{connect, trouble};
use crate::probe::Address;

/// Long enough for a classroom's set from a slow stick: the engine answers only when it has read everything.
const CARRY: u64 = 6 * 60 * 60;

/// A connection to an engine.
#[derive(Debug, Clone)]
pub(super) struct Api(Docker);

/// Why an engine could not be reached.
#[derive(Debug)]
pub(super) struct Failed(Failure);

impl Failed {
    /// What is in the way at an address, and the innermost cause's words.
    pub(super) fn trouble(&self, address: &Address) -> (Trouble, String) {
        trouble::trouble(&self.0, address)
    }
}

/// What the engine says of itself (`GET /version`).
#[derive(Debug, Clone)]
pub(super) struct Version {
    /// Such as `26.1.5`.
    pub(super) engine: String,
    /// `ApiVersion`, such as `1.45`.
    pub(super) api: String,
    /// It is Podman, which speaks Docker's API.
    pub(super) podman: bool,
}

/// What the engine says of the machine it runs on (`GET /info`).
#[derive(Debug, Clone, Default)]
pub(crate) struct Machine {
    /// `DockerRootDir`: the folder that holds its images.
    pub(crate) root: Option<String>,
    /// `MemTotal`, in bytes.
    pub(crate) memory: Option<u64>,
    /// `SystemTime`, RFC 3339.
    pub(crate) time: Option<String>,
    /// `OperatingSystem`.
    pub(crate) system: String,
    /// `SecurityOptions` name rootless.
    pub(crate) rootless: bool,
}

/// A container of the engine's list (`GET /containers/json`), as far as starting another stack has to know it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// Its name.
    pub(crate) name: String,
    /// Its compose project, if any.
    pub(crate) project: Option<String>,
    /// The folder that project was started from.
    pub(crate) folder: Option<String>,
    /// Its lab, by the label `labcheck.lab`.
    pub(crate) lab: Option<String>,
    /// The test that started it, by the label `labcheck.test`.
    pub(crate) test: Option<String>,
    /// Whether it is up.
    pub(crate) running: bool,
    /// The ports of this machine that it holds.
    pub(crate) ports: Vec<u16>,
}

/// A network or a volume (`GET /networks`, `GET /volumes`).
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// Which of the two.
    pub(crate) kind: KeptKind,
    /// Its name.
    pub(crate) name: String,
    /// The compose project that made it, if one did.
    pub(crate) project: Option<String>,
    /// Its lab, by the label `labcheck.lab`.
    pub(crate) lab: Option<String>,
}

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptKind {
    /// A network.
    Network,
    /// A volume.
    Volume,
}

/// What is known of an image (`GET /images/{name}/json`).
#[derive(Debug, Clone, Default)]
pub(super) struct Image {
    /// `sha256:…`.
    pub(super) id: String,
    /// Bytes on this engine's disk, shared layers counted.
    pub(super) size: u64,
    /// `Config.Labels`.
    pub(super) labels: BTreeMap<String, String>,
    /// `RepoDigests`: where the image was pulled from or pushed to.
    pub(super) digests: Vec<String>,
    /// Repositories named by `Identity.Pull`, which engines from API 1.53 on tell; `None` from older ones.
    pub(super) pulled_from: Option<Vec<String>>,
}

/// What an engine says while it works: lines, or why it ended.
pub(super) type Words = Pin<Box<dyn Stream<Item = Result<String, String>> + Send>>;

/// A stream of an archive's bytes.
pub(super) type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, SetupError>> + Send>>;

impl Api {
    /// A client; nothing is sent yet.
    pub(super) fn at(address: &Address) -> Result<Self, Failed> {
        connect::open(address).map(Self).map_err(Failed)
    }

    /// Whether the engine answers, and which it is.
    pub(super) async fn version(&self) -> Result<Version, Failed> {
        let version = self.0.version().await.map_err(Failed)?;
        let parts = version.components.unwrap_or_default();
        Ok(Version {
            engine: words(&version.version.unwrap_or_default()),
            api: words(&version.api_version.unwrap_or_default()),
            podman: parts.iter().any(|part| part.name.contains("Podman")),
        })
    }

    /// The machine that the engine runs on; `None` when it does not say.
    pub(super) async fn machine(&self) -> Option<Machine> {
        let info = self.0.info().await.ok()?;
        let options = info.security_options.unwrap_or_default();
        Some(Machine {
            root: info.docker_root_dir,
            memory: info.mem_total.and_then(|bytes| u64::try_from(bytes).ok()),
            time: info.system_time,
            system: words(&info.operating_system.unwrap_or_default()),
            rootless: options.iter().any(|option| option.contains("rootless")),
        })
    }

    /// The folder that holds the engine's images (`GET /info`, `DockerRootDir`).
    pub(super) async fn root(&self) -> String {
        let info = self.0.info().await.ok();
        info.and_then(|info| info.docker_root_dir)
            .map_or_else(|| "the engine's images".to_owned(), |dir| words(&dir))
    }

    /// Every container, up or not.
    pub(super) async fn containers(&self) -> Result<Vec<Row>, SetupError> {
        let options = ListContainersOptionsBuilder::new().all(true).build();
        let rows = self.0.list_containers(Some(options)).await;
        let rows = rows.map_err(|err| said("listing containers", &err))?;
        Ok(rows.into_iter().map(row).collect())
    }

    /// Every network and volume.
    pub(super) async fn kept(&self) -> Result<Vec<Kept>, SetupError> {
        let doing = "listing networks and volumes";
        let networks = self.0.list_networks(None).await;
        let volumes = self.0.list_volumes(None::<ListVolumesOptions>).await;
        let networks = networks.map_err(|err| said(doing, &err))?;
        let volumes = volumes.map_err(|err| said(doing, &err))?.volumes;
        let kept = |kind, name: &str, labels: &HashMap<String, String>| Kept {
            kind,
            name: words(name),
            project: labels
                .get("com.docker.compose.project")
                .map(|value| words(value)),
            lab: labels.get("labcheck.lab").map(|value| words(value)),
        };
        let mut all = Vec::new();
        for network in networks {
            let labels = network.labels.unwrap_or_default();
            all.push(kept(
                KeptKind::Network,
                &network.name.unwrap_or_default(),
                &labels,
            ));
        }
        for volume in volumes.unwrap_or_default() {
            all.push(kept(KeptKind::Volume, &volume.name, &volume.labels));
        }
        Ok(all)
    }

    /// An image by name; `None` when the engine has none of that name.
    pub(super) async fn image(&self, name: &str) -> Result<Option<Image>, SetupError> {
        match self.0.inspect_image(name).await {
            Ok(image) => Ok(Some(Image {
                id: image.id.unwrap_or_default(),
                size: image
                    .size
                    .and_then(|size| u64::try_from(size).ok())
                    .unwrap_or_default(),
                labels: image
                    .config
                    .and_then(|config| config.labels)
                    .unwrap_or_default()
                    .into_iter()
                    .collect(),
                digests: image.repo_digests.unwrap_or_default(),
                pulled_from: image.identity.map(|identity| {
                    let pulls = identity.pull.unwrap_or_default();
                    pulls
                        .into_iter()
                        .filter_map(|pull| pull.repository)
                        .collect()
                }),
            })),
            Err(Failure::DockerResponseServerError {
                status_code: 404, ..
            }) => Ok(None),
            Err(err) => Err(said(&format!("looking at {name}"), &err)),
        }
    }

    /// Pulls an image; every item is a line of progress, or why it ended.
    pub(super) fn pull(&self, name: &str) -> Words {
        let (repository, tag) = name.split_once(':').unwrap_or((name, "latest"));
        let options = CreateImageOptionsBuilder::new()
            .from_image(repository)
            .tag(tag)
            .build();
        let stream = self.0.create_image(Some(options), None, None);
        Box::pin(stream.map(|item| match item {
            Ok(info) => Ok(info.status.unwrap_or_default()),
            Err(err) => Err(why(&err)),
        }))
    }

    /// Images as one archive (`GET /images/get`).
    pub(super) fn export(&self, names: &[&str]) -> Chunks {
        let patient = self.0.clone().with_timeout(Duration::from_secs(CARRY));
        let stream = patient.export_images(names);
        Box::pin(stream.map(|item| item.map_err(|err| said("reading the images", &err))))
    }

    /// Loads an archive (`POST /images/load`); every item is a line of what the engine says, or why it ended.
    pub(super) fn load(
        &self,
        chunks: impl Stream<Item = std::io::Result<Bytes>> + Send + 'static,
    ) -> Words {
        let patient = self.0.clone().with_timeout(Duration::from_secs(CARRY));
        let options = ImportImageOptionsBuilder::new().build();
        let stream = patient.import_image_stream(options, chunks, None);
        Box::pin(stream.map(|item| match item {
            Ok(info) => Ok(info.stream.or(info.status).unwrap_or_default()),
            Err(err) => Err(why(&err)),
        }))
    }
}

fn row(found: ContainerSummary) -> Row {
    let labels = found.labels.unwrap_or_default();
    let label = |name: &str| labels.get(name).map(|value| words(value));
    let names = found.names.unwrap_or_default();
    let ports = found.ports.unwrap_or_default();
    let mut ports: Vec<u16> = ports.iter().filter_map(|port| port.public_port).collect();
    ports.sort_unstable();
    ports.dedup();
    Row {
        name: words(
            names
                .first()
                .map_or("", |name| name.trim_start_matches('/')),
        ),
        project: label("com.docker.compose.project"),
        folder: labels
            .get("com.docker.compose.project.working_dir")
            .cloned(),
        lab: label("labcheck.lab"),
        test: label("labcheck.test"),
        running: found.state == Some(ContainerSummaryStateEnum::RUNNING),
        ports,
    }
}

/// What only tests need: making and removing a tiny image.
#[cfg(test)]
impl Api {
    /// An image with this root file system (a tar archive), as `docker import` makes one.
    pub(super) async fn make(&self, name: &str, root: Vec<u8>, changes: &str) {
        let options = CreateImageOptionsBuilder::new()
            .from_src("-")
            .repo(name)
            .changes(vec![changes.into()])
            .build();
        let mut words =
            self.0
                .create_image(Some(options), Some(bollard::body_full(root.into())), None);
        while let Some(word) = words.next().await {
            word.expect("the engine takes the image");
        }
    }

    pub(super) async fn remove(&self, name: &str) {
        let options = bollard::query_parameters::RemoveImageOptionsBuilder::new()
            .force(true)
            .build();
        self.0
            .remove_image(name, Some(options), None)
            .await
            .expect("the image is removed");
    }
}

/// The engine's words on a failed request.
fn said(doing: &str, err: &Failure) -> SetupError {
    let why = why(err);
    if means_disk_full(&why) {
        return SetupError::DiskFull {
            doing: doing.to_owned(),
            place: "the engine's images".into(),
            help: "make room there (`docker system df` shows what uses it), then run the command again".into(),
        };
    }
    SetupError::Engine {
        doing: doing.to_owned(),
        why,
    }
}

/// The words of an error: those of the innermost cause, which is nearest to what happened.
fn why(err: &Failure) -> String {
    words(&trouble::words(err))
}
