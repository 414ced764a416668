//! `docker compose down` for a project, with its volumes or without.

use super::project::Project;
use crate::setup::{self, Say};
use labcheck_core::error::Error;
use labcheck_core::text::{quoted, say};

impl Project {
    /// Takes it down.
    ///
    /// # Errors
    /// What Compose says.
    pub async fn down(&self, doing: &str, volumes: bool, say: Say) -> Result<(), Error> {
        let words = if volumes {
            ["down", "--remove-orphans", "--volumes"].as_slice()
        } else {
            ["down", "--remove-orphans"].as_slice()
        };
        let help = say!("see `docker compose -p {} ps --all`", quoted(self.name()));
        setup::tool(&mut self.compose(words), doing, &help, say)
            .await
            .map_err(Error::from)
    }
}
