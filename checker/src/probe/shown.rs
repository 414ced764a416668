//! What leaves the probes of containers and processes: without secrets, cut.

use super::look::Processes;
use super::looked::{Looked, shown};
use super::redact::Secrets;
use crate::facts::{Container, Health, Process};

/// Longest command line and longest word of a command.
const MOST: usize = 300;

/// Process lists as facts.
pub(super) fn processes(lists: Processes, secrets: &Secrets) -> Processes {
    let shown = |process: Process| Process {
        command: secrets.show(&process.command, MOST),
        ..process
    };
    let each = lists.into_iter().map(|(name, list)| {
        let list = list.map(|list| list.into_iter().map(shown).collect());
        (name, list)
    });
    each.collect()
}

/// Containers as facts.
pub(super) fn containers(all: Vec<Looked>, secrets: &Secrets) -> Vec<Container> {
    all.into_iter()
        .map(|looked| container(looked, secrets))
        .collect()
}

fn container(looked: Looked, secrets: &Secrets) -> Container {
    let mut container = looked.container;
    container.env = shown(&looked.env, secrets);
    for word in &mut container.command {
        *word = secrets.show(word, MOST);
    }
    container.state.error = secrets.hide(&container.state.error);
    if let Health::Unhealthy(said) = &mut container.health {
        *said = secrets.hide(said);
    }
    container
}
