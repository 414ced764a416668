//! Waiting for a stack that is still starting: on the engine's events, with a re-check, and always with a deadline.

use std::collections::HashMap;
use std::time::Duration;

use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::StreamExt as _;
use tokio::time::Instant;

use crate::client::Engine;
use crate::model::inspected::Inspected;
use labcheck_core::facts::{Health, Process, Seen, Status};

/// A container that was made this recently may still be on its way up.
const FRESH: Duration = Duration::from_secs(5);
/// How long a container between two starts is given to settle.
const RESTARTING: Duration = Duration::from_secs(5);
/// Restarts from which it is asked whether a container loops.
const LOOP_RESTARTS: i64 = 2;
/// How long a container that was restarted again and again must stay up to count as settled.
const SETTLED: Duration = Duration::from_secs(15);
/// How long a build may go on; the cap of the command line is usually shorter.
const BUILD: Duration = Duration::from_mins(15);

/// Why the stack is not settled, and how long that may last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// "`db` is starting", "`app` is being built (cargo)".
    pub what: String,
    /// How long from now.
    pub patience: Duration,
}

/// What one container is waited for, if anything.
///
/// A container that has exited is not waited for, and one that was created long ago and never started is not either.
pub fn pending(looked: &Inspected, processes: Option<&Seen<Vec<Process>>>) -> Option<Pending> {
    let name = looked.container.known_as();
    let state = &looked.container.state;
    let building = || {
        processes
            .and_then(Seen::get)
            .and_then(|processes| crate::model::process_list::building(processes))
    };
    let up = Duration::from_millis(state.up_ms.unwrap_or(0));
    if state.restart_count >= LOOP_RESTARTS && up < SETTLED {
        // Between two starts it is seen to loop; up again, it may have found at last what it was missing.
        return (state.status == Status::Running).then(|| Pending {
            what: format!(
                "`{name}` was restarted {}; seeing whether it stays up",
                labcheck_core::text::times(state.restart_count)
            ),
            patience: SETTLED.saturating_sub(up),
        });
    }
    match state.status {
        Status::Running if looked.container.health == Health::Starting => {
            let what = match building() {
                Some(program) => format!("`{name}` is still building ({program})"),
                None => format!("`{name}` is starting"),
            };
            let patience = looked.health_patience.unwrap_or(FRESH);
            // After a pause the next check is waited for, however long the container has been up.
            let past = if looked.health_interrupted {
                Duration::ZERO
            } else {
                up
            };
            Some(Pending {
                what,
                patience: patience.saturating_sub(past).max(Duration::from_secs(2)),
            })
        }
        Status::Running if looked.container.health == Health::None => {
            building().map(|program| Pending {
                what: format!("`{name}` is still building ({program})"),
                patience: BUILD,
            })
        }
        Status::Restarting => Some(Pending {
            what: format!("`{name}` is being restarted"),
            patience: RESTARTING,
        }),
        Status::Created
            if state.error.is_empty()
                && looked
                    .created_ms_ago
                    .is_some_and(|age| u128::from(age) < FRESH.as_millis()) =>
        {
            Some(Pending {
                what: format!("`{name}` is about to start"),
                patience: FRESH,
            })
        }
        _ => None,
    }
}

impl Engine {
    /// Returns when one of the containers has an event, or after a moment: whichever is first.
    pub async fn stirring(&self, ids: &[String], until: Instant) {
        let filters = HashMap::from([
            ("container".to_owned(), ids.to_vec()),
            ("type".to_owned(), vec!["container".to_owned()]),
        ]);
        let options = EventsOptionsBuilder::new().filters(&filters).build();
        let mut events = std::pin::pin!(self.docker.events(Some(options)));
        let next = async {
            loop {
                match events.next().await {
                    // Health checks run as execs; only their outcome is news.
                    Some(Ok(event))
                        if event
                            .action
                            .as_deref()
                            .is_some_and(|action| action.starts_with("exec_")) => {}
                    Some(Ok(_)) => break,
                    // Without events, the moment below is the pace.
                    Some(Err(_)) | None => std::future::pending().await,
                }
            }
        };
        let moment = Instant::now() + Duration::from_millis(500);
        let _ = tokio::time::timeout_at(moment.min(until), next).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::{Container, State};

    fn looked(status: Status, health: Health) -> Inspected {
        let state = State {
            status,
            up_ms: Some(1000),
            ..State::default()
        };
        let container = Container {
            name: "a".into(),
            state,
            health,
            ..Container::default()
        };
        Inspected {
            container,
            health_patience: Some(Duration::from_mins(1)),
            ..Inspected::default()
        }
    }

    #[test]
    fn a_starting_container_is_waited_for_as_long_as_its_own_check_may_take() {
        let found = pending(&looked(Status::Running, Health::Starting), None).expect("waited for");
        assert_eq!(
            (found.what.as_str(), found.patience),
            ("`a` is starting", Duration::from_secs(59))
        );
    }

    #[test]
    fn after_a_pause_the_next_check_is_waited_for() {
        let mut paused = looked(Status::Running, Health::Starting);
        paused.container.state.up_ms = Some(3_600_000);
        let patience = |looked: &Inspected| pending(looked, None).expect("waited for").patience;
        assert_eq!(patience(&paused), Duration::from_secs(2));
        paused.health_interrupted = true;
        assert_eq!(patience(&paused), Duration::from_mins(1));
    }

    #[test]
    fn what_has_ended_is_not_waited_for() {
        for status in [
            Status::Exited,
            Status::Dead,
            Status::Paused,
            Status::Removing,
        ] {
            assert_eq!(pending(&looked(status, Health::None), None), None);
        }
        assert_eq!(
            pending(
                &looked(Status::Running, Health::Unhealthy(String::new())),
                None
            ),
            None
        );
        let mut created = looked(Status::Created, Health::None);
        created.created_ms_ago = Some(60_000);
        assert_eq!(pending(&created, None), None);
        created.created_ms_ago = Some(100);
        assert!(pending(&created, None).is_some());
    }

    #[test]
    fn a_container_that_was_restarted_often_is_watched_until_it_stays_up_or_falls() {
        let mut looping = looked(Status::Running, Health::Starting);
        looping.container.state.restart_count = 3;
        let found = pending(&looping, None).expect("watched");
        assert_eq!(found.patience, Duration::from_secs(14));
        assert!(found.what.contains("restarted 3 times"), "{}", found.what);
        looping.container.state.status = Status::Restarting;
        looping.container.state.up_ms = None;
        assert_eq!(pending(&looping, None), None);
    }

    #[test]
    fn a_build_is_waited_for_only_while_it_goes_on() {
        let run = |command: &str| {
            Seen::Seen(vec![Process {
                command: command.into(),
                ..Process::default()
            }])
        };
        let app = looked(Status::Running, Health::None);
        assert!(
            pending(&app, Some(&run("rustc --crate-name app")))
                .is_some_and(|found| found.what.contains("rustc"))
        );
        assert_eq!(pending(&app, Some(&run("/target/debug/app"))), None);
    }
}
