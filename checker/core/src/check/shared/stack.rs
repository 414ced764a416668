//! Shared by kinds that ask the same of every container of the stack.
//!
//! A container that did its work and ended well, such as one that writes a certificate, is no service: nothing is asked
//! of it.

use crate::check::{Scene, Verdict};
use crate::facts::{Container, Role, Status};
use crate::text::{self, say, shell};

/// The containers that are there to stay: those that play a role, and those that did not end well by themselves.
pub(crate) fn lasting<'f>(scene: &Scene<'f>) -> Vec<&'f Container> {
    let plays = |container: &Container| {
        let all = |role| scene.all(role);
        Role::ALL
            .into_iter()
            .flat_map(all)
            .any(|other| other.name == container.name)
    };
    let done = |container: &Container| {
        let state = &container.state;
        state.status == Status::Exited
            && state.exit_code == 0
            && !state.oom_killed
            && !plays(container)
    };
    let all = scene.facts.containers.iter();
    all.filter(|container| !done(container)).collect()
}

/// What a kind asks of every container.
pub(crate) struct Asked<'a> {
    /// The statement that is true on pass.
    pub expected: &'a str,
    /// What is said when it is.
    pub found: &'a str,
    /// The field judged, as the engine calls it.
    pub field: &'a str,
    /// The Go template that shows it with `docker inspect -f`.
    pub format: &'a str,
}

impl Asked<'_> {
    /// Passes when `wrong` finds nothing in any container; otherwise fails and says what is wrong with which.
    pub(crate) fn of_all(
        &self,
        scene: &Scene<'_>,
        wrong: impl Fn(&Container) -> Option<String>,
    ) -> Verdict {
        let all = lasting(scene);
        let Some(first) = all.first() else {
            return Verdict::unknown(self.expected, say!("no container of the stack was seen"));
        };
        let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
        let mut example = None;
        for container in &all {
            let Some(what) = wrong(container) else {
                continue;
            };
            example.get_or_insert(*container);
            let name = container.known_as();
            match groups.iter_mut().find(|(other, _)| *other == what) {
                Some((_, names)) if names.contains(&name) => {}
                Some((_, names)) => names.push(name),
                None => groups.push((what, vec![name])),
            }
        }
        let try_it =
            |container: &Container| shell!("docker inspect -f {} {}", self.format, container.name);
        let Some(example) = example else {
            return Verdict::pass(self.expected, self.found).seen(self.field, try_it(first));
        };
        let groups = groups
            .iter()
            .map(|(what, names)| format!("{}: {what}", text::ticked(names)));
        Verdict::fail(self.expected, groups.collect::<Vec<_>>().join("; "))
            .seen(self.field, try_it(example))
    }
}
