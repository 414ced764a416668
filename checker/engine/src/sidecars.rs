//! Containers of the grader's own, for what cannot be seen from inside a container of the stack: its image's files
//! without any mount, its network where there is no program to look with, what the kernel says of its processes,
//! and what its health check says without its program.
//!
//! Each is known by its id, carries the label `labcheck.probe` and no name of the stack's project, and is removed always:
//! after use, when the look is over, and when it is broken off. It never runs what the image is started with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use labcheck_eye::client::Eye;
use labcheck_eye::container::{Namespace, Refusal, shared_namespaces, untraceable};

use crate::client::Engine;
use crate::exec::{Ended, Program};
use crate::model::inspected::ContainerSummary;
use crate::own::NAMED;
use crate::sidecar::{Purpose, Removal};
use crate::token;

/// The grader's own containers of one look.
#[derive(Debug)]
pub struct Sidecars {
    engine: Engine,
    /// What the names begin with: no two looks share one.
    run: String,
    /// How many were named, and which of them may be there.
    there: Mutex<(u32, BTreeMap<String, Known>)>,
    /// The ids of all that were made, also of those that are gone by now.
    created: Mutex<BTreeSet<String>>,
}

/// What is known of a container that may be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// The engine was asked for it, so it may appear a moment later.
    AskedFor,
    /// It was made; where the engine does not find it, it is gone.
    Created,
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
            created: Mutex::default(),
        }
    }

    /// Whether a container was made by this look. A name tells only for as long as the engine has been asked and has not
    /// answered: once the container is gone, another one can take its name.
    pub fn created(&self, row: &ContainerSummary) -> bool {
        let created = self.created.lock().unwrap_or_else(PoisonError::into_inner);
        let there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
        created.contains(&row.id) || there.1.get(&row.name) == Some(&Known::AskedFor)
    }

    /// The next name, noted before the engine hears of it, so that nothing is forgotten when the look is broken off.
    fn name(&self) -> String {
        let mut there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
        there.0 += 1;
        let name = format!("{}-{}", self.run, there.0);
        there.1.insert(name.clone(), Known::AskedFor);
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
        let purpose = Purpose::Beside(network_of, program);
        self.run_for(image, purpose, deadline).await
    }

    /// Runs what a container of an image is made for, and removes the container, whatever became of it.
    ///
    /// # Errors
    /// Why it could not be run, or that it took longer than the deadline.
    pub(crate) async fn run_for(
        &self,
        image: &str,
        purpose: Purpose<'_>,
        deadline: Duration,
    ) -> Result<Ended, String> {
        let name = self.name();
        let work = async {
            self.make(&name, image, purpose).await?;
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
        self.make(&name, image, Purpose::Files).await?;
        Ok(NeverStarted(name))
    }

    async fn make(&self, name: &str, image: &str, purpose: Purpose<'_>) -> Result<(), String> {
        let created = self.engine.make_probe(name, image, purpose).await;
        match created {
            Ok(id) => {
                self.note(name, Some(id));
                Ok(())
            }
            Err(why) => {
                self.gone(name);
                Err(why)
            }
        }
    }

    /// Starts the program that looks inside in namespaces of a container. With the last clone of what is returned the
    /// program ends, and the engine removes its container.
    ///
    /// # Errors
    /// Why it is not started there: the machine's own namespaces, those of an unknown container, a process beside it that
    /// could answer in its place, or the engine's words.
    pub async fn eye(&self, container: &str, shared: &[Namespace]) -> Result<Eye, String> {
        let all = self.engine.list().await.map_err(|err| err.to_string())?;
        let (image, modes) =
            tokio::try_join!(self.engine.eye_image(), self.engine.namespaces(&all))?;
        let find = |word: &str| {
            let found = modes.iter().find(|one| one.is(word));
            found.map(|one| one.modes.clone())
        };
        let shared = shared_namespaces(container, find, shared).map_err(|why| refusal(&why))?;
        if let Some(owner) = &shared.processes_of {
            // The machine's own processes share every namespace.
            let image = self.engine.eye_image_made()?;
            // Another of these programs, be it another grading's, answers in no other program's place.
            let others = modes.iter().filter(|one| !one.is_eye(image));
            let sharing = others.map(|one| &one.modes).filter(|modes| {
                modes.id == *owner
                    || modes.pid == "host"
                    || shared_namespaces(&modes.id, find, &[Namespace::Pid])
                        .is_ok_and(|shared| shared.processes_of.as_ref() == Some(owner))
            });
            untraceable(sharing).map_err(|why| refusal(&why))?;
        }
        let name = self.name();
        let started = self.engine.start_eye(&name, &image, &shared).await;
        match started {
            Ok((id, eye)) => {
                self.note(&name, Some(id));
                Ok(eye)
            }
            Err(why) => {
                self.note(&name, None);
                self.forget(&name).await;
                Err(why)
            }
        }
    }

    /// Notes that the engine has answered, with the id where it made a container.
    fn note(&self, name: &str, id: Option<String>) {
        self.created
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(id);
        let mut there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of) = there.1.get_mut(name) {
            *of = Known::Created;
        }
    }

    /// Removes what [`Self::still`] made.
    pub async fn remove(&self, still: NeverStarted) {
        self.forget(&still.0).await;
    }

    async fn forget(&self, name: &str) {
        let known = {
            let there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
            there.1.get(name).copied()
        };
        if let Some(known) = known {
            self.try_to_remove(name, known).await;
        }
    }

    /// Whether the container is gone.
    async fn try_to_remove(&self, name: &str, known: Known) -> bool {
        let gone = match self.engine.remove_probe(name).await {
            Removal::Done | Removal::UnderWay => true,
            Removal::NotThere => known == Known::Created,
            Removal::Failed => false,
        };
        if gone {
            self.gone(name);
        }
        gone
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
        let each = left.iter().map(|(name, known)| async {
            for _ in 0..TRIES {
                if self.try_to_remove(name, *known).await {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        join_all(each).await;
    }
}

/// Why the program that looks inside is not started, for people.
fn refusal(why: &Refusal) -> String {
    match why {
        Refusal::Machine => {
            "it shares the machine's own namespaces, where nothing is started to look with".into()
        }
        Refusal::Unknown(name) => {
            format!("it shares the namespaces of `{name}`, which is not running any more")
        }
        Refusal::Chain => {
            "it shares the namespaces of a container that shares another's, and so on".into()
        }
        Refusal::Traceable(id) => format!(
            "a process of the container {} may change what is seen there (`privileged`, or the capability SYS_PTRACE)",
            id.get(..12).unwrap_or(id)
        ),
    }
}

/// What the names of one look begin with. Two that begin in the same moment, in one process or on two machines, are told apart.
fn run() -> String {
    format!("{NAMED}{}", token::fresh())
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
