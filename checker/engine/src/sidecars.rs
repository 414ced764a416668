//! Containers of the grader's own, for what cannot be seen from inside a container of the stack: its image's files
//! without any mount, and its network where there is no program to look with.
//!
//! Each carries the label `labcheck.probe`, no name of the stack's project, and is removed always: after use, when the
//! look is over, and when it is broken off. It never runs the image's own program.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;

use crate::client::Engine;
use crate::exec::{Ended, Program};
use crate::model::inspected::ContainerSummary;
use crate::model::time;
use crate::token;

/// A container of a grader that was ended by force is cleared away by the next one from this age on.
const STALE_MS: u64 = 15 * 60 * 1000;

/// The grader's own containers of one look.
#[derive(Debug)]
pub struct Sidecars {
    engine: Engine,
    /// What the names begin with: no two looks share one.
    run: String,
    /// Names that may be there.
    there: Mutex<(u32, BTreeSet<String>)>,
}

/// A container that was made and never started, for looking at its image's files. [`Sidecars::remove`] takes it.
#[derive(Debug)]
pub struct NeverStarted(pub String);

impl Sidecars {
    /// None yet.
    pub fn new(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            run: run(),
            there: Mutex::default(),
        }
    }

    /// The next name, noted before the engine hears of it, so that nothing is forgotten when the look is broken off.
    fn name(&self) -> String {
        let mut there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
        there.0 += 1;
        let name = format!("{}-{}", self.run, there.0);
        there.1.insert(name.clone());
        name
    }

    /// Runs a program of an image in the network of a running container.
    ///
    /// # Errors
    /// Why it could not be run, or that it took longer than the deadline.
    pub async fn run(
        &self,
        network_of: &str,
        image: &str,
        program: &Program,
        deadline: Duration,
    ) -> Result<Ended, String> {
        let name = self.name();
        let work = async {
            self.make(&name, image, Some((network_of, program))).await?;
            self.engine.run_probe(&name).await
        };
        let ended = tokio::time::timeout(deadline, work).await;
        self.forget(&name).await;
        ended.map_err(|_| format!("no end within {} s", deadline.as_secs()))?
    }

    /// Makes a container of an image that is never started.
    ///
    /// # Errors
    /// Why it could not be made.
    pub async fn still(&self, image: &str) -> Result<NeverStarted, String> {
        let name = self.name();
        self.make(&name, image, None).await?;
        Ok(NeverStarted(name))
    }

    async fn make(
        &self,
        name: &str,
        image: &str,
        running: Option<(&str, &Program)>,
    ) -> Result<(), String> {
        let made = self.engine.make_probe(name, image, running).await;
        if made.is_err() {
            self.gone(name);
        }
        made
    }

    /// Removes what [`Self::still`] made.
    pub async fn remove(&self, still: NeverStarted) {
        self.forget(&still.0).await;
    }

    async fn forget(&self, name: &str) {
        if self.holds(name) && self.engine.remove_probe(name).await {
            self.gone(name);
        }
    }

    fn holds(&self, name: &str) -> bool {
        let there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
        there.1.contains(name)
    }

    fn gone(&self, name: &str) {
        let mut there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
        there.1.remove(name);
    }

    /// Removes whatever is left. A container that the engine was just asked for may appear a moment later.
    pub async fn clear(&self) {
        const TRIES: usize = 10;
        let left = {
            let there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
            there.1.clone()
        };
        let each = left.iter().map(|name| async {
            for _ in 0..TRIES {
                if self.engine.remove_probe(name).await {
                    self.gone(name);
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        join_all(each).await;
    }

    /// Removes what an earlier grader, ended by force, left on the engine.
    pub async fn sweep(engine: &Engine, rows: &[ContainerSummary]) {
        let now = time::now();
        let stale = rows
            .iter()
            .filter(|row| row.probe && row.created_ms + STALE_MS < now);
        join_all(stale.map(|row| engine.remove_probe(&row.id))).await;
    }
}

/// What the names of one look begin with. Two that begin in the same moment, in one process or on two machines, are told apart.
fn run() -> String {
    format!("labcheck-probe-{}", token::fresh())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_looks_at_the_same_moment_share_no_name() {
        let names: BTreeSet<String> = (0..100).map(|_| run()).collect();
        assert_eq!(names.len(), 100);
    }
}
