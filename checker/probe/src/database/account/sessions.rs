//! Watching for the application's sessions in the database's process list while the application gets requests.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::session_sources::Sources;
use crate::database::client::conversation::Client;
use crate::database::schema::host_part::account_for;
use crate::database::schema::sessions::{connections, open_sessions};
use crate::database::schema::types::{Credential, ListedSession, OpenSession};
use crate::round_trip::driver::Driver;
use labcheck_core::facts::{Session, Unattributed};
use labcheck_core::text;

/// Requests that the application is sent at most to make it open sessions.
const MOST_REQUESTS: usize = 40;
/// Requests that it is always sent: two for each kind of page, as they may sign in differently.
const LEAST_REQUESTS: usize = 4;
/// For how long it is sent requests while no session is seen.
const UNSEEN: Duration = Duration::from_secs(2);
/// The same, even where its answers are so slow that it has had few requests by then.
const LONGEST: Duration = Duration::from_secs(20);
/// Sessions and containers that are named at most where they leave a doubt.
const MOST_STRANGE: usize = 4;
/// For how long the process list is read without a pause, and the pause between two readings afterwards.
const WITHOUT_PAUSE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(10);

/// Sessions of the application, and how often the process list was read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watched {
    /// With the container each comes from; those that only stay open are among them.
    pub sessions: BTreeSet<(OpenSession, String)>,
    /// Those of them that were used since the watch began.
    used: BTreeSet<(OpenSession, String)>,
    /// Those that were used and belong to no container of the stack.
    strange: BTreeSet<(String, String)>,
    /// Those that were used and belong to a container that does not work for the application, with its name.
    bystanders: BTreeSet<(String, String)>,
    /// When the watch began.
    begun: Option<Instant>,
    /// How often the process list was read.
    pub polls: u64,
    /// Numbers of all sessions, the application's or not, that were not there at the first reading.
    new: BTreeSet<String>,
    /// Numbers of those that were.
    first: BTreeSet<String>,
    /// How many connections the server had had when the watch began; `None` where it does not say.
    connections: Option<u64>,
}

/// How far the round trip has come, for the watch that goes on meanwhile.
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

impl Watched {
    /// Reads the process list for the first time, before anything is posted.
    ///
    /// # Errors
    /// The database could not be asked.
    pub(crate) async fn begin(client: &mut Client, sources: &Sources) -> Result<Self, String> {
        let mut watched = Self {
            connections: connections(client).await,
            begun: Some(Instant::now()),
            ..Self::default()
        };
        watched.poll(client, sources).await?;
        Ok(watched)
    }

    /// Reads the process list.
    async fn poll(&mut self, client: &mut Client, sources: &Sources) -> Result<(), String> {
        let open = open_sessions(client).await?;
        let since = self.begun.map_or(0, |begun| begun.elapsed().as_millis());
        self.take(open, sources, since);
        Ok(())
    }

    /// Takes one reading in, made so many milliseconds after the watch began.
    fn take(&mut self, open: Vec<ListedSession>, sources: &Sources, since: u128) {
        let first = self.polls == 0;
        self.polls += 1;
        for ListedSession {
            number,
            idle_ms,
            session,
        } in open
        {
            let new = !first && !self.first.contains(&number);
            if first {
                self.first.insert(number);
            } else if new {
                self.new.insert(number);
            }
            let used = new || (!first && u128::from(idle_ms) < since);
            if let Some(container) = sources.container(&session.from) {
                let found = (session, container.to_owned());
                if used {
                    self.used.insert(found.clone());
                }
                self.sessions.insert(found);
            } else if used && let Some(container) = sources.bystander(&session.from) {
                self.bystanders.insert((session.user, container.to_owned()));
            } else if used && !sources.explains(&session.from) {
                self.strange.insert((session.user, session.from));
            }
        }
    }

