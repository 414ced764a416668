//! What a watch asks between two looks: events, whether anything changed, and the last lines of a log.

use futures_util::future::join_all;

use super::live::Live;
use super::own;
use crate::ProbeError;
use labcheck_core::facts::Facts;
use labcheck_core::redact::known::Secrets;
use labcheck_engine::events::Events;
use labcheck_engine::model::inspected;

impl Live {
    /// Begins to listen to the engine's events.
    pub fn events(&self) -> Events {
        self.engine.events()
    }

    /// Every container with its state and health, a line each: enough to see whether anything changed.
    ///
    /// # Errors
    /// [`EngineError::Lost`].
    pub async fn pulse(&self) -> Result<Vec<String>, ProbeError> {
        let rows = own::others(&self.engine, None, self.engine.list().await?);
        let mut all: Vec<String> = rows
            .iter()
            .filter(|row| !row.oneoff)
            .map(|row| format!("{} {:?} {}", row.id, row.status, row.health))
            .collect();
        all.sort();
        Ok(all)
    }

    /// The last lines of a container's log, by its id, with the secrets of the stack hidden.
    pub async fn log_of(&self, facts: &Facts, id: &str, lines: usize) -> Vec<String> {
        let ids = facts.containers.iter().map(|one| one.id.as_str());
        let all = join_all(ids.map(|id| self.engine.inspect(id))).await;
        let mut secrets = Secrets::default();
        for inspected in all.into_iter().filter_map(|one| one.ok()?) {
            inspected::learn(&inspected.env, &mut secrets);
            secrets.learn_from(&inspected.container.command.join(" "));
        }
        let said = self.engine.last_log(id, lines).await;
        said.iter()
            .map(|line| secrets.show_line(line, 400))
            .collect()
    }
}
