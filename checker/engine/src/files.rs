//! A container's files, without a shell: whether one is there, what a folder holds, whether a file holds a word, what
//! the container's own layer changed. And an image's times.

use std::time::Duration;

use bollard::errors::Error;
use bollard::models::{ChangeType, ImageInspect};
use bollard::query_parameters::{
    ContainerArchiveInfoOptionsBuilder, DownloadFromContainerOptionsBuilder,
};
use futures_util::{StreamExt as _, join};

use crate::client::{Engine, words};
use crate::model::time;

/// Longest wait for one answer about a file.
const DEADLINE: Duration = Duration::from_secs(5);
const LATE: &str = "the engine did not answer within 5 s";

/// How much of an archive is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Bytes; the archive's own heads count.
    pub bytes: usize,
    /// How long reading may take in all.
    pub time: Duration,
}

/// What the engine says of a path (`HEAD /containers/{id}/archive`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// A plain file: no folder, link, socket or device.
    pub file: bool,
    /// Bytes.
    pub size: u64,
    /// When it was last written, in milliseconds since 1970.
    pub changed: Option<u64>,
}

/// `os.ModeType` of Go: every bit that makes something else of a file.
const MODE_TYPE: u32 = 0x8f28_0000;

/// A row of the history, as the engine has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryRow {
    /// `CreatedBy`: the instruction.
    pub created_by: String,
    /// `Comment`: the builder's own words.
    pub comment: String,
}

/// What else the engine says of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// `Config.Cmd`.
    pub cmd: Vec<String>,
    /// It has a label that Compose gives to containers alone.
    pub labelled_as_container: bool,
    /// `Config.Hostname`.
    pub hostname: Option<String>,
}

impl Engine {
    /// What lies at a path of a container, running or not; `None` when nothing does. Links are not followed at the end.
    ///
    /// # Errors
    /// The engine's words, cleaned.
    pub async fn stat(&self, container: &str, path: &str) -> Result<Option<Stat>, String> {
        let options = ContainerArchiveInfoOptionsBuilder::new().path(path).build();
        let call = self
            .docker
            .get_container_archive_info(container, Some(options));
        match tokio::time::timeout(DEADLINE, call).await {
            Ok(Ok(found)) => Ok(Some(Stat {
                file: found.file_mode & MODE_TYPE == 0,
                size: u64::try_from(found.size).unwrap_or(0),
                changed: found.modification_time.as_deref().and_then(time::millis),
            })),
            Ok(Err(Error::DockerResponseServerError {
                status_code: 404, ..
            })) => Ok(None),
            Ok(Err(err)) => Err(words(&err)),
            Err(_) => Err(LATE.into()),
        }
    }

    /// Reads the archive of a path piece by piece (`GET /containers/{id}/archive`), until `each` has enough or the
    /// limit is reached. Whether it was read to its end or `each` had enough.
    ///
    /// # Errors
    /// The engine's words, cleaned.
    pub async fn archive(
        &self,
        container: &str,
        path: &str,
        limit: Limit,
        mut each: impl FnMut(&[u8]) -> bool,
    ) -> Result<bool, String> {
        let options = DownloadFromContainerOptionsBuilder::new()
            .path(path)
            .build();
        let mut stream = std::pin::pin!(
            self.docker
                .download_from_container(container, Some(options))
        );
        let read = async {
            let mut bytes = 0;
            while let Some(part) = stream.next().await {
                let part = part.map_err(|err| words(&err))?;
                bytes += part.len();
                if !each(&part) {
                    return Ok(true);
                }
                if bytes > limit.bytes {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        tokio::time::timeout(limit.time, read)
            .await
            .unwrap_or(Ok(false))
    }

    /// What the container's own layer added or changed (`GET /containers/{id}/changes`): files and folders.
    ///
    /// # Errors
    /// The engine's words, cleaned.
    pub async fn changes(&self, container: &str) -> Result<Vec<String>, String> {
        let call = self.docker.container_changes(container);
        let found = tokio::time::timeout(DEADLINE, call)
            .await
            .map_err(|_| "the engine did not list the container's changes within 5 s".to_owned())?
            .map_err(|err| words(&err))?;
        let kept = found
            .into_iter()
            .flatten()
            .filter(|change| !matches!(change.kind, ChangeType::_2));
        Ok(kept.map(|change| change.path).collect())
    }

    /// The id of the image that a name stands for now; `None` when there is none of that name.
    ///
    /// # Errors
    /// The engine's words, cleaned.
    pub async fn image_named(&self, name: &str) -> Result<Option<String>, String> {
        let found = self.image(name).await.map_err(|err| err.to_string())?;
        Ok(found.map(|(image, _)| image.id))
    }

    /// When an image was built, and when it was last given a name (`Metadata.LastTagTime`), in milliseconds since 1970.
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn image_times(&self, id: &str) -> Result<Times, String> {
        let found = self.inspect_image(id).await?;
        let millis = |date: Option<String>| date.as_deref().and_then(time::millis);
        Ok(Times {
            created: millis(found.created).unwrap_or(0),
            named: found
                .metadata
                .and_then(|metadata| millis(metadata.last_tag_time)),
        })
    }

    /// The last row of an image's history, and what else tells how it came about; `None` where there is no history.
    ///
    /// # Errors
    /// The engine's words, cleaned.
    pub async fn last_layer(&self, id: &str) -> Result<Option<(HistoryRow, ImageConfig)>, String> {
        let history = async {
            let call = tokio::time::timeout(DEADLINE, self.docker.image_history(id));
            let rows = call.await.map_err(|_| LATE.to_owned())?;
            rows.map_err(|err| words(&err))
        };
        let (rows, found, hostname) =
            join!(history, self.inspect_image(id), self.image_hostname(id));
        let config = found?.config.unwrap_or_default();
        let labels = config.labels.unwrap_or_default();
        let row = rows?.into_iter().next().map(|row| HistoryRow {
            created_by: row.created_by,
            comment: row.comment,
        });
        let config = ImageConfig {
            cmd: config.cmd.unwrap_or_default(),
            labelled_as_container: labels.contains_key(labcheck_core::facts::labels::NUMBER),
            hostname,
        };
        Ok(row.map(|row| (row, config)))
    }

    async fn inspect_image(&self, id: &str) -> Result<ImageInspect, String> {
        let call = tokio::time::timeout(DEADLINE, self.docker.inspect_image(id));
        let found = call.await.map_err(|_| LATE.to_owned())?;
        found.map_err(|err| words(&err))
    }
}

/// Times of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When it was built, in milliseconds since 1970.
    pub created: u64,
    /// When it was last given a name, in milliseconds since 1970; `None` where the engine does not say.
    pub named: Option<u64>,
}
