//! Watching for the application's sessions in the database while the application is kept busy.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::Instant;

use super::drive::Driver;
use super::looked::{Looked, Stack};
use super::sql::Client;
use super::sql_mariadb::Open;
use super::{sql_mariadb, sql_postgres};
use crate::facts::Dialect;

/// How often the application is nudged at most, and for how long.
const MOST_NUDGES: usize = 40;
const LONGEST: Duration = Duration::from_secs(2);
/// Nudges that are always given once one session was seen: both kinds of page twice, as they may sign in differently.
const AT_LEAST: usize = 4;

/// Sessions of the application and how often was looked.
#[derive(Debug, Clone, Default)]
pub(super) struct Watched {
    /// With the container each comes from.
    pub sessions: BTreeSet<(Open, String)>,
    pub polls: u64,
}

/// Where the application's sessions come from: addresses and names, each with its container.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources(Vec<(String, String)>);

impl Sources {
    /// The application's own addresses; in the host's network, or with no network in common, the gateways of the
    /// database's networks.
    pub(super) fn of(apps: &[&Looked], db: &Looked, stack: &Stack) -> Self {
        let mut all = Vec::new();
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
            all.extend(
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
            if !shared {
                let reached = db
                    .container
                    .networks
                    .iter()
                    .flat_map(|end| {
                        stack
                            .gateways
                            .iter()
                            .filter(move |(network, _)| *network == end.network)
                    })
                    .flat_map(|(_, gateways)| gateways);
                all.extend(reached.map(|gateway| (gateway.clone(), name.clone())));
            }
        }
        Self(all)
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
        self.0
            .iter()
            .find(|(known, _)| fits(known))
            .map(|(_, container)| container.as_str())
    }
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
    watched.polls += 1;
    watched.sessions.extend(open.into_iter().filter_map(|open| {
        let container = sources.container(&open.from)?.to_owned();
        Some((open, container))
    }));
    Ok(())
}

/// Looks until a session of the application was seen; one look is enough where connections are kept.
///
/// # Errors
/// The database could not be asked.
pub(super) async fn watch(
    client: &mut Client,
    dialect: Dialect,
    sources: &Sources,
    driver: Option<&Driver<'_>>,
) -> Result<Watched, String> {
    let mut watched = Watched::default();
    look(client, dialect, sources, &mut watched).await?;
    let Some(driver) = driver.filter(|_| watched.sessions.is_empty()) else {
        return Ok(watched);
    };
    let until = Instant::now() + LONGEST;
    for turn in 0..MOST_NUDGES {
        let mut nudge = std::pin::pin!(driver.nudge(turn));
        loop {
            let seen = look(client, dialect, sources, &mut watched);
            match select(nudge.as_mut(), std::pin::pin!(seen)).await {
                Either::Left(((), rest)) => {
                    rest.await?;
                    break;
                }
                Either::Right((seen, _)) => seen?,
            }
        }
        if Instant::now() > until || (turn + 1 >= AT_LEAST && !watched.sessions.is_empty()) {
            break;
        }
    }
    Ok(watched)
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
