//! `first_process`: signals reach the program, because no shell stands before it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Process, Role, Seen};
use crate::text::{say, shell};

pub(super) const EXAMPLE: &str = "first_process: { role: app }";

/// The first process of the role's container is the program itself or an init process, not a shell that waits for it.
///
/// Judged from the process list (`GET /containers/{id}/top`): a shell as PID 1 gets SIGTERM and does not hand it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstProcess {
    /// Whose container.
    pub role: Role,
}

const INITS: [&str; 3] = ["docker-init", "tini", "dumb-init"];
const SHELLS: [&str; 6] = ["sh", "bash", "dash", "ash", "busybox", "zsh"];

impl Kind for FirstProcess {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Processes(self.role)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "the first process of `{}` is the program itself, so that it hears SIGTERM",
            container.known_as()
        );
        let processes = match scene.processes(container) {
            Some(Seen::Seen(processes)) => processes,
            Some(Seen::Unseen(why)) => return Verdict::unknown(expected, why),
            None => {
                return Verdict::unknown(
                    expected,
                    say!("its process list was not looked at in these facts"),
                );
            }
        };
        let Some(mut first) = first(processes) else {
            return Verdict::unknown(expected, say!("its process list is empty"));
        };
        // An init process hands signals on to its child, so the child is the one that counts.
        if INITS.contains(&first.program()) {
            let child = processes
                .iter()
                .filter(|process| process.parent == first.pid);
            first = child.min_by_key(|process| process.pid).unwrap_or(first);
        }
        let look = shell!("docker top {}", container.name);
        if SHELLS.contains(&first.program()) {
            let waits = processes.iter().find(|child| child.parent == first.pid);
            let found = match waits {
                Some(child) => say!(
                    "a shell (`{}`) that waits for `{}`",
                    first.program(),
                    child.program()
                ),
                None => say!("a shell (`{}`)", first.command),
            };
            return Verdict::fail(expected, found).seen(say!("the process list"), look);
        }
        Verdict::pass(expected, format!("`{}`", first.program()))
    }
}

/// The process whose parent is not in the container: PID 1 there. Processes put in by `exec` have such a parent too,
/// and come later in time, so the lowest id counts.
pub(super) fn first(processes: &[Process]) -> Option<&Process> {
    processes
        .iter()
        .filter(|process| processes.iter().all(|other| other.pid != process.parent))
        .min_by_key(|process| process.pid)
}
