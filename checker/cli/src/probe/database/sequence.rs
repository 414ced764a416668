//! The database's part of a grading: who the application is there, what that account may do, what was stored, and
//! taking it all out again. Each of these is a neighbour's business; here is only the order.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use futures_util::future::join;

use super::account::identity::{Guess, Identity, Others};
use super::account::session_sources::Sources;
use super::account::sessions::Watched;
use super::client::conversation::Client;
use super::client::server::{Candidate, Server};
use super::client::sign_in::Entered;
use super::enter;
use super::open::{Opened, database_in_use};
use super::rows::tables::{Tables, find, schemas, tables};
use super::schema::foreign_keys::Key;
use super::schema::host_part::account_for;
use super::schema::snapshot::Snapshot;
use super::schema::types::{Credential, Open, People};
use super::schema::{mariadb, postgres, show_grants};
use crate::probe::database::account::texts::Texts;
use crate::probe::round_trip::driver::Driver;
use crate::probe::stack::context::Parts;
use crate::probe::stack::settle::Processes;
use labcheck_core::check::{Look, Want};
use labcheck_core::facts::{Dialect, Drive, Role, Seen, Session, Sql, Statement, Status, Step};
use labcheck_core::grade;
use labcheck_core::redact::known::Secrets;
use labcheck_engine::model::inspected::{Looked, Stack};

/// What is known before the database is asked.
pub(crate) struct Inquiry<'a> {
    pub server: Server<'a>,
    pub stack: &'a Stack,
    pub apps: Vec<&'a Looked>,
    pub secrets: &'a Secrets,
    /// Passwords of the administrator, the likeliest first.
    pub keys: Vec<Candidate>,
    /// Secret files of the application and of the database.
    pub app_files: &'a [(String, String)],
    pub db_files: &'a [(String, String)],
    /// Names that a password may happen to equal.
    pub names: &'a BTreeSet<String>,
    pub processes: &'a Processes,
    pub wants: &'a BTreeSet<Want>,
    disruptive: bool,
    pub sources: Sources,
    /// What lay in the database before anything was posted.
    pub before: RefCell<Option<Rc<Snapshot>>>,
}

/// What was read while the database's client was starting.
#[derive(Default)]
pub(crate) struct Before {
    pub texts: Texts,
    /// A client that was started as the application's account seemed to be.
    pub guess: Option<Guess>,
}

impl<'a> Inquiry<'a> {
    /// Finds the database's container and what may open it.
    ///
    /// # Errors
    /// Why there is nothing to ask, as a sentence fragment.
    pub(crate) fn plan(parts: &Parts<'a>) -> Result<Self, String> {
        let looked = parts
            .playing(Role::Db)
            .into_iter()
            .next()
            .ok_or("no container of this stack could be taken for the database")?;
        let state = &looked.container.state;
        if state.status != Status::Running {
            return Err(format!(
                "the database `{}` is {}",
                looked.container.known_as(),
                state.status.word()
            ));
        }
        let processes = parts
            .processes
            .get(&looked.container.name)
            .and_then(Seen::get);
        let runs = |names: &[&str]| {
            processes
                .into_iter()
                .flatten()
                .any(|process| names.contains(&process.program()))
        };
        let by_image = || {
            looked
                .container
                .image
                .to_ascii_lowercase()
                .contains("postgres")
        };
        let postgres =
            runs(&["postgres", "postmaster"]) || (!runs(&["mariadbd", "mysqld"]) && by_image());
        let server = Server {
            engine: parts.engine,
            looked,
            postgres,
        };
        let ground = parts.ground;
        // Whoever is neither the database nor a page to manage it with works for the application.
        let clients = parts.stack.containers.iter().filter(|other| {
            let plays = |role| {
                parts
                    .playing(role)
                    .iter()
                    .any(|looked| looked.container.name == other.container.name)
            };
            // A second page to manage it with is none of the application either, whoever it signs in as.
            let manages = parts.plan.roles.get(&Role::Admin);
            let manages = manages.is_some_and(|signs| grade::made_for(&other.container, signs));
            !plays(Role::Db) && !plays(Role::Admin) && (plays(Role::App) || !manages)
        });
        let clients: Vec<&Looked> = clients.collect();
        Ok(Self {
            sources: Sources::of(&clients, looked, parts.stack),
            before: RefCell::default(),
            server,
            stack: parts.stack,
            apps: parts.playing(Role::App),
            secrets: parts.secrets,
            keys: enter::keys(&server, &parts.playing(Role::App), ground),
            app_files: &ground.app_files,
            db_files: &ground.db_files,
            names: &ground.names,
            processes: parts.processes,
            wants: &parts.plan.wants,
            disruptive: parts.plan.target.disruptive,
        })
    }

    pub(crate) fn wants(&self, look: Look) -> bool {
        self.wants.contains(&Want::Sql(look))
    }

    /// The statements to attempt.
    pub(crate) fn statements(&self) -> Vec<Statement> {
        let statement = |want: &Want| match want {
            Want::Sql(Look::Attempt(statement)) => Some(*statement),
            _ => None,
        };
        self.wants.iter().filter_map(statement).collect()
    }

    /// Whether somebody has to know the application's account.
    pub(crate) fn needs_account(&self) -> bool {
        self.signs_in() || self.wants(Look::Sessions)
    }

