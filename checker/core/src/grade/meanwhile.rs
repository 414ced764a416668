//! What somebody else did to a container while the grader looked is not the student's fault: the verdicts that rest on that
//! container are open. Pure.

use std::collections::BTreeSet;

use crate::check::{Expect, Finding, Kind as _, Scene, Verdict, Want};
use crate::facts::{Container, Meanwhile, Role};
use crate::text::say;

/// A verdict as it is, or *unknown* where it rests on a container that was not left alone.
pub(super) fn open(expect: &Expect, verdict: Verdict, scene: &Scene<'_>) -> Verdict {
    let all = scene.facts.containers.iter();
    let mut disturbed = all.filter_map(|one| Some((one, one.state.meanwhile?)));
    let rest = Rest::of(expect);
    let found = disturbed.find(|(container, what)| {
        let roles = playing(container, scene);
        match rest.on(&roles, *what) {
            Hold::Firm => true,
            // What passed in spite of it is so.
            Hold::Loose => matches!(verdict, Verdict::Fail(_) | Verdict::HeldUp(..)),
            Hold::None => false,
        }
    });
    match found {
        None => verdict,
        Some((container, what)) => Verdict::Unknown(Finding {
            expected: verdict.finding().expected.clone(),
            found: words(container.known_as(), what),
            ..Finding::default()
        }),
    }
}

fn words(name: &str, what: Meanwhile) -> String {
    match what {
        Meanwhile::Restarted => say!(
            "`{name}` was restarted while the grader looked; grade again",
            name
        ),
        Meanwhile::Stopped => say!(
            "`{name}` was stopped while the grader looked; grade again",
            name
        ),
        Meanwhile::Paused => say!(
            "`{name}` was paused while the grader looked; grade again",
            name
        ),
        Meanwhile::Removed => say!(
            "`{name}` was removed while the grader looked; grade again",
            name
        ),
        Meanwhile::Silent => say!(
            "the engine did not say in time how `{name}` is; grade again",
            name
        ),
    }
}

fn playing(container: &Container, scene: &Scene<'_>) -> BTreeSet<Role> {
    let roles = Role::ALL.into_iter();
    let plays = |role: &Role| {
        let mut all = scene.all(*role).into_iter();
        all.any(|one| one.name == container.name)
    };
    roles.filter(plays).collect()
}

/// How much a verdict rests on a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// It is about it.
    Firm,
    /// It is about another one, which works with it.
    Loose,
    None,
}

/// On which containers a verdict rests.
struct Rest {
    /// Those of these roles.
    roles: BTreeSet<Role>,
    /// Every container.
    all: bool,
    /// Nothing that goes on in a container: only how it was made.
    still: bool,
}

impl Rest {
    fn of(expect: &Expect) -> Self {
        let mut rest = Self {
            roles: BTreeSet::new(),
            all: matches!(expect, Expect::AllHealthy(_)),
            still: true,
        };
        for want in expect.wants() {
            let of: &[Role] = match want {
                // A health check is tried elsewhere: what it shows does not change with its container.
                Want::Declared | Want::Origin | Want::HealthChecks(_) => continue,
                Want::Reach | Want::Ingress | Want::IngressLog => {
                    rest.all = true;
                    &[]
                }
                Want::RoundTrip(_) | Want::Database(_) | Want::DownUp => &[Role::App, Role::Db],
                Want::Processes(role)
                | Want::Page { role, .. }
                | Want::Assets(role)
                | Want::BaseUrl(role)
                | Want::Sockets(role)
                | Want::ImageFacts(role, _) => &[role],
            };
            rest.roles.extend(of);
            rest.still = false;
        }
        rest.still &= !rest.all;
        if rest.still {
            rest.roles.extend(role(expect));
            rest.all = rest.roles.is_empty();
        }
        rest
    }

    fn on(&self, playing: &BTreeSet<Role>, what: Meanwhile) -> Hold {
        // How a container was made stays the same; of one that is gone or was not seen it is not known.
        let unseen = matches!(what, Meanwhile::Removed | Meanwhile::Silent);
        let own = self.all || !self.roles.is_disjoint(playing);
        if self.still {
            return if own && unseen {
                Hold::Firm
            } else {
                Hold::None
            };
        }
        let works = [Role::App, Role::Db, Role::Proxy];
        if own {
            Hold::Firm
        } else if works.iter().any(|role| playing.contains(role)) {
            Hold::Loose
        } else {
            Hold::None
        }
    }
}

/// The role that a check names, whatever its kind.
fn role(expect: &Expect) -> Option<Role> {
    let written = serde_json::to_value(expect).ok()?;
    let mut kinds = written.as_object()?.values();
    serde_json::from_value(kinds.next()?.get("role")?.clone()).ok()
}

#[cfg(test)]
#[path = "meanwhile_tests.rs"]
mod tests;
