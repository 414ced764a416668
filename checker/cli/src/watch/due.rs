//! When to look next. Pure but for the clock that it is handed.

use std::time::Duration;

use tokio::time::Instant;

use super::scope::Scope;

/// Compose does several things at once; the look begins when the first burst is over.
const BURST: Duration = Duration::from_millis(40);
/// A container that ended is often started or removed a moment later.
const ENDED: Duration = Duration::from_millis(120);
/// An editor that saves writes more than once.
const SAVED: Duration = Duration::from_millis(200);
/// The longest that a folder in which one file after the other changes is waited for.
const LONGEST: Duration = Duration::from_secs(1);

/// What waits to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wish {
    scope: Scope,
    first: Instant,
    at: Instant,
}

/// The next look.
#[derive(Debug, Default)]
pub(crate) struct Due {
    engine: Option<Wish>,
    files: Option<Wish>,
}

impl Due {
    /// An event of the engine asks for a look.
    pub(crate) fn event(&mut self, scope: Scope, ended: bool, now: Instant) {
        let at = now + if ended { ENDED } else { BURST };
        self.engine = Some(match self.engine {
            // What follows the end of a container is what was waited for.
            Some(wish) => Wish {
                scope: wish.scope.max(scope),
                first: wish.first,
                at: wish.at.min(at),
            },
            None => Wish {
                scope,
                first: now,
                at,
            },
        });
    }

    /// A file was changed.
    pub(crate) fn file(&mut self, scope: Scope, now: Instant) {
        let (scope, first) = match self.files {
            Some(wish) => (wish.scope.max(scope), wish.first),
            None => (scope, now),
        };
        self.files = Some(Wish {
            scope,
            first,
            at: (now + SAVED).min(first + LONGEST),
        });
    }

    /// Everything, at once.
    pub(crate) fn all(&mut self, now: Instant) {
        self.engine = Some(Wish {
            scope: Scope::All,
            first: now,
            at: now,
        });
    }

    /// When the next look is due.
    pub(crate) fn at(&self) -> Option<Instant> {
        let both = [&self.engine, &self.files];
        both.into_iter().flatten().map(|wish| wish.at).min()
    }

    /// The look that is due now, everything that waits included.
    pub(crate) fn take(&mut self, now: Instant) -> Option<Scope> {
        if self.at().is_none_or(|at| at > now) {
            return None;
        }
        let both = [self.engine.take(), self.files.take()];
        both.into_iter().flatten().map(|wish| wish.scope).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_one_look_and_saving_is_waited_for() {
        let now = Instant::now();
        let ms = Duration::from_millis;
        let mut due = Due::default();
        due.event(Scope::Stack, true, now);
        assert_eq!(due.take(now + ms(100)), None);
        due.event(Scope::All, false, now + ms(10));
        assert_eq!(due.at(), Some(now + ms(50)));
        assert_eq!(due.take(now + ms(50)), Some(Scope::All));
        assert_eq!(due.at(), None);

        due.file(Scope::Files, now);
        due.file(Scope::Stack, now + ms(150));
        assert_eq!(due.take(now + ms(300)), None);
        assert_eq!(due.take(now + ms(350)), Some(Scope::Stack));
        due.file(Scope::Files, now);
        for round in 1..20 {
            due.file(Scope::Files, now + ms(round * 100));
        }
        assert_eq!(due.at(), Some(now + ms(1000)), "not for ever");
        due.all(now);
        assert_eq!(due.take(now), Some(Scope::All));
        assert_eq!(due.at(), None, "the files are part of it");
    }
}
