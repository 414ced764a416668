//! What the watch does when the engine's events come, break off and come back, and when there is nothing to look at.

use tokio::time::Instant;

use super::state::Happened;
use super::watcher::{PULSE, Watch};
use labcheck_core::error::Error;
use labcheck_core::error::Explain as _;
use labcheck_core::text::{retold, say};
use labcheck_probe::{News, ProbeError};

impl Watch {
    pub(crate) fn heard(&mut self, news: News) -> bool {
        let now = Instant::now();
        match news {
            News::Event(event) => {
                if let Some(scope) = self.interest.event(&event) {
                    self.event_at.get_or_insert(event.at_ms);
                    self.due.event(scope, event.action == "die", now);
                }
                true
            }
            News::Lost(why) => {
                self.state.engine = Some(why.clone());
                self.pulse_at.get_or_insert(now + PULSE);
                self.show(&Happened::Sources(say!("the engine's events broke off ({why}); asking it every {} s until they are back", PULSE.as_secs(), why)))
            }
            News::Back => {
                self.state.engine = None;
                self.due.all(now);
                self.show(&Happened::Sources(
                    say!("the engine's events are back").into(),
                ))
            }
        }
    }

    /// What an engine without events answered to the question who is there.
    pub(crate) fn felt(&mut self, found: Result<Vec<String>, ProbeError>) -> bool {
        let now = Instant::now();
        let lost = self.state.engine.is_some() || self.silent;
        self.pulse_at = lost.then(|| now + PULSE);
        let Ok(found) = found else { return true };
        if self.silent || self.last_pulse.as_ref() != Some(&found) {
            self.silent = false;
            self.due.all(now);
        }
        self.last_pulse = Some(found);
        if self.state.engine.is_none() {
            self.pulse_at = None;
        }
        true
    }

    /// A look that ended without facts: no stack, no engine, or a word that fits nothing.
    pub(crate) fn could_not(&mut self, err: ProbeError) -> Result<bool, Error> {
        match err {
            ProbeError::Nothing(..) | ProbeError::NoSuch { .. } | ProbeError::Several(_) => {
                self.state.grade = None;
                self.state.stale.clear();
                self.behind.clear();
                self.asking = None;
                self.state.waiting = Some(match &err {
                    ProbeError::Nothing(what, help) => {
                        format!("{}; {}", retold(what), retold(help))
                    }
                    other => format!(
                        "{}; {}",
                        retold(&other.to_string()),
                        retold(&other.help().unwrap_or_default())
                    ),
                });
                Ok(self.show(&Happened::Waiting))
            }
            ProbeError::Engine(_) => {
                self.silent = true;
                self.pulse_at = Some(Instant::now() + PULSE);
                Ok(self.show(&Happened::Sources(retold(&err.to_string()).into_owned())))
            }
            ProbeError::Interrupted { .. } => Ok(false),
            err => Err(err.into()),
        }
    }
}
