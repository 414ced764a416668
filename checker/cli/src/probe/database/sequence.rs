//! The database's part of a grading: who the application is there, what that account may do, what was stored, and
//! taking it all out again. Each of these is a neighbour's business; here is only the order.

use futures_util::future::join;

use super::account::identity::Identity;
use super::account::inquiry::{Inquiry, seen};
use super::client::conversation::Client;
use super::client::sign_in::SignedIn;
use super::dialect::sign_in::SignIn as _;
use super::open::{Opened, database_in_use};
use super::rows::search::Rows;
use super::schema::accounts::{accounts, own_account};
use super::schema::foreign_keys::Key;
use super::schema::tables::{Tables, schemas};
use super::schema::types::Accounts;
use super::sign_ins::{Before, Others};
use super::undo_afresh::Posted;
use crate::probe::round_trip::driver::Driver;
use labcheck_core::check::{Look, Want};
use labcheck_core::facts::{Drive, Row, Seen, Sql, Step};

impl Inquiry<'_> {
    /// Asks everything that is wanted, and lets the driver take its second half on the way. Gives back the
    /// application's password too, if it became known, so that it can be hidden.
    pub(crate) async fn ask(
        &self,
        opened: &mut Opened,
        driver: Option<&Driver<'_>>,
        drive: &mut Drive,
        before: Before,
    ) -> (Sql, Option<String>) {
        let Opened {
            entered,
            watched,
            database,
        } = opened;
        let client = &mut entered.client;
        self.watch_until_seen(client, driver, watched).await;
        let used = database_in_use(watched);
        if let Some(used) = used.filter(|used| client.dialect.one_database() && used != database) {
            self.enter_database(client, &used).await;
            *database = used;
        }
        let likely = self.likely(watched);
        let accounts = self.accounts(client, entered.ordinary).await;
        let schemas = schemas(client).await;
        let none = Accounts::default();
        let known = accounts.as_ref().unwrap_or(&none);
        let credentials = &known.credentials;
        let sessions = watched
            .as_ref()
            .map(|watched| watched.facts(credentials, &self.sources))
            .map_err(Clone::clone);
        let identity = Identity::of(self, &sessions, credentials, &before.texts);
        let plan = self.attempt_plan(&schemas, entered.program, driver);
        let others = self.as_others(&identity, known, &plan, before);
        let snapshot = self.before(database);
        let looking = async {
            if driver.is_none() && !self.wants(Look::ForeignKeys) {
                return Ok(Tables::default());
            }
            let tables = Tables::list(client, &likely).await;
            if let Some(driver) = driver.filter(|_| drive.stored.is_some()) {
                let rows = tables.as_ref().map_err(Clone::clone).map(|tables| Rows {
                    client,
                    tables,
                    before: snapshot.as_deref(),
                });
                self.find_posted(rows, driver, drive).await;
            }
            tables
        };
        let (tables, others) = join(looking, others).await;
        if let Some(driver) = driver {
            self.restart_database(entered, driver, drive, database)
                .await;
            if driver.posted.get() {
                (drive.undone, drive.earlier) = match &tables {
                    Ok(tables) => {
                        let posted = Posted::of(drive, tables, self.before(database));
                        let undone = self.undo(entered, &posted).await;
                        (Some(undone), posted.earlier(&mut entered.client).await)
                    }
                    Err(why) => {
                        let why = format!("rows named `{}` may stay: {why}", drive.name);
                        (Some(Seen::Unseen(why)), Vec::new())
                    }
                };
            }
        }
        let Others {
            attempts,
            root,
            password_seen,
            password,
        } = others;
        let sql = Sql {
            container: self.server.looked.container.name.clone(),
            dialect: entered.client.dialect,
            version: entered.version.clone(),
            looked_as: entered.looked_as.clone(),
            ordinary: entered.ordinary,
            data: labcheck_core::text::cut(&labcheck_core::text::clean(&entered.data), 200),
            schemas,
            polls: watched.as_ref().map_or(0, |watched| watched.polls),
            sessions: self.wants(Look::Sessions).then(|| seen(sessions)),
            accounts: self
                .wants(Look::Accounts)
                .then(|| seen(accounts.map(|known| known.accounts))),
            foreign_keys: self
                .wants(Look::ForeignKeys)
                .then(|| seen(tables.map(|tables| Key::facts(&tables.keys)))),
            attempts,
            root,
            password_seen,
        };
        (sql, password)
    }

    async fn accounts(&self, client: &mut Client, ordinary: bool) -> Result<Accounts, String> {
        if !self.needs_account() && !self.wants(Look::Accounts) {
            Ok(Accounts::default())
        } else if ordinary {
            own_account(client).await
        } else {
            accounts(client).await
        }
    }

    /// Finds where what was posted lies; the driver posts again in between.
    async fn find_posted(
        &self,
        mut rows: Result<Rows<'_>, String>,
        driver: &Driver<'_>,
        drive: &mut Drive,
    ) {
        let nonce = driver.nonce;
        let email = nonce.email();
        let mut values = vec![
            ("name", nonce.name.as_str()),
            ("number", nonce.number.as_str()),
            ("email", email.as_str()),
        ];
        values.extend(drive.hash.as_deref().map(|hash| ("hash", hash)));
        let wanted = self.wants(Look::Rows);
        if wanted {
            drive.rows = Some(seen(find(&mut rows, &values).await));
        }
        drive.again = driver.again().await;
        if wanted && drive.again.is_some() {
            let values = [
                ("name", nonce.name.as_str()),
                ("number", nonce.number_again.as_str()),
            ];
            drive.rows_again = Some(seen(find(&mut rows, &values).await));
        }
    }

    /// With `--disruptive`: restarts the database, and signs in again, as the old session went with it.
    async fn restart_database(
        &self,
        entered: &mut SignedIn,
        driver: &Driver<'_>,
        drive: &mut Drive,
        database: &str,
    ) {
        if !self.disruptive || !self.wants.contains(&Want::Drive(Step::Restart)) {
            return;
        }
        drive.restarted = Some(self.restart(driver).await);
        if let Ok(again) = self.enter(None).await {
            *entered = again;
            self.enter_database(&mut entered.client, database).await;
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
