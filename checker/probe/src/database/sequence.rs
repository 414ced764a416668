//! The order in which the database is asked: the account that the application uses, what that account may do, what was
//! stored; at last what was stored is deleted. Each step is a function of another file.

use futures_util::future::join;

use super::account::identity::Identity;
use super::account::inquiry::{Inquiry, seen};
use super::client::conversation::Client;
use super::client::sign_in::SignedIn;
use super::dialect::sign_in::SignIn as _;
use super::open::{Opened, database_in_use};
use super::rows::search::Rows;
use super::schema::accounts::{accounts, own_account};
use super::schema::definers::definers;
use super::schema::foreign_keys::Key;
use super::schema::tables::{Tables, schemas};
use super::schema::types::Accounts;
use super::sign_ins::{Before, OtherSignIns};
use super::undo_afresh::{Posted, undo_afresh};
use crate::round_trip::driver::Driver;
use labcheck_core::check::{Look, Want};
use labcheck_core::facts::{Database, Definer, RoundTrip, Row, Seen, Step};

impl Inquiry<'_> {
    /// Asks everything that checks want, and has the driver do its second half on the way. Gives back the application's
    /// password too, if it became known, so that it can be hidden in every fact.
    ///
    /// `driver` is `None` where nothing was posted; `round_trip` is what it has seen so far, and gets the rest.
    pub(crate) async fn ask(
        &self,
        opened: &mut Opened,
        driver: Option<&Driver<'_>>,
        round_trip: &mut RoundTrip,
        before: Before,
    ) -> (Database, Option<String>) {
        let Opened {
            signed_in,
            watched,
            database,
        } = opened;
        let client = &mut signed_in.client;
        self.watch_until_seen(client, driver, watched).await;
        // A session that was seen since may use another database than the one looked into so far.
        let used = database_in_use(watched);
        if let Some(used) = used.filter(|used| client.dialect.one_database() && used != database) {
            self.enter_database(client, &used).await;
            *database = used;
        }
        let likely = self.likely(watched);
        let accounts = self.accounts(client, signed_in.ordinary).await;
        let schemas = schemas(client).await;
        let definers = self.definers(client, &schemas, signed_in.ordinary).await;
        let none = Accounts::default();
        let known = accounts.as_ref().unwrap_or(&none);
        let credentials = &known.credentials;
        let sessions = watched
            .as_ref()
            .map(|watched| watched.facts(credentials, &self.sources))
            .map_err(Clone::clone);
        let identity = Identity::of(self, &sessions, credentials, &before.texts);
        let plan = self.attempt_plan(&schemas, signed_in.program, driver);
        let others = self.sign_in_as_others(&identity, known, &plan, before);
        let snapshot = self.before(database);
        let looking = async {
            if driver.is_none() && !self.wants(Look::ForeignKeys) {
                return Ok(Tables::default());
            }
            let tables = Tables::list(client, &likely).await;
            if let Some(driver) = driver.filter(|_| round_trip.stored.is_some()) {
                let rows = tables.as_ref().map_err(Clone::clone).map(|tables| Rows {
                    client,
                    tables,
                    before: snapshot.as_deref(),
                });
                self.find_posted(rows, driver, round_trip).await;
            }
            tables
        };
        let (tables, others) = join(looking, Box::pin(others)).await;
        if let Some(driver) = driver {
            self.restart_database(signed_in, driver, round_trip, database)
                .await;
            if driver.posted.get() {
                self.take_back(signed_in, &tables, round_trip, database)
                    .await;
            }
        }
        let OtherSignIns {
            attempts,
            root,
            password_seen,
            password,
        } = others;
        let sql = Database {
            container: self.server.inspected.container.name.clone(),
            dialect: signed_in.client.dialect,
            version: signed_in.version.clone(),
            looked_as: signed_in.looked_as.clone(),
            ordinary: signed_in.ordinary,
            by_program: self.server.way.by_program(),
            data: labcheck_core::text::cut(&labcheck_core::text::clean(&signed_in.data), 200),
            schemas,
            unattributed: watched.as_ref().map_or_else(
                |_| Vec::new(),
                |watched| watched.unattributed(&self.sources),
            ),
            polls: watched.as_ref().map_or(0, |watched| watched.polls),
            sessions: self.wants(Look::Sessions).then(|| seen(sessions)),
            accounts: self
                .wants(Look::Accounts)
                .then(|| seen(accounts.map(|known| known.accounts))),
            definers,
            foreign_keys: self
                .wants(Look::ForeignKeys)
                .then(|| seen(tables.map(|tables| Key::facts(&tables.keys)))),
            attempts,
            root,
            password_seen,
        };
        (sql, password)
    }

    /// Deletes what was posted, and looks for what earlier gradings left. A database that was away meanwhile is tried again.
    async fn take_back(
        &self,
        signed_in: &mut SignedIn,
        tables: &Result<Tables, String>,
        round_trip: &mut RoundTrip,
        database: &str,
    ) {
        let may_stay = |why: &str| format!("rows named `{}` may stay: {why}", round_trip.name);
        let mut undone = match tables {
            Ok(tables) => {
                let posted = Posted::of(round_trip, tables, self.before(database));
                self.undo(signed_in, &posted).await
            }
            Err(why) => Seen::Unseen(may_stay(why)),
        };
        if undone.why().is_some() && signed_in.client.is_away().await {
            undone = match undo_afresh(self, &round_trip.name).await {
                Seen::Unseen(why) if !why.contains(&round_trip.name) => {
                    Seen::Unseen(may_stay(&why))
                }
                done => done,
            };
        } else if let Ok(tables) = tables {
            let client = &mut signed_in.client;
            if let Some(owed) = self.owed {
                let stays = Posted::owed(owed, tables).take_back(client).await;
                undone = stays.map_or(undone, Seen::Unseen);
            }
            let posted = Posted::of(round_trip, tables, self.before(database));
            round_trip.earlier = posted.earlier(client).await;
        }
        round_trip.undone = Some(undone);
    }

    /// The accounts that the grader sees, where a check needs them.
    async fn accounts(&self, client: &mut Client, ordinary: bool) -> Result<Accounts, String> {
        if !self.needs_account() && !self.wants(Look::Accounts) {
            Ok(Accounts::default())
        } else if ordinary {
            own_account(client).await
        } else {
            accounts(client).await
        }
    }

    /// Code that runs with its definer's rights, where a check needs accounts; an ordinary account does not see it all.
    async fn definers(
        &self,
        client: &mut Client,
        schemas: &[String],
        ordinary: bool,
    ) -> Option<Seen<Vec<Definer>>> {
        if ordinary || !self.wants(Look::Accounts) {
            return None;
        }
        Some(seen(definers(client, schemas).await))
    }

    /// Finds where what was posted lies, before and after the driver posts the same name again.
    async fn find_posted(
        &self,
        mut rows: Result<Rows<'_>, String>,
        driver: &Driver<'_>,
        round_trip: &mut RoundTrip,
    ) {
        let nonce = driver.nonce;
        let email = nonce.email();
        let mut values = vec![
            ("name", nonce.name.as_str()),
            ("number", nonce.number.as_str()),
            ("email", email.as_str()),
        ];
        values.extend(round_trip.hash.as_deref().map(|hash| ("hash", hash)));
        let wanted = self.wants(Look::Rows);
        if wanted {
            round_trip.rows = Some(seen(find(&mut rows, &values).await));
        }
        round_trip.again = driver.again().await;
        if wanted && round_trip.again.is_some() {
            let values = [
                ("name", nonce.name.as_str()),
                ("number", nonce.number_again.as_str()),
            ];
            round_trip.rows_again = Some(seen(find(&mut rows, &values).await));
        }
    }

    /// With `--disruptive`: restarts the database, and signs in again, as the restart ended the grader's session.
    async fn restart_database(
        &self,
        signed_in: &mut SignedIn,
        driver: &Driver<'_>,
        round_trip: &mut RoundTrip,
        database: &str,
    ) {
        if !self.disruptive || !self.wants.contains(&Want::RoundTrip(Step::Restart)) {
            return;
        }
        round_trip.restarted = Some(self.restart(driver).await);
        if let Ok(again) = self.enter(None).await {
            *signed_in = again;
            self.enter_database(&mut signed_in.client, database).await;
        }
    }
}

/// Looks for values, where the tables are known.
async fn find(
    rows: &mut Result<Rows<'_>, String>,
    values: &[(&str, &str)],
) -> Result<Vec<Row>, String> {
    let rows = rows.as_mut().map_err(|why| why.clone())?;
    rows.find(values).await
}
