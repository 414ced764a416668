//! `docker compose up` for a project: what holds its ports and names first, and what did not start afterwards.

use super::failed::{helped, trouble};
use super::project::Project;
use super::{names, ports};
use crate::setup::{self, Say};
use labcheck_core::error::Error;
use labcheck_core::text::{quoted, say};

impl Project {
    /// Builds what has a `build`, and starts it all. What holds one of its ports is told before anything is started, and what was started is taken down
    /// again when the rest cannot be.
    ///
    /// # Errors
    /// The port and its holder, or what Compose says.
    pub async fn up(&self, doing: &str, say: Say) -> Result<(), Error> {
        let rows = self.engine().list().await?;
        let wanted = ports::wanted(&self.config);
        let mut own = rows.iter();
        let there = own.any(|row| row.project.as_deref() == Some(self.name()));
        let kept = self.engine().kept().await?;
        let holder = ports::held(&wanted, &rows, self.name())
            .or_else(|| names::held(&self.config, &rows, &kept, self.name()));
        if let Some(held) = holder {
            return Err(trouble(doing, held.what, held.help));
        }
        let help = say!("see `docker compose -p {} logs`", quoted(self.name()));
        // Without `--build`, Compose starts the image that was built last, whatever was edited since.
        let words = ["up", "--detach", "--build"];
        let outcome = if self.builds_inside().is_empty() {
            "done"
        } else {
            say!("the containers are up")
        };
        let mut compose = self.compose(&words);
        let started = setup::tool_to(&mut compose, doing, &help, say, outcome).await;
        let Err(err) = started else { return Ok(()) };
        let holder = match self.engine().list().await {
            Ok(rows) => ports::held(&wanted, &rows, self.name()),
            Err(_) => None,
        };
        // A port that was taken at the last moment leaves containers that never ran.
        if let Some(held) = holder {
            if !there {
                self.down("taking down what was started", false, say)
                    .await?;
            }
            return Err(trouble(doing, held.what, held.help));
        }
        Err(helped(err, self.name(), &self.absent().await).into())
    }
}
