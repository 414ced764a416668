//! A look that was broken off, or that cannot be trusted, as something was done to the stack meanwhile: what the next one has
//! to know.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use crate::ProbeError;
use crate::database::schema::snapshot::Owed;
use crate::stack::meanwhile::Disturbances;
use labcheck_core::facts::{Container, Meanwhile, Status};
use labcheck_core::text;
use labcheck_engine::client::Engine;
use labcheck_engine::error::EngineError;
use labcheck_engine::model::inspected::Stack;

/// How long a container that was stopped, paused or removed is given to be up again before the second look.
const BACK: Duration = Duration::from_secs(5);
/// Between two questions.
const PACE: Duration = Duration::from_millis(250);

/// Why a look gave no facts.
#[derive(Debug)]
pub(crate) enum BrokenOff {
    /// It could not look at all.
    Failed(ProbeError),
    /// Something was done to the stack meanwhile, by no doing of the grader.
    Disturbed(Box<Disturbed>),
}

impl From<ProbeError> for BrokenOff {
    fn from(err: ProbeError) -> Self {
        Self::Failed(err)
    }
}

impl From<EngineError> for BrokenOff {
    fn from(err: EngineError) -> Self {
        Self::Failed(err.into())
    }
}

/// What the look after a disturbed one has to know.
#[derive(Debug, Default)]
pub(crate) struct Disturbed {
    /// What was done to which container, by its name.
    done: BTreeMap<String, Meanwhile>,
    /// Names of the containers that ran before.
    ran: BTreeSet<String>,
    /// The same in words.
    words: Vec<String>,
    /// What the look had posted, where that may not have been taken back.
    pub owed: Option<Owed>,
}

impl Disturbed {
    /// What was posted, as long as nothing else is known.
    pub(crate) fn owing(owed: Option<Owed>) -> Self {
        Self {
            owed,
            ..Self::default()
        }
    }

    /// What was done to the containers of a stack while it was looked at.
    pub(crate) fn of(stack: &Stack, disturbances: &mut Disturbances) -> Self {
        let mut disturbed = Self::default();
        for inspected in &stack.containers {
            let own = &inspected.container;
            let done = disturbances.done_to(&own.id).or(own.state.meanwhile);
            if own.state.status == Status::Running || done.is_some() {
                disturbed.ran.insert(own.name.clone());
            }
            if let Some(done) = done {
                disturbed.add(own, done);
            }
        }
        disturbed
    }

    fn add(&mut self, container: &Container, done: Meanwhile) {
        // Looking once more changes nothing where the engine says nothing.
        if done != Meanwhile::Silent {
            self.done.insert(container.name.clone(), done);
            let name = container.known_as();
            self.words.push(match done {
                Meanwhile::Paused => format!("`{name}` was paused"),
                Meanwhile::Stopped => format!("`{name}` was stopped"),
                Meanwhile::Removed => format!("`{name}` was removed or made anew"),
                Meanwhile::Restarted | Meanwhile::Silent => format!("`{name}` was started again"),
            });
        }
    }

    /// Whether nothing was done at all.
    pub(crate) fn is_nothing(&self) -> bool {
        self.done.is_empty()
    }

    /// What was done and what follows from it, for people who wait.
    pub(crate) fn told(&self) -> String {
        let words: Vec<_> = self.words.iter().map(|words| text::retold(words)).collect();
        text::say!("{what}; looking once more", what = text::list(&words))
    }

    /// Waits a moment until what ran before is up again.
    pub(crate) async fn calm(&self, engine: &Engine) {
        let until = Instant::now() + BACK;
        while Instant::now() < until {
            let rows = engine.list().await.unwrap_or_default();
            let up = |name: &String| rows.iter().any(|row| row.name == *name && row.running());
            if self.ran.iter().all(up) {
                return;
            }
            tokio::time::sleep(PACE).await;
        }
    }

    /// Notes in the stack which containers are still stopped or paused: how they are now is what was done to them.
    pub(crate) fn note(&self, stack: &mut Stack) {
        for inspected in &mut stack.containers {
            let own = &mut inspected.container;
            let done = match (self.done.get(&own.name), own.state.status) {
                (Some(_), Status::Paused) => Some(Meanwhile::Paused),
                (Some(Meanwhile::Stopped | Meanwhile::Restarted), Status::Exited) => {
                    Some(Meanwhile::Stopped)
                }
                _ => None,
            };
            own.state.meanwhile = own.state.meanwhile.or(done);
        }
    }
}
