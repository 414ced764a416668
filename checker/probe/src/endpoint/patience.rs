//! How long an address is asked again at which nobody answers: as long as a young container may need until it listens.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use crate::stack::listening;
use labcheck_core::facts::{Health, Seen, Status};
use labcheck_core::grade::Target;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Inspected;

/// A program may take this long from its start until it listens.
const LISTENS: Duration = Duration::from_secs(15);
/// After a build or a health check was waited for, a program may need this long until it listens.
pub(crate) const SETTLES: Duration = Duration::from_secs(5);
/// Between two looks at what goes on in the containers, once the usual time is over.
const LOOKS: Duration = Duration::from_secs(2);

/// The wait for containers to listen. Without a health check nothing tells that a program is still starting, so it has
/// [`LISTENS`]; where the person who grades typed `--wait`, it has as long as that.
pub(crate) struct Patience<'f> {
    engine: &'f Engine,
    /// Containers that may be waited for longer than usual.
    unchecked: Vec<&'f Inspected>,
    /// The end of the usual time.
    usual: Instant,
    /// The end of all waiting.
    last: Instant,
    next_look: Instant,
    /// Since when all of them listen somewhere, though nobody answers where it was asked.
    heard: Option<Instant>,
}

impl<'f> Patience<'f> {
    /// The wait for these containers; `waited` says that the stack was waited for already, so that its programs may have
    /// started only just now.
    pub(crate) fn new(
        engine: &'f Engine,
        target: &Target,
        own: &[&'f Inspected],
        waited: bool,
    ) -> Self {
        let now = Instant::now();
        let usual = young(own).max(if waited { SETTLES } else { Duration::ZERO });
        let given = if target.wait_given {
            target.wait
        } else {
            Duration::ZERO
        };
        let left = |inspected: &&'f Inspected| {
            let left = given.checked_sub(up(inspected)?)?;
            is_unchecked(inspected).then_some((*inspected, left))
        };
        let unchecked: Vec<(&Inspected, Duration)> = own.iter().filter_map(left).collect();
        let longest = unchecked.iter().map(|(_, left)| *left).max();
        Self {
            engine,
            usual: now + usual.min(target.wait),
            last: now + usual.max(longest.unwrap_or_default()).min(target.wait),
            unchecked: unchecked.into_iter().map(|(one, _)| one).collect(),
            next_look: now,
            heard: None,
        }
    }

    /// Whether it may last longer than usual, as the person who grades asked for it.
    pub(crate) fn is_long(&self) -> bool {
        self.last > self.usual
    }

    /// No longer than this from now on.
    pub(crate) fn at_most(&mut self, longest: Duration) {
        self.last = self.last.min(Instant::now() + longest);
    }

    /// Whether nothing more is to be waited for. After the usual time, that is so too where the containers have ended or were
    /// started again, and where all of them have listened for a while.
    pub(crate) async fn over(&mut self) -> bool {
        let now = Instant::now();
        if now >= self.last {
            return true;
        }
        if now < self.usual || now < self.next_look {
            return false;
        }
        self.next_look = now + LOOKS;
        let looks = self.unchecked.iter().map(|one| starting(self.engine, one));
        let states: Vec<Starting> = join_all(looks).await;
        if states.iter().all(|state| *state == Starting::Over) {
            return true;
        }
        if states.contains(&Starting::Silent) {
            self.heard = None;
            return false;
        }
        now.duration_since(*self.heard.get_or_insert(now)) >= LISTENS
    }

    /// Where it may last longer than usual, waits until something listens in the containers or it is over; whether it did.
    pub(crate) async fn until_heard(mut self) -> bool {
        let mut waited = false;
        while self.is_long() && !self.over().await {
            let looks = self.unchecked.iter().map(|one| starting(self.engine, one));
            if !join_all(looks).await.contains(&Starting::Silent) {
                break;
            }
            waited = true;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        waited
    }
}

/// How far a container without a health check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Starting {
    /// It runs, and nothing is heard of it.
    Silent,
    /// Something listens in it.
    Listens,
    /// It does not run any more, or was started again.
    Over,
}

async fn starting(engine: &Engine, inspected: &Inspected) -> Starting {
    let id = &inspected.container.id;
    let now = engine.inspect(id).await.ok().flatten();
    let same = now.is_some_and(|now| {
        now.container.state.status == Status::Running && now.started_at == inspected.started_at
    });
    if !same {
        return Starting::Over;
    }
    // In the machine's network the sockets are those of all programs.
    if inspected.container.network_mode.is_host() {
        return Starting::Silent;
    }
    match listening::listening(engine, id).await {
        Seen::Seen(sockets) if !sockets.is_empty() => Starting::Listens,
        _ => Starting::Silent,
    }
}

/// Nothing tells whether its program is still starting.
fn is_unchecked(inspected: &Inspected) -> bool {
    let container = &inspected.container;
    container.health == Health::None || container.idle_check.is_some()
}

/// How long a container has been up; `None` where it is not.
fn up(inspected: &Inspected) -> Option<Duration> {
    let state = &inspected.container.state;
    let up = Duration::from_millis(state.up_ms?);
    (state.status == Status::Running).then_some(up)
}

/// How long containers that were started just now usually need until they listen. Healthy ones do already, but a
/// proxy in front of them, which looks after its upstreams now and then, may not have noticed.
fn young(own: &[&Inspected]) -> Duration {
    let left = own.iter().filter_map(|inspected| {
        let longest = match inspected.container.health {
            Health::Healthy if !is_unchecked(inspected) => SETTLES,
            _ => LISTENS,
        };
        Some(longest.saturating_sub(up(inspected)?))
    });
    left.max().unwrap_or_default()
}
