//! Watching for the application's sessions in the database while the application is kept busy.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::session_sources::Sources;
use crate::probe::database::client::conversation::Client;
use crate::probe::database::schema::sessions::{connections, open_sessions};
use crate::probe::database::schema::types::OpenSession;
use crate::probe::round_trip::driver::Driver;

/// How often the application is nudged at most, and for how long.
const MOST_NUDGES: usize = 40;
const LONG: Duration = Duration::from_secs(2);
/// The longest, even where answers are slow.
const LONGEST: Duration = Duration::from_secs(20);
/// Nudges that are always given: both kinds of page twice, as they may sign in differently.
const AT_LEAST: usize = 4;
/// For how long the looks at the process list follow each other at once, and the pause between them afterwards.
const EAGER: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(10);

/// Sessions of the application and how often was looked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watched {
    /// With the container each comes from.
    pub sessions: BTreeSet<(OpenSession, String)>,
    pub polls: u64,
    /// Numbers of every session that was seen after the first look, whoever's it was.
    new: BTreeSet<String>,
    first: BTreeSet<String>,
    /// How many connections the server had had when the watch began; `None` where it does not say.
    connections: Option<u64>,
}

/// How far the round trip has come, for who watches meanwhile.
#[derive(Default)]
pub(crate) struct Pace {
    may_begin: Notify,
    begun: Notify,
    over: Cell<bool>,
}

impl Pace {
    /// What lay in the database is known, or never will be.
    pub(crate) fn allow(&self) {
        self.may_begin.notify_one();
    }

    /// Waits until something may be posted.
    pub(crate) async fn begin(&self) {
        self.may_begin.notified().await;
        self.begun.notify_one();
    }

    /// Nothing more is posted for now.
    pub(crate) fn end(&self) {
        self.over.set(true);
        self.begun.notify_one();
    }
}

/// One look at the process list.
///
/// # Errors
/// The database could not be asked.
pub(crate) async fn look(
    client: &mut Client,
    sources: &Sources,
    watched: &mut Watched,
) -> Result<(), String> {
    let open = open_sessions(client).await?;
    if watched.polls == 0 {
        watched.first = open.iter().map(|(number, _)| number.clone()).collect();
    }
    watched.polls += 1;
    let new = open.iter().map(|(number, _)| number);
    let new = new.filter(|number| !watched.first.contains(*number));
    watched.new.extend(new.cloned());
    watched
        .sessions
        .extend(open.into_iter().filter_map(|(_, open)| {
            let container = sources.container(&open.from)?.to_owned();
            Some((open, container))
        }));
    Ok(())
}

/// The first look, before anything is posted.
///
/// # Errors
/// The database could not be asked.
pub(crate) async fn begin(client: &mut Client, sources: &Sources) -> Result<Watched, String> {
    let mut watched = Watched {
        connections: connections(client).await,
        ..Watched::default()
    };
    look(client, sources, &mut watched).await?;
    Ok(watched)
}

/// Looks for as long as the round trip's first half takes.
///
/// # Errors
/// The database could not be asked.
pub(crate) async fn during(
    client: &mut Client,
    sources: &Sources,
    pace: &Pace,
    watched: &mut Watched,
) -> Result<(), String> {
    pace.begun.notified().await;
    let eager = Instant::now() + EAGER;
    while !pace.over.get() {
        look(client, sources, watched).await?;
        // Where a session is kept and the server counts connections, one that is missed is noticed and looked for later.
        let kept = !watched.sessions.is_empty() && watched.connections.is_some();
        if kept || Instant::now() > eager {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

/// Keeps the application busy until a session of it was seen; and for a little while where sessions came and went
/// unseen, as each page may sign in as somebody else.
///
/// # Errors
/// The database could not be asked.
pub(crate) async fn watch(
    client: &mut Client,
    sources: &Sources,
    driver: Option<&Driver<'_>>,
    watched: &mut Watched,
) -> Result<(), String> {
    let Some(driver) = driver else { return Ok(()) };
    let had = connections(client).await;
    if !watched.sessions.is_empty() && !watched.missed(had) {
        return Ok(());
    }
    let begun = Instant::now();
    for turn in 0..MOST_NUDGES {
        let mut nudge = std::pin::pin!(driver.nudge(turn));
        loop {
            let seen = look(client, sources, watched);
            match select(nudge.as_mut(), std::pin::pin!(seen)).await {
                Either::Left(((), rest)) => {
                    rest.await?;
                    break;
                }
                Either::Right((seen, _)) => seen?,
            }
        }
        let enough =
            turn + 1 >= AT_LEAST && (!watched.sessions.is_empty() || begun.elapsed() > LONG);
        if enough || begun.elapsed() > LONGEST {
            break;
        }
    }
    Ok(())
}

impl Watched {
    /// Whether somebody connected, and was gone again before the next look.
    fn missed(&self, had: Option<u64>) -> bool {
        match (self.connections, had) {
            (Some(before), Some(after)) => {
                let seen = u64::try_from(self.new.len()).unwrap_or(u64::MAX);
                after.saturating_sub(before) > seen
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_nobody_saw_is_noticed() {
        let watched = Watched {
            connections: Some(10),
            new: BTreeSet::from(["11".to_owned()]),
            ..Watched::default()
        };
        assert!(!watched.missed(Some(11)) && watched.missed(Some(12)));
        assert!(!watched.missed(None));
    }

    #[tokio::test]
    async fn nothing_is_posted_before_the_database_was_looked_at() {
        let pace = Pace::default();
        let posted = Cell::new(false);
        let drive = async {
            pace.begin().await;
            posted.set(true);
            pace.end();
        };
        let look = async {
            tokio::task::yield_now().await;
            assert!(!posted.get());
            pace.allow();
            pace.begun.notified().await;
        };
        futures_util::join!(drive, look);
        assert!(posted.get() && pace.over.get());
    }
}
