//! Watching for the application's sessions in the database while the application is kept busy.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::drive::Driver;
use super::looked::{Looked, Stack};
use super::sql::Client;
use super::sql_mariadb::Open;
use super::{sql_mariadb, sql_postgres};
use crate::facts::Dialect;

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
pub(super) struct Watched {
    /// With the container each comes from.
    pub sessions: BTreeSet<(Open, String)>,
    pub polls: u64,
    /// Numbers of every session that was seen after the first look, whoever's it was.
    new: BTreeSet<String>,
    first: BTreeSet<String>,
    /// How many connections the server had had when the watch began; `None` where it does not say.
    connections: Option<u64>,
}

/// How far the round trip has come, for who watches meanwhile.
#[derive(Default)]
pub(super) struct Pace {
    may_begin: Notify,
    begun: Notify,
    over: Cell<bool>,
}

impl Pace {
    /// What lay in the database is known, or never will be.
    pub(super) fn allow(&self) {
        self.may_begin.notify_one();
    }

    /// Waits until something may be posted.
    pub(super) async fn begin(&self) {
        self.may_begin.notified().await;
        self.begun.notify_one();
    }

    /// Nothing more is posted for now.
    pub(super) fn end(&self) {
        self.over.set(true);
        self.begun.notify_one();
    }
}

/// Where the application's sessions come from: addresses and names, each with its container.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    own: Vec<(String, String)>,
    /// Gateways of the database's networks: what comes by way of this machine has their addresses.
    gateways: Vec<(String, String)>,
}

impl Sources {
    /// The application's own addresses; in the host's network, or with no network in common, the gateways of the
    /// database's networks.
    pub(super) fn of(apps: &[&Looked], db: &Looked, stack: &Stack) -> Self {
        let mut all = Self::default();
        let reached: Vec<&String> = db
            .container
            .networks
            .iter()
            .flat_map(|end| {
                stack
                    .gateways
                    .iter()
                    .filter(move |(network, _)| *network == end.network)
            })
            .flat_map(|(_, gateways)| gateways)
            .collect();
        for app in apps {
            let name = &app.container.name;
            let donor = app.container.network_mode.strip_prefix("container:");
            let donor = donor.and_then(|id| {
                stack
                    .containers
                    .iter()
                    .find(|other| other.container.id.starts_with(id) || other.container.name == id)
            });
            let at = donor.unwrap_or(app);
            all.own.extend(
                at.addresses
                    .iter()
                    .chain(&at.names)
                    .map(|from| (from.clone(), name.clone())),
            );
            let shared = at.container.networks.iter().any(|end| {
                db.container
                    .networks
                    .iter()
                    .any(|other| other.network == end.network)
            });
            let by_host = || names_host(app, stack);
            if !shared || by_host() {
                let gateways = reached.iter().copied();
                all.gateways
                    .extend(gateways.map(|gateway| (gateway.clone(), name.clone())));
            }
        }
        all
    }

    /// The container that a session's address or host name belongs to; Docker's name service calls a container
    /// `NAME.NETWORK`.
    fn container(&self, from: &str) -> Option<&str> {
        let fits = |known: &str| {
            known == from
                || from
                    .strip_prefix(known)
                    .is_some_and(|rest| rest.starts_with('.') && !known.contains('.'))
        };
        self.own
            .iter()
            .chain(&self.gateways)
            .find(|(known, _)| fits(known))
            .map(|(_, container)| container.as_str())
    }

    /// Whether a session came by way of this machine rather than from a container's own address.
    pub(super) fn by_host(&self, from: &str) -> bool {
        self.gateways.iter().any(|(gateway, _)| gateway == from)
            && !self.own.iter().any(|(own, _)| own == from)
    }
}

/// Whether the environment of a container names this machine as a place to reach something at.
fn names_host(app: &Looked, stack: &Stack) -> bool {
    const NAMES: [&str; 3] = [
        "host.docker.internal",
        "gateway.docker.internal",
        "172.17.0.1",
    ];
    let gateways = stack.gateways.iter().flat_map(|(_, gateways)| gateways);
    let names: Vec<&str> = NAMES
        .into_iter()
        .chain(gateways.map(String::as_str))
        .collect();
    app.env
        .iter()
        .any(|(_, value)| names.iter().any(|name| mentions(value, name)))
}

/// Whether a name or an address stands in a text, not merely as a part of a longer one.
fn mentions(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(word).any(|(at, _)| {
        edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
    })
}

