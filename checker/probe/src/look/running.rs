//! The compose projects that there are, from the engine's list alone.

use std::collections::{BTreeMap, BTreeSet};

use super::live::Live;
use super::own;
use crate::ProbeError;
use labcheck_core::facts::{Container, Status};

/// A compose project that is there, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Its name.
    pub project: String,
    /// The course's lab it belongs to, by label (`labcheck.lab`), if any.
    pub lab: Option<String>,
    /// Containers that run.
    pub up: u64,
    /// All its containers.
    pub of: u64,
    /// The folders that its containers were started from, as far as they say it.
    pub folders: BTreeSet<String>,
    /// Those that run, with as much as the engine's list tells: name, service, image and ports.
    pub containers: Vec<Container>,
}

impl Live {
    /// The compose projects there are, up or not, by one question to the engine.
    ///
    /// # Errors
    /// [`EngineError::Lost`].
    pub async fn running(&self) -> Result<Vec<Running>, ProbeError> {
        let rows = own::others(&self.engine, None, self.engine.list().await?);
        let mut projects: BTreeMap<String, Running> = BTreeMap::new();
        for row in rows.iter().filter(|row| !row.oneoff) {
            let Some(project) = &row.project else {
                continue;
            };
            let of = projects.entry(project.clone()).or_insert_with(|| Running {
                project: project.clone(),
                lab: None,
                up: 0,
                of: 0,
                folders: BTreeSet::new(),
                containers: Vec::new(),
            });
            of.lab = of.lab.take().or_else(|| row.lab.clone());
            of.folders.extend(row.folder.clone());
            of.up += u64::from(row.status == Status::Running);
            of.of += 1;
            if row.status == Status::Running {
                of.containers.push(Container {
                    name: row.name.clone(),
                    project: row.project.clone(),
                    service: row.service.clone(),
                    image: row.image.clone(),
                    ports: row.ports.clone(),
                    ..Container::default()
                });
            }
        }
        Ok(projects.into_values().collect())
    }
}
