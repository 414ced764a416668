//! Restarting the database and watching whether the application finds back to it. Only with `--disruptive`.

use std::time::Duration;

use tokio::time::Instant;

use super::database::Inquiry;
use super::drive::Driver;
use super::engine_wait::pending;
use crate::facts::{Restarted, Seen, Status};

/// How long the database may take to be ready again.
const READY: Duration = Duration::from_mins(1);
/// How long the application may take from then on.
const BACK: Duration = Duration::from_secs(30);
/// Between two questions.
const PACE: Duration = Duration::from_millis(250);

impl Inquiry<'_> {
    /// Restarts the database and waits until the application answers with what was stored.
    pub(super) async fn restart(&self, driver: &Driver<'_>) -> Seen<Restarted> {
        let database = self.server.looked.container.id.as_str();
        if let Err(why) = self.server.engine.restart(database).await {
            return Seen::Unseen(format!("the database could not be restarted: {why}"));
        }
        let mut result = Restarted {
            database_ready_ms: self.ready().await,
            ..Restarted::default()
        };
        if result.database_ready_ms.is_some() {
            let began = Instant::now();
            while began.elapsed() < BACK {
                match driver.still_there().await {
                    Ok(()) => {
                        result.app_back_ms = Some(millis(began));
                        result.last = "it answered with what was stored".into();
                        break;
                    }
                    Err(last) => result.last = last,
                }
                tokio::time::sleep(PACE).await;
            }
        }
        for app in &self.apps {
            let now = self
                .server
                .engine
                .inspect(&app.container.id)
                .await
                .ok()
                .flatten();
            let same = now.is_some_and(|now| {
                now.started_at == app.started_at
                    && now.container.state.status == app.container.state.status
            });
            result.app_restarted |= !same;
        }
        Seen::Seen(result)
    }

    /// Milliseconds until the database is up, healthy where it has a check, and lets its administrator in.
    async fn ready(&self) -> Option<u64> {
        let began = Instant::now();
        while began.elapsed() < READY {
            let found = self
                .server
                .engine
                .inspect(&self.server.looked.container.id)
                .await
                .ok()
                .flatten();
            let up = found.is_some_and(|found| {
                found.container.state.status == Status::Running && pending(&found, None).is_none()
            });
            if up && self.enter(None).await.is_ok() {
                return Some(millis(began));
            }
            tokio::time::sleep(PACE).await;
        }
        None
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
