//! Volumes of a project: those that its compose file uses no more, and deleting them.

use serde_json::{Map, Value};

use super::project::Project;
use crate::setup::{self, Say};
use labcheck_core::error::Error;
use labcheck_core::text::{quoted, say, ticked};
use labcheck_engine::images::{Kept, KeptKind};

impl Project {
    /// Volumes of this project that its compose file uses no more; all there are after they were deleted with the rest.
    ///
    /// # Errors
    /// What the engine says.
    pub(crate) async fn volumes_left(&self) -> Result<Vec<String>, Error> {
        Ok(left(
            &self.config,
            &self.engine().kept().await?,
            self.name(),
        ))
    }

    /// Deletes volumes, for good.
    ///
    /// # Errors
    /// What Docker says.
    pub(crate) async fn delete(&self, volumes: &[String], say: Say) -> Result<(), Error> {
        let doing = say!("deleting {}", ticked(volumes));
        let mut command = self.engine().command();
        command.args(["volume", "rm"]).args(volumes);
        let help = say!(
            "see `docker ps --all --filter volume={}`",
            quoted(&volumes[0])
        );
        setup::tool(&mut command, &doing, &help, say)
            .await
            .map_err(Error::from)
    }
}

/// Volumes of a project that its configuration uses no more.
fn left(config: &Value, kept: &[Kept], project: &str) -> Vec<String> {
    let volumes = config.get("volumes").and_then(Value::as_object);
    let named = volumes.into_iter().flat_map(Map::values);
    let used: Vec<&str> = named
        .filter_map(|volume| volume.get("name")?.as_str())
        .collect();
    let own = kept.iter().filter(|one| {
        one.kind == KeptKind::Volume
            && one.project.as_deref() == Some(project)
            && !used.contains(&one.name.as_str())
    });
    own.map(|one| one.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn volumes_that_the_file_names_no_more_are_left() {
        let kept = |kind, name: &str, project: &str| Kept {
            kind,
            name: name.into(),
            project: Some(project.into()),
            lab: None,
        };
        let all = [
            kept(KeptKind::Volume, "v5_data", "v5"),
            kept(KeptKind::Volume, "v5_target", "v5"),
            kept(KeptKind::Network, "v5_default", "v5"),
            kept(KeptKind::Volume, "v4_target", "v4"),
        ];
        let config = json!({ "volumes": { "data": { "name": "v5_data" } } });
        assert_eq!(left(&config, &all, "v5"), ["v5_target"]);
        assert_eq!(left(&json!({}), &all, "v5"), ["v5_data", "v5_target"]);
    }
}