/// One look at the process list.
///
/// # Errors
/// The database could not be asked.
pub(super) async fn look(
    client: &mut Client,
    dialect: Dialect,
    sources: &Sources,
    watched: &mut Watched,
) -> Result<(), String> {
    let open = if dialect == Dialect::Postgres {
        sql_postgres::open_sessions(client).await?
    } else {
        sql_mariadb::open_sessions(client).await?
    };
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
pub(super) async fn begin(
    client: &mut Client,
    dialect: Dialect,
    sources: &Sources,
) -> Result<Watched, String> {
    let mut watched = Watched {
        connections: connections(client, dialect).await,
        ..Watched::default()
    };
    look(client, dialect, sources, &mut watched).await?;
    Ok(watched)
}

/// Looks for as long as the round trip's first half takes.
///
/// # Errors
/// The database could not be asked.
pub(super) async fn during(
    client: &mut Client,
    dialect: Dialect,
    sources: &Sources,
    pace: &Pace,
    watched: &mut Watched,
) -> Result<(), String> {
    pace.begun.notified().await;
    let eager = Instant::now() + EAGER;
    while !pace.over.get() {
        look(client, dialect, sources, watched).await?;
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
pub(super) async fn watch(
    client: &mut Client,
    dialect: Dialect,
    sources: &Sources,
    driver: Option<&Driver<'_>>,
    watched: &mut Watched,
) -> Result<(), String> {
    let Some(driver) = driver else { return Ok(()) };
    let had = connections(client, dialect).await;
    if !watched.sessions.is_empty() && !watched.missed(had) {
        return Ok(());
    }
    let begun = Instant::now();
    for turn in 0..MOST_NUDGES {
        let mut nudge = std::pin::pin!(driver.nudge(turn));
        loop {
            let seen = look(client, dialect, sources, watched);
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

/// How many connections the server has had; PostgreSQL does not count them in time.
async fn connections(client: &mut Client, dialect: Dialect) -> Option<u64> {
    if dialect == Dialect::Postgres {
        return None;
    }
    let rows = client.rows("SHOW GLOBAL STATUS LIKE 'Connections'").await;
    rows.ok()?.first()?.get(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Attachment, Container};

    fn looked(name: &str, ip: &str, network: &str) -> Looked {
        let networks = vec![Attachment {
            network: network.into(),
            ip: ip.into(),
            aliases: Vec::new(),
        }];
        Looked {
            container: Container {
                name: name.into(),
                networks,
                ..Container::default()
            },
            addresses: vec![ip.into()],
            names: vec![name.into()],
            ..Looked::default()
        }
    }

    #[test]
    fn sessions_are_traced_to_their_container() {
        let (app, db) = (
            looked("v4-app-1", "172.18.0.3", "v4_default"),
            looked("v4-db-1", "172.18.0.2", "v4_default"),
        );
        let sources = Sources::of(&[&app], &db, &Stack::default());
        assert_eq!(sources.container("172.18.0.3"), Some("v4-app-1"));
        assert_eq!(sources.container("v4-app-1.v4_default"), Some("v4-app-1"));
        assert_eq!(sources.container("172.18.0.30"), None);
        assert_eq!(sources.container(""), None);
    }

    #[test]
    fn what_comes_by_way_of_this_machine_is_noticed_where_the_environment_names_it() {
        let (mut app, db) = (
            looked("app", "172.18.0.3", "two"),
            looked("db", "172.18.0.2", "two"),
        );
        let stack = Stack {
            gateways: vec![("two".into(), vec!["172.18.0.1".into()])],
            ..Stack::default()
        };
        app.env = vec![("DB_HOST".into(), "host.docker.internal".into())];
        let sources = Sources::of(&[&app], &db, &stack);
        assert_eq!(sources.container("172.18.0.1"), Some("app"));
        assert!(sources.by_host("172.18.0.1") && !sources.by_host("172.18.0.3"));
    }

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

    #[test]
    fn without_a_common_network_sessions_come_from_the_gateway() {
        let (app, db) = (
            looked("app", "172.19.0.3", "one"),
            looked("db", "172.18.0.2", "two"),
        );
        let stack = Stack {
            gateways: vec![("two".into(), vec!["172.18.0.1".into()])],
            ..Stack::default()
        };
        assert_eq!(
            Sources::of(&[&app], &db, &stack).container("172.18.0.1"),
            Some("app")
        );
        let near = looked("app", "172.18.0.3", "two");
        assert_eq!(
            Sources::of(&[&near], &db, &stack).container("172.18.0.1"),
            None
        );
    }
}
