//! Restarting the database and watching whether the application finds back to it; stopping the application. Only with `--disruptive`.

use std::time::Duration;

use tokio::time::Instant;

use crate::database::account::inquiry::Inquiry;
use crate::image::AllImageFacts;
use crate::round_trip::driver::Driver;
use crate::stack::context::StackContext;
use labcheck_core::check::Want;
use labcheck_core::facts::{Aspect, Port, Restarted, Role, Seen, Status};
use labcheck_engine::model::inspected::Inspected;
use labcheck_engine::wait::pending;

/// How long the database may take to be ready again.
const READY: Duration = Duration::from_mins(1);
/// How long the application may take from then on.
const BACK: Duration = Duration::from_secs(30);
/// How long a program is given to stop before it is killed: what Docker gives it too.
const GIVEN: Duration = Duration::from_secs(10);
/// Between two questions.
const PACE: Duration = Duration::from_millis(250);

impl Inquiry<'_> {
    /// Restarts the database and waits until the application answers with what was stored.
    pub(crate) async fn restart(&self, driver: &Driver<'_>) -> Seen<Restarted> {
        let database = self.server.inspected.container.id.as_str();
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
                .inspect(&self.server.inspected.container.id)
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

/// Tells the application to stop and starts it again, as the last thing that is done to the stack.
pub(crate) async fn stop(
    context: &StackContext<'_>,
    driver: Option<&Driver<'_>>,
    all: &mut AllImageFacts,
) {
    let wanted = |role: &Role| {
        context
            .plan
            .wants
            .contains(&Want::ImageFacts(*role, Aspect::Stop))
    };
    for role in Role::ALL.into_iter().filter(wanted) {
        let running = |inspected: &&Inspected| inspected.container.state.status == Status::Running;
        let Some(inspected) = context.playing(role).into_iter().find(running) else {
            continue;
        };
        if !context.plan.target.disruptive {
            continue;
        }
        let stopped = context
            .engine
            .stop_and_start(&inspected.container.id, GIVEN)
            .await;
        // The next grading finds it as it was. A port that the engine chose may be another one now.
        let now = context
            .engine
            .inspect(&inspected.container.id)
            .await
            .ok()
            .flatten();
        let open = now.map_or_else(Vec::new, |now| now.container.ports);
        let began = Instant::now();
        while let Some(driver) = driver
            && began.elapsed() < BACK
            && !driver
                .still_answers(|port| moved(port, &inspected.container.ports, &open))
                .await
        {
            tokio::time::sleep(PACE).await;
        }
        let image_facts = all.entry(inspected.container.name.clone()).or_default();
        image_facts.stopped = Some(match stopped {
            Ok(stopped) => Seen::Seen(stopped),
            Err(why) => Seen::Unseen(format!("it could not be stopped: {why}")),
        });
    }
}

/// The port of this machine that leads by now where one led before.
fn moved(host: u16, before: &[Port], now: &[Port]) -> u16 {
    let old = before.iter().find(|port| port.host == host);
    let new = old.and_then(|old| {
        let same = |port: &&Port| {
            (port.container, &port.proto, &port.host_ip)
                == (old.container, &old.proto, &old.host_ip)
        };
        now.iter().find(same)
    });
    new.map_or(host, |port| port.host)
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_the_engine_chose_is_followed() {
        let port = |host, container| Port {
            host,
            container,
            host_ip: "127.0.0.1".into(),
            proto: "tcp".into(),
        };
        let (before, now) = ([port(32_768, 80)], [port(32_770, 80)]);
        assert_eq!(moved(32_768, &before, &now), 32_770);
        assert_eq!(moved(8443, &before, &now), 8443, "of somebody else");
        assert_eq!(moved(32_768, &before, &[]), 32_768);
    }
}
