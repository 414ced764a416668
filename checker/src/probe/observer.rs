//! The seam between looking and judging.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use super::ProbeError;
use crate::check::Want;
use crate::facts::{Facts, Role};
use crate::lab::{LabId, RoleSigns};

/// Something that can look at a stack: a live engine, or a recording.
pub trait Observer {
    /// Looks once at everything the plan wants, and writes it down.
    ///
    /// # Errors
    /// When the stack could not be looked at at all. A part that could not be looked at is an `Unseen` in the facts.
    fn observe(
        &self,
        plan: &Plan,
        progress: &dyn Progress,
    ) -> impl Future<Output = Result<Facts, ProbeError>>;
}

/// What to look at.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The lab.
    pub lab: LabId,
    /// Signs by which roles are recognised.
    pub roles: BTreeMap<Role, RoleSigns>,
    /// The union of what the lab's checks want to see.
    pub wants: BTreeSet<Want>,
    /// Which stack, and how to reach it.
    pub target: Target,
}

/// Which stack is meant, and how to reach it: the words of the command line.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// `--project NAME`, repeatable.
    pub projects: Vec<String>,
    /// `--containers A,B`.
    pub containers: Vec<String>,
    /// `--entry URL`: the address of the application's front door.
    pub entry: Option<String>,
    /// `--host NAME`: host names to ask for, for stacks that route by host.
    pub hosts: Vec<String>,
    /// `--route COURSE=APP`, such as `inserter=/register`.
    pub routes: BTreeMap<String, String>,
    /// `--role db=CONTAINER`.
    pub roles: BTreeMap<Role, Vec<String>>,
    /// The lab's folder, absolute; its compose project is the default stack.
    pub folder: Option<PathBuf>,
    /// `--nonce WORD`: part of every name that the round trip posts.
    pub nonce: Option<String>,
    /// `--disruptive`: restarts are allowed, last, one at a time.
    pub disruptive: bool,
    /// The longest the grader waits for a stack that is still starting.
    pub wait: Duration,
}

impl Target {
    /// The application's path for one of the course's: `/inserter` unless `--route` maps it.
    pub fn route<'a>(&'a self, path: &'a str) -> &'a str {
        self.routes
            .get(path.trim_start_matches('/'))
            .map_or(path, String::as_str)
    }
}

/// Told what is going on, for screens that show it.
pub trait Progress: Sync {
    /// A new thing is being done or waited for, as a short sentence fragment.
    fn now(&self, what: &str);

    /// Ends when the look is to be broken off and everything taken back; by default never.
    fn stopped(&self) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(std::future::pending())
    }
}

/// Shows nothing.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl Progress for Quiet {
    fn now(&self, _what: &str) {}
}