    /// Whether a check wants somebody to sign in as the application.
    pub(crate) fn signs_in(&self) -> bool {
        let looks = [Look::PasswordSeen, Look::RootSignIn];
        !self.statements().is_empty() || looks.iter().any(|look| self.wants(*look))
    }

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
        let dialect = entered.dialect;
        let client = &mut entered.client;
        self.watch(client, dialect, driver, watched).await;
        let used = database_in_use(watched);
        if let Some(used) = used.filter(|used| dialect == Dialect::Postgres && used != database) {
            self.enter_database(client, dialect, &used).await;
            *database = used;
        }
        let likely = self.likely(watched);
        let people = self.people(client, dialect, entered.ordinary).await;
        let schemas = schemas(client, dialect).await;
        let none = People::default();
        let known = people.as_ref().unwrap_or(&none);
        let credentials = &known.1;
        let sessions = watched
            .as_ref()
            .map(|watched| sessions(watched, credentials, &self.sources))
            .map_err(Clone::clone);
        let identity = Identity::of(self, &sessions, credentials, &before.texts);
        let trial = self.trial(dialect, &schemas, entered.program, driver);
        let others = self.as_others(&identity, known, &trial, before);
        let (tables, others) = join(
            self.rows(client, dialect, driver, drive, &likely, database),
            others,
        )
        .await;
        if let Some(driver) = driver {
            self.disturb(entered, driver, drive, database).await;
            if driver.posted.get() {
                drive.undone = Some(match &tables {
                    Ok(tables) => self.undo(entered, tables, drive, database).await,
                    Err(why) => {
                        Seen::Unseen(format!("rows named `{}` may stay: {why}", drive.name))
                    }
                });
                if let Ok(tables) = &tables {
                    drive.earlier = self.earlier(entered, tables, drive, database).await;
                }
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
            dialect,
            version: entered.version.clone(),
            looked_as: entered.looked_as.clone(),
            ordinary: entered.ordinary,
            data: labcheck_core::text::cut(&labcheck_core::text::clean(&entered.data), 200),
            schemas,
            polls: watched.as_ref().map_or(0, |watched| watched.polls),
            sessions: self.wants(Look::Sessions).then(|| seen(sessions)),
            accounts: self
                .wants(Look::Accounts)
                .then(|| seen(people.map(|(accounts, _)| accounts))),
            foreign_keys: self
                .wants(Look::ForeignKeys)
                .then(|| seen(tables.map(|tables| Key::facts(&tables.keys)))),
            attempts,
            root,
            password_seen,
        };
        (sql, password)
    }

    async fn people(
        &self,
        client: &mut Client,
        dialect: Dialect,
        ordinary: bool,
    ) -> Result<People, String> {
        match dialect {
            _ if !self.needs_account() && !self.wants(Look::Accounts) => Ok(People::default()),
            _ if ordinary => show_grants::itself(client).await,
            Dialect::Postgres => postgres::accounts(client).await,
            Dialect::Mariadb | Dialect::Mysql => mariadb::accounts(client).await,
        }
    }

    /// Tables, keys, and where what was posted lies; the driver posts again in between.
    async fn rows(
        &self,
        client: &mut Client,
        dialect: Dialect,
        driver: Option<&Driver<'_>>,
        drive: &mut Drive,
        likely: &[String],
        database: &str,
    ) -> Result<Tables, String> {
        if driver.is_none() && !self.wants(Look::ForeignKeys) {
            return Ok(Tables::default());
        }
        let tables = tables(client, dialect, likely).await;
        let before = self.before(database);
        let before = before.as_deref();
        let Some(driver) = driver.filter(|_| drive.stored.is_some()) else {
            return tables;
        };
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
            drive.rows = Some(seen(find(client, dialect, &tables, before, &values).await));
        }
        drive.again = driver.again().await;
        if wanted && drive.again.is_some() {
            let values = [
                ("name", nonce.name.as_str()),
                ("number", nonce.number_again.as_str()),
            ];
            drive.rows_again = Some(seen(find(client, dialect, &tables, before, &values).await));
        }
        tables
    }

    /// With `--disruptive`: restarts the database, and signs in again, as the old session went with it.
    async fn disturb(
        &self,
        entered: &mut Entered,
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
            self.enter_database(&mut entered.client, entered.dialect, database)
                .await;
        }
    }
}

/// A result as a fact.
pub(crate) fn seen<T>(result: Result<T, String>) -> Seen<T> {
    match result {
        Ok(value) => Seen::Seen(value),
        Err(why) => Seen::Unseen(why),
    }
}

fn sessions(watched: &Watched, credentials: &[Credential], sources: &Sources) -> Vec<Session> {
    let session = |(open, from): &(Open, String)| {
        let account = account_for(credentials, &open.user, &open.from).map(Credential::label);
        Session {
            user: open.user.clone(),
            account: account.unwrap_or_else(|| open.user.clone()),
            schema: Some(open.schema.clone()).filter(|schema| !schema.is_empty()),
            from: from.clone(),
            by_host: sources.by_host(&open.from),
        }
    };
    let all: BTreeSet<Session> = watched.sessions.iter().map(session).collect();
    all.into_iter().collect()
}
