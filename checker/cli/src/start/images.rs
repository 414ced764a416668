//! Images of a project's services: built before the start, built inside the container, or pulled, and which are not there yet.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::corporate_ca;
use super::output::said;
use super::project::Project;
use labcheck_core::error::Error;
use labcheck_engine::images::{Kept, KeptKind};

impl Project {
    /// Services that are built inside their container, from source that is mounted: they are up long before they answer.
    pub(crate) fn builds_inside(&self) -> Vec<String> {
        let services = self.config.get("services").and_then(Value::as_object);
        let all = services.into_iter().flatten();
        all.filter(|(_, service)| corporate_ca::runs_cargo(service))
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Services whose first build is ahead: their image is not there, or none of the volumes that keep what was built in
    /// the container.
    ///
    /// # Errors
    /// What the engine says.
    pub(crate) async fn first_builds(&self) -> Result<Vec<String>, Error> {
        let kept = self.engine().kept().await?;
        let own = |volume: &&Kept| volume.project.as_deref() == Some(self.name());
        let any = kept
            .iter()
            .filter(own)
            .any(|one| one.kind == KeptKind::Volume);
        let mut first = if any {
            Vec::new()
        } else {
            self.builds_inside()
        };
        let services = self.config.get("services").and_then(Value::as_object);
        for (name, service) in services.into_iter().flatten() {
            if service.get("build").is_none() {
                continue;
            }
            let image = service.get("image").and_then(Value::as_str);
            let own = format!("{}-{name}", self.name());
            if self.lacks(image.unwrap_or(&own)).await {
                first.push(name.clone());
            }
        }
        Ok(first)
    }

    /// Images that are only pulled and are not on this machine.
    pub(super) async fn absent(&self) -> Vec<String> {
        let services = self.config.get("services").and_then(Value::as_object);
        let each = services.into_iter().flat_map(Map::values);
        let pulled = each.filter(|service| service.get("build").is_none());
        let images: BTreeSet<&str> = pulled
            .filter_map(|service| service.get("image")?.as_str())
            .collect();
        let mut absent = Vec::new();
        for image in images {
            if self.lacks(image).await {
                absent.push(image.to_owned());
            }
        }
        absent
    }

    /// Whether the engine says that it has no such image.
    async fn lacks(&self, image: &str) -> bool {
        let mut ask = self.engine().command();
        ask.args(["image", "ls", "--quiet", image]);
        said(&mut ask).await.is_ok_and(|ids| ids.trim().is_empty())
    }
}
