//! Images, and what else set-up and starting ask of the engine: pulling, exporting, loading, networks, volumes, the machine.
//!
//! Requests are named after the engine's own (`GET /images/{name}/json` and so on, Docker Engine API reference).

use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;
use std::time::Duration;

use bollard::errors::Error as Failure;
use bollard::query_parameters::{
    CreateImageOptionsBuilder, ImportImageOptionsBuilder, ListVolumesOptions,
    RemoveImageOptionsBuilder,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};

use crate::client::Engine;
use crate::error::{EngineError, means_disk_full};
use crate::trouble;
use labcheck_core::facts::labels as compose;
use labcheck_core::text::{clean, cut};

/// Long enough for a classroom's set from a slow stick: the engine answers only when it has read everything.
const CARRY: u64 = 6 * 60 * 60;
/// Longest wait for what the engine says of its machine; one that takes this long hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the engine says of the machine it runs on (`GET /info`).
#[derive(Debug, Clone, Default)]
pub struct Machine {
    /// `DockerRootDir`: the folder that holds its images.
    pub root: Option<String>,
    /// `MemTotal`, in bytes.
    pub memory: Option<u64>,
    /// `SystemTime`, RFC 3339.
    pub time: Option<String>,
    /// `OperatingSystem`.
    pub system: String,
    /// `SecurityOptions` name rootless.
    pub rootless: bool,
}

/// A network or a volume (`GET /networks`, `GET /volumes`).
#[derive(Debug, Clone)]
pub struct Kept {
    /// Which of the two.
    pub kind: KeptKind,
    /// Its name.
    pub name: String,
    /// The compose project that made it, if one did.
    pub project: Option<String>,
    /// Its lab, by the label `labcheck.lab`.
    pub lab: Option<String>,
}

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptKind {
    /// A network.
    Network,
    /// A volume.
    Volume,
}

/// What is known of an image (`GET /images/{name}/json`).
#[derive(Debug, Clone, Default)]
pub struct NamedImage {
    /// `sha256:…`.
    pub id: String,
    /// Bytes on this engine's disk, shared layers counted.
    pub size: u64,
    /// `Config.Labels`.
    pub labels: BTreeMap<String, String>,
    /// `RepoDigests`: where the image was pulled from or pushed to.
    pub digests: Vec<String>,
    /// Repositories named by `Identity.Pull`, which engines from API 1.53 on tell; `None` from older ones.
    pub pulled_from: Option<Vec<String>>,
}

/// What an engine says while it works: lines, or why it ended.
pub type Words = Pin<Box<dyn Stream<Item = Result<String, String>> + Send>>;

/// A stream of an archive's bytes.
pub(crate) type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, EngineError>> + Send>>;

impl Engine {
    /// The machine that the engine runs on; `None` when it does not say.
    pub async fn machine(&self) -> Option<Machine> {
        let asked = tokio::time::timeout(PATIENCE, self.docker.info()).await;
        let info = asked.ok()?.ok()?;
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
    pub async fn root_folder(&self) -> String {
        let info = self.docker.info().await.ok();
        info.and_then(|info| info.docker_root_dir)
            .map_or_else(|| "the engine's images".to_owned(), |dir| words(&dir))
    }

    /// Every network and volume.
    pub async fn kept(&self) -> Result<Vec<Kept>, EngineError> {
        let doing = "listing networks and volumes";
        let networks = self.docker.list_networks(None).await;
        let volumes = self.docker.list_volumes(None::<ListVolumesOptions>).await;
        let networks = networks.map_err(|err| said(doing, &err))?;
        let volumes = volumes.map_err(|err| said(doing, &err))?.volumes;
        let kept = |kind, name: &str, labels: &HashMap<String, String>| Kept {
            kind,
            name: words(name),
            project: labels.get(compose::PROJECT).map(|value| words(value)),
            lab: labels.get(compose::LAB).map(|value| words(value)),
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
    pub async fn find_image(&self, name: &str) -> Result<Option<NamedImage>, EngineError> {
        match self.docker.inspect_image(name).await {
            Ok(image) => Ok(Some(NamedImage {
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
    pub fn pull_image(&self, name: &str) -> Words {
        let (repository, tag) = name.split_once(':').unwrap_or((name, "latest"));
        let options = CreateImageOptionsBuilder::new()
            .from_image(repository)
            .tag(tag)
            .build();
        let stream = self.docker.create_image(Some(options), None, None);
        Box::pin(stream.map(|item| match item {
            Ok(info) => Ok(info.status.unwrap_or_default()),
            Err(err) => Err(why(&err)),
        }))
    }

    /// Images as one archive (`GET /images/get`).
    pub fn export_images(&self, names: &[&str]) -> Chunks {
        let patient = self.docker.clone().with_timeout(Duration::from_secs(CARRY));
        let stream = patient.export_images(names);
        Box::pin(stream.map(|item| item.map_err(|err| said("reading the images", &err))))
    }

    /// Loads an archive (`POST /images/load`); every item is a line of what the engine says, or why it ended.
    pub fn load_images(
        &self,
        chunks: impl Stream<Item = std::io::Result<Bytes>> + Send + 'static,
    ) -> Words {
        let patient = self.docker.clone().with_timeout(Duration::from_secs(CARRY));
        let options = ImportImageOptionsBuilder::new().build();
        let stream = patient.import_image_stream(options, chunks, None);
        Box::pin(stream.map(|item| match item {
            Ok(info) => Ok(info.stream.or(info.status).unwrap_or_default()),
            Err(err) => Err(why(&err)),
        }))
    }
}

impl Engine {
    /// Makes an image of a root file system, a tar archive (`POST /images/create?fromSrc=-`), with an instruction of a
    /// Dockerfile such as `LABEL a=b`.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn import_image(
        &self,
        name: &str,
        root: Vec<u8>,
        change: &str,
    ) -> Result<(), EngineError> {
        let options = CreateImageOptionsBuilder::new()
            .from_src("-")
            .repo(name)
            .changes(vec![change.into()])
            .build();
        let body = bollard::body_full(root.into());
        let mut answers = self.docker.create_image(Some(options), Some(body), None);
        while let Some(answer) = answers.next().await {
            answer.map_err(|err| said("importing an image", &err))?;
        }
        Ok(())
    }

    /// Removes an image by force (`DELETE /images/{name}`).
    ///
    /// # Errors
    /// What the engine says.
    pub async fn remove_image(&self, name: &str) -> Result<(), EngineError> {
        let options = RemoveImageOptionsBuilder::new().force(true).build();
        let gone = self.docker.remove_image(name, Some(options), None).await;
        gone.map(drop)
            .map_err(|err| said(&format!("removing {name}"), &err))
    }
}

/// The engine's words on a failed request.
fn said(doing: &str, err: &Failure) -> EngineError {
    let (doing, why) = (doing.to_owned(), why(err));
    if means_disk_full(&why) {
        EngineError::DiskFull { doing }
    } else {
        EngineError::Refused { doing, why }
    }
}

/// The words of an error: those of the innermost cause, which is nearest to what happened.
fn why(err: &Failure) -> String {
    words(&trouble::words(err))
}

/// The engine's words, safe to show and short.
fn words(text: &str) -> String {
    cut(&clean(text), 300)
}
