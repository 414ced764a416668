//! What became of a lab's containers once they were started: what runs from source that was changed since, and what ended
//! again at once.

use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Map, Value};

use super::project::Project;
use crate::setup::{self, Say};
use labcheck_core::check::how;
use labcheck_core::error::Error;
use labcheck_core::facts::{Network, Status};
use labcheck_core::text::{clean, quoted, say};
use labcheck_engine::model::inspected::ContainerSummary;
use labcheck_probe::{Drift, changed_mounts};

/// How long a program is given to end by a mistake in its settings or its image.
const MOMENT: Duration = Duration::from_secs(1);
/// Lines of a log that are read for the one that tells most.
const LINES: usize = 40;
/// Endings of source that an interpreter reads once, when a program starts.
const INTERPRETED: [&str; 6] = ["py", "js", "mjs", "ts", "rb", "pl"];

impl Project {
    /// Its containers.
    ///
    /// # Errors
    /// What the engine says.
    pub(crate) async fn containers(&self) -> Result<Vec<ContainerSummary>, Error> {
        let mut rows = self.engine().list().await?;
        rows.retain(|row| row.project.as_deref() == Some(self.name()) && !row.oneoff);
        Ok(rows)
    }

    /// Restarts what runs from source that was changed after it was started, and gives its services: `docker compose up`
    /// leaves such a container as it is, as nothing of its own settings was changed.
    ///
    /// # Errors
    /// What Compose says.
    pub(crate) async fn restart_changed(&self, say: Say) -> Result<Vec<String>, Error> {
        let mut restarted = Vec::new();
        for one in changed_mounts(self.engine(), self.name()).await {
            let Drift::Mounted {
                file,
                service,
                built,
            } = one
            else {
                continue;
            };
            if !built && !is_interpreted(&file) {
                continue;
            }
            let doing = say!(
                "restarting `{service}`, as {file} is newer than its last start",
                file,
                service
            );
            let help = say!("see `docker compose -p {} logs`", quoted(self.name()));
            let mut command = self.compose(&["restart", &service]);
            setup::tool(&mut command, &doing, &help, say).await?;
            restarted.push(service);
        }
        Ok(restarted)
    }

    /// Networks that are not what the compose file says of them, as `internal` was changed after they were made.
    pub(crate) async fn old_networks(&self) -> Vec<String> {
        let networks = self.engine().networks().await.unwrap_or_default();
        let networks: Vec<Network> = networks.into_iter().map(|(network, _)| network).collect();
        old_networks(&self.config, &networks)
    }

    /// Services whose container ended by an error, or is started again and again, with the line that says so.
    pub(crate) async fn ended(&self) -> Vec<(String, String)> {
        tokio::time::sleep(MOMENT).await;
        let rows = self.containers().await.unwrap_or_default();
        let each = rows.into_iter().map(|row| async move {
            if !matches!(
                row.status,
                Status::Exited | Status::Restarting | Status::Dead
            ) {
                return None;
            }
            let mut container = self.engine().inspect(&row.id).await.ok()??.container;
            if container.state.status == Status::Exited && container.state.exit_code == 0 {
                return None;
            }
            container.last_log = self.engine().last_log(&row.id, LINES).await;
            let service = container.known_as().to_owned();
            let how = how(&container);
            Some((
                service.clone(),
                clean(&say!("note: `{service}` {how}", how, service)),
            ))
        });
        join_all(each).await.into_iter().flatten().collect()
    }
}

/// Networks of the project that were made before the compose file said whether they are internal, and keep what they were
/// made with: Compose 2.26 leaves a network as it is.
fn old_networks(config: &Value, networks: &[Network]) -> Vec<String> {
    let all = config.get("networks").and_then(Value::as_object);
    let own = all
        .into_iter()
        .flat_map(Map::values)
        .filter(|network| network.get("external").and_then(Value::as_bool) != Some(true));
    let differs = |network: &&Value| {
        let name = network.get("name").and_then(Value::as_str);
        let internal = network.get("internal").and_then(Value::as_bool) == Some(true);
        let mut there = networks.iter();
        there.any(|there| Some(there.name.as_str()) == name && there.internal != internal)
    };
    own.filter(differs)
        .filter_map(|network| network.get("name")?.as_str().map(str::to_owned))
        .collect()
}

/// Whether a program runs from this file as it stands.
fn is_interpreted(file: &str) -> bool {
    let ending = Path::new(file).extension().unwrap_or_default();
    INTERPRETED
        .iter()
        .any(|one| ending.eq_ignore_ascii_case(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_network_that_was_made_before_it_was_called_internal_is_told() {
        let network = |name: &str, internal| Network {
            name: name.into(),
            driver: "bridge".into(),
            internal,
            short: None,
            project: None,
            left_by: None,
        };
        let there = [
            network("v6_internal", false),
            network("v6_edge", false),
            network("lent", true),
        ];
        let config = json!({ "networks": {
            "internal": { "name": "v6_internal", "internal": true },
            "edge": { "name": "v6_edge" },
            "lent": { "name": "lent", "external": true },
        } });
        assert_eq!(old_networks(&config, &there), ["v6_internal"]);
    }

    #[test]
    fn settings_and_statements_for_the_database_restart_nothing() {
        assert!(is_interpreted("app/main.py"));
        assert!(!is_interpreted("nginx/site.conf"));
        assert!(!is_interpreted("init/10-tables.sql"));
        assert!(!is_interpreted("py"));
    }
}
