//! Looking at the database before anything is posted: which sessions are open and what lies in the tables. From then on
//! its sessions are watched.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::account::inquiry::Inquiry;
use super::account::sessions::{Pace, Watched};
use super::client::conversation::Client;
use super::client::limits::limit;
use super::client::sign_in::SignedIn;
use super::dialect::sign_in::SignIn as _;
use super::schema::snapshot::Snapshot;
use super::schema::tables::databases;
use crate::round_trip::driver::Driver;
use labcheck_core::check::Want;

/// The database, signed in to, and what was seen of it so far.
pub(crate) struct Opened {
    /// The grader's own session.
    pub signed_in: SignedIn,
    /// Sessions of the application; or why they could not be watched.
    pub watched: Result<Watched, String>,
    /// The database that is looked into; empty where a session sees every schema.
    pub database: String,
}

impl Inquiry<'_> {
    /// Signs in, and looks at sessions and tables before anything is posted. `started` is a client that was started for the
    /// administrator before.
    ///
    /// # Errors
    /// As [`Self::enter`].
    pub(crate) async fn open(&self, started: Option<Client>) -> Result<Opened, String> {
        let mut signed_in = self.enter(started).await?;
        let client = &mut signed_in.client;
        let watched = if self.needs_account() {
            Watched::begin(client, &self.sources).await
        } else {
            Ok(Watched::default())
        };
        let mut database = String::new();
        if client.dialect.one_database() {
            database = self.likely_database(client, &watched).await;
            self.enter_database(client, &database).await;
        }
        if self
            .wants
            .iter()
            .any(|want| matches!(want, Want::RoundTrip(_)))
        {
            let likely = self.likely(&watched);
            let taken = Snapshot::take(client, &database, &likely).await;
            *self.before.borrow_mut() = taken.ok().map(Rc::new);
        }
        Ok(Opened {
            signed_in,
            watched,
            database,
        })
    }

    /// Watches for sessions while the round trip's first half is under way.
    pub(crate) async fn watch_while_posting(&self, opened: &mut Opened, pace: &Pace) {
        let Opened {
            signed_in, watched, ..
        } = opened;
        if let Ok(seen) = watched
            && self.needs_account()
        {
            let client = &mut signed_in.client;
            let polled = seen.poll_while_posting(client, &self.sources, pace).await;
            if let Err(why) = polled {
                *watched = Err(why);
            }
        }
    }

    /// Watches for sessions while the driver sends requests for that purpose, where none was seen yet or some were missed.
    pub(crate) async fn watch_until_seen(
        &self,
        client: &mut Client,
        driver: Option<&Driver<'_>>,
        watched: &mut Result<Watched, String>,
    ) {
        if let (Ok(seen), Some(driver)) = (&mut *watched, driver)
            && self.needs_account()
        {
            let polled = seen.poll_until_seen(client, &self.sources, driver).await;
            if let Err(why) = polled {
                *watched = Err(why);
            }
        }
    }

    /// Schemas that are searched first: those of the application's sessions, those that its environment or the database's
    /// names, and `public`.
    pub(crate) fn likely(&self, watched: &Result<Watched, String>) -> Vec<String> {
        let mut likely = BTreeSet::from(["public".to_owned()]);
        if let Ok(watched) = watched {
            likely.extend(watched.sessions.iter().map(|(open, _)| open.schema.clone()));
        }
        let env = self.apps.iter().copied().chain([self.server.inspected]);
        likely.extend(
            env.flat_map(|inspected| &inspected.env)
                .filter_map(|(name, value)| named_schema(name, value)),
        );
        likely.retain(|name| !name.is_empty());
        likely.into_iter().collect()
    }

    /// Where a session sees one database only: that of the application's sessions, or the likeliest.
    pub(crate) async fn likely_database(
        &self,
        client: &mut Client,
        watched: &Result<Watched, String>,
    ) -> String {
        let given = self.server.inspected.var("POSTGRES_DB").map(str::to_owned);
        if let Some(named) = database_in_use(watched).or(given) {
            return named;
        }
        let there = databases(client).await;
        let likely = self.likely(watched);
        let named = there.iter().find(|database| likely.contains(database));
        named.or(there.first()).cloned().unwrap_or_default()
    }

    /// Looks into this database from now on, where a session sees one only.
    pub(crate) async fn enter_database(&self, client: &mut Client, database: &str) {
        if client.dialect.one_database() && !database.is_empty() {
            // If the server refuses, the next query of this database's tables fails and says so.
            let _ = client.enter(database).await;
            limit(client).await;
        }
    }
}

/// The schema (MariaDB) or database (PostgreSQL) that the application's sessions use, if any was seen.
pub(crate) fn database_in_use(watched: &Result<Watched, String>) -> Option<String> {
    let sessions = &watched.as_ref().ok()?.sessions;
    let mut used = sessions.iter().map(|(open, _)| open.schema.clone());
    used.find(|used| !used.is_empty())
}

/// A schema or database that a variable of the environment names, by itself or at the end of an address.
fn named_schema(name: &str, value: &str) -> Option<String> {
    if let Some((_, rest)) = value.split_once("://") {
        let path = rest.split(['?', '#']).next()?;
        return path.split_once('/').map(|(_, schema)| schema.to_owned());
    }
    let name = name.to_ascii_uppercase();
    let names = ["DB", "DATABASE", "NAME", "SCHEMA"]
        .iter()
        .any(|word| name.ends_with(word));
    (names && value.len() <= 64).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_named_by_addresses_and_variables() {
        let named = |name: &str, value: &str| named_schema(name, value);
        assert_eq!(
            named("DATABASE_URL", "mysql://app:made-up@db:3306/shop?ssl=1").as_deref(),
            Some("shop")
        );
        assert_eq!(named("DB_NAME", "shop").as_deref(), Some("shop"));
        assert_eq!(named("DB_PASSWORD", "made-up-app-password"), None);
    }
}