    /// Reads it again and again for as long as the round trip's first half takes.
    ///
    /// # Errors
    /// The database could not be asked.
    pub(crate) async fn poll_while_posting(
        &mut self,
        client: &mut Client,
        sources: &Sources,
        pace: &Pace,
    ) -> Result<(), String> {
        pace.begun.notified().await;
        let without_pause = Instant::now() + WITHOUT_PAUSE;
        while !pace.over.get() {
            self.poll(client, sources).await?;
            // A session of the application's is open, and one that is missed shows in the count of connections.
            let kept = !self.used.is_empty() && self.connections.is_some();
            if kept || Instant::now() > without_pause {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    /// Sends requests to the application until a session of it was seen; and a few where sessions were opened and closed
    /// unseen, as each page may sign in as another user.
    ///
    /// # Errors
    /// The database could not be asked.
    pub(crate) async fn poll_until_seen(
        &mut self,
        client: &mut Client,
        sources: &Sources,
        driver: &Driver<'_>,
    ) -> Result<(), String> {
        let connections = connections(client).await;
        if !self.used.is_empty() && !self.missed(connections) {
            return Ok(());
        }
        let begun = Instant::now();
        for turn in 0..MOST_REQUESTS {
            let mut request = std::pin::pin!(driver.nudge(turn));
            loop {
                let poll = std::pin::pin!(self.poll(client, sources));
                match select(request.as_mut(), poll).await {
                    Either::Left(((), poll)) => {
                        poll.await?;
                        break;
                    }
                    Either::Right((polled, _)) => polled?,
                }
            }
            let seen = !self.used.is_empty() || begun.elapsed() > UNSEEN;
            if (turn + 1 >= LEAST_REQUESTS && seen) || begun.elapsed() > LONGEST {
                break;
            }
        }
        Ok(())
    }

    /// Whether a session was opened and closed again between two readings, given how many connections the server has had
    /// by now.
    fn missed(&self, connections: Option<u64>) -> bool {
        match (self.connections, connections) {
            (Some(before), Some(after)) => {
                let seen = u64::try_from(self.new.len()).unwrap_or(u64::MAX);
                after.saturating_sub(before) > seen
            }
            _ => false,
        }
    }

    /// What leaves open whose sessions were seen. Where other containers than those that serve the application's pages
    /// worked in the database, any of them may have written what was posted, and the rest be for show.
    pub(crate) fn unattributed(&self, sources: &Sources) -> Vec<Unattributed> {
        let strange = self.strange.iter().take(MOST_STRANGE);
        let strange = strange.map(|(user, from)| Unattributed::Session {
            user: text::cut(&text::clean(user), 80),
            from: text::cut(&text::clean(from), 80),
        });
        // Where nothing was used at all, that is what is told.
        let seen = self.used.is_empty() || self.used.iter().any(|(_, from)| sources.is_app(from));
        let sharing = sources.sharing(seen).take(MOST_STRANGE);
        let sharing = sharing.map(|container| Unattributed::SharesNetwork {
            container: container.clone(),
        });
        let bystanders = self.bystanders.iter().filter(|_| !seen).take(MOST_STRANGE);
        let bystanders = bystanders.map(|(user, container)| Unattributed::Bystander {
            user: text::cut(&text::clean(user), 80),
            container: container.clone(),
        });
        strange.chain(sharing).chain(bystanders).collect()
    }

    /// The application's sessions as facts name them: one that stayed open and was not used says nothing of what the
    /// application did, unless nothing was asked of it. `credentials` tell which account applies to each.
    pub(crate) fn facts(&self, credentials: &[Credential], sources: &Sources) -> Vec<Session> {
        let session = |(open, from): &(OpenSession, String)| {
            let account = account_for(credentials, &open.user, &open.from).map(Credential::label);
            Session {
                user: open.user.clone(),
                account: account.unwrap_or_else(|| open.user.clone()),
                schema: Some(open.schema.clone()).filter(|schema| !schema.is_empty()),
                from: from.clone(),
                by_host: sources.by_host(&open.from),
            }
        };
        let driven = self.polls > 1;
        let sessions = if driven { &self.used } else { &self.sessions };
        let all: BTreeSet<Session> = sessions.iter().map(session).collect();
        all.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_was_not_seen_is_noticed() {
        let watched = Watched {
            connections: Some(10),
            new: BTreeSet::from(["11".to_owned()]),
            ..Watched::default()
        };
        assert!(!watched.missed(Some(11)) && watched.missed(Some(12)));
        assert!(!watched.missed(None));
    }

    #[test]
    fn a_session_that_only_stays_open_is_not_the_one_that_wrote() {
        let listed = |number: &str, user: &str, idle_ms| ListedSession {
            number: number.into(),
            idle_ms,
            session: OpenSession {
                user: user.into(),
                from: "172.18.0.9".into(),
                schema: String::new(),
            },
        };
        let mut watched = Watched::default();
        let nowhere = Sources::default();
        watched.take(
            vec![listed("1", "kept", 5), listed("2", "pool", 9)],
            &nowhere,
            0,
        );
        watched.take(
            vec![
                listed("1", "kept", 505),
                listed("2", "pool", 9),
                listed("3", "new", 0),
            ],
            &nowhere,
            500,
        );
        let users: Vec<&str> = watched
            .strange
            .iter()
            .map(|(user, _)| user.as_str())
            .collect();
        assert_eq!(users, ["new", "pool"]);
        let told = watched.unattributed(&nowhere);
        assert_eq!(told.len(), 2);
    }

    #[tokio::test]
    async fn nothing_is_posted_before_the_database_was_looked_at() {
        let pace = Pace::default();
        let posted = Cell::new(false);
        let round_trip = async {
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
        futures_util::join!(round_trip, look);
        assert!(posted.get() && pace.over.get());
    }
}
