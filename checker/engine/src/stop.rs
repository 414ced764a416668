//! Stopping a container as `docker stop` does, and starting it again: how long it takes, and whether it had to be killed.
//! Only with `--disruptive`.

use std::collections::HashMap;
use std::time::Duration;

use bollard::models::EventMessage;
use bollard::query_parameters::{EventsOptionsBuilder, RestartContainerOptionsBuilder};
use futures_util::StreamExt as _;
use tokio::time::Instant;

use crate::client::{Engine, words};
use labcheck_core::facts::Stopped;

/// Exit code of a program that was killed (128 + SIGKILL).
const KILLED: &str = "137";

impl Engine {
    /// Restarts a container and watches how it ends. One request, so that it comes up again even if the grader does not.
    ///
    /// # Errors
    /// The engine's words, or that its events did not tell.
    pub async fn stop_and_start(&self, id: &str, given: Duration) -> Result<Stopped, String> {
        let filters = HashMap::from([
            ("container".to_owned(), vec![id.to_owned()]),
            (
                "event".to_owned(),
                vec!["kill".to_owned(), "die".to_owned()],
            ),
        ]);
        let options = EventsOptionsBuilder::new().filters(&filters).build();
        let mut events = std::pin::pin!(self.docker.events(Some(options)));
        let seconds = i32::try_from(given.as_secs()).unwrap_or(10);
        let options = RestartContainerOptionsBuilder::new().t(seconds).build();
        let limit = given + Duration::from_secs(20);
        // The engine answers when it is done.
        let patient = self.docker.clone().with_timeout(limit);
        let restart = async {
            // The engine must be telling before it is asked.
            tokio::time::sleep(Duration::from_millis(100)).await;
            let call = patient.restart_container(id, Some(options));
            call.await.map_err(|err| words(&err))
        };
        let watch = async {
            let mut first = None;
            while let Some(Ok(event)) = events.next().await {
                let at = event.time_nano.unwrap_or(0);
                match event.action.as_deref() {
                    Some("kill") => first = first.or(Some(at)),
                    Some("die") => return Some((first?, at, code(&event))),
                    _ => {}
                }
            }
            None
        };
        let both = tokio::time::timeout_at(Instant::now() + limit, async {
            let mut watch = std::pin::pin!(watch);
            let mut restart = std::pin::pin!(restart);
            let mut seen = None;
            loop {
                tokio::select! {
                    found = &mut watch, if seen.is_none() => seen = Some(found),
                    done = &mut restart => {
                        done?;
                        if seen.is_none() {
                            let late = Duration::from_secs(1);
                            seen = tokio::time::timeout(late, &mut watch).await.ok();
                        }
                        return Ok::<_, String>(seen.flatten());
                    }
                }
            }
        });
        let seen = both
            .await
            .map_err(|_| format!("the restart took longer than {} s", limit.as_secs()))??;
        let (began, ended, code) = seen.ok_or("the engine did not tell how it ended")?;
        Ok(Stopped {
            took_ms: u64::try_from((ended - began) / 1_000_000).unwrap_or(0),
            killed: code.as_deref() == Some(KILLED),
            given_s: given.as_secs(),
        })
    }
}

fn code(event: &EventMessage) -> Option<String> {
    let about = event.actor.as_ref()?.attributes.as_ref()?;
    about.get("exitCode").cloned()
}
