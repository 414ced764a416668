//! The database's part of a grading: who the application is there, what that account may do, what was stored, and
//! taking it all out again.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::{join, join3};
use tokio::time::Instant;

use super::drive::Driver;
use super::engine_wait::pending;
use super::looked::{Looked, Stack};
use super::redact::Secrets;
use super::sql::Client;
use super::sql_attempts::{Means, attempt};
use super::sql_login::{Candidate, Entered, Path, Server};
use super::sql_mariadb::{Column, Credential, account_for};
use super::sql_rows::Rows;
use super::sql_secrets::{self, Places};
use super::sql_watch::{Sources, Watched, watch};
use super::{sql_mariadb, sql_postgres};
use crate::check::{Look, Want};
use crate::facts::{
    Account, Attempt, Dialect, Drive, ForeignKey, Restarted, RootSignIn, Row, Seen, Session, Sql,
    Statement, Step,
};

/// What is known before the database is asked.
pub(super) struct Inquiry<'a> {
    pub server: Server<'a>,
    pub wants: &'a BTreeSet<Want>,
    pub stack: &'a Stack,
    pub apps: Vec<&'a Looked>,
    pub secrets: &'a Secrets,
    /// Passwords of the administrator, the likeliest first.
    pub keys: Vec<Candidate>,
    /// Secret files of the application and of the database.
    pub app_files: &'a [(String, String)],
    pub db_files: &'a [(String, String)],
    /// Where the application's password is looked for.
    pub places: Places<'a>,
    /// `--disruptive` was given.
    pub disruptive: bool,
}

/// What undoing needs to know.
#[derive(Debug, Clone, Default)]
struct Lie {
    columns: Vec<Column>,
    keys: Vec<ForeignKey>,
}

impl Inquiry<'_> {
    fn wants(&self, look: Look) -> bool {
        self.wants.contains(&Want::Sql(look))
    }

    fn statements(&self) -> Vec<Statement> {
        self.wants
            .iter()
            .filter_map(|want| {
                if let Want::Sql(Look::Attempt(statement)) = want {
                    Some(*statement)
                } else {
                    None
                }
            })
            .collect()
    }

    /// Whether somebody has to know the application's account.
    fn needs_account(&self) -> bool {
        !self.statements().is_empty()
            || [Look::Sessions, Look::RootSignIn, Look::PasswordSeen]
                .iter()
                .any(|look| self.wants(*look))
    }

    /// Signs in as the administrator.
    pub(super) async fn enter(&self) -> Result<Entered, String> {
        let mut entered = self.server.administrator(&self.keys, self.secrets).await?;
        prepare(&mut entered).await;
        Ok(entered)
    }

    /// Asks everything that is wanted, and lets the driver take its second half on the way.
    pub(super) async fn ask(
        &self,
        entered: &mut Entered,
        driver: Option<&Driver<'_>>,
        drive: &mut Drive,
    ) -> Sql {
        let dialect = entered.dialect;
        let mut sql = Sql {
            container: self.server.looked.container.name.clone(),
            dialect,
            version: entered.version.clone(),
            looked_as: entered.looked_as.clone(),
            schemas: Vec::new(),
            sessions: None,
            polls: 0,
            accounts: None,
            foreign_keys: None,
            attempts: None,
            root: None,
            password_seen: None,
        };
        let client = &mut entered.client;
        let mut watched = Ok(Watched::default());
        if self.needs_account() {
            watched = watch(
                client,
                dialect,
                &Sources::of(&self.apps, self.server.looked, self.stack),
                driver,
            )
            .await;
        }
        if dialect == Dialect::Postgres
            && let Ok(watched) = &watched
        {
            enter_database(client, watched, self.server.looked).await;
        }
        let people = if self.needs_account() || self.wants(Look::Accounts) {
            Some(accounts(client, dialect).await)
        } else {
            None
        };
        let schemas = if dialect == Dialect::Postgres {
            sql_postgres::schemas(client).await
        } else {
            sql_mariadb::schemas(client).await
        };
        sql.schemas = schemas.unwrap_or_default();
        let none = (Vec::new(), Vec::new());
        let (all, credentials) = people
            .as_ref()
            .and_then(|people| people.as_ref().ok())
            .unwrap_or(&none);
        let sessions = watched
            .as_ref()
            .map(|watched| sessions(watched, credentials));
        let asked = self.signed_in_as(&sessions, credentials);
        let (main, side) = join(
            self.rows(client, dialect, driver, drive),
            self.as_others(&asked, &sql, entered.user.as_str(), entered.program, driver),
        )
        .await;
        let lie = main;
        (sql.attempts, sql.root, sql.password_seen) = side;
        if self.wants(Look::Accounts) {
            sql.accounts = Some(match &people {
                Some(Ok(_)) => Seen::Seen(all.clone()),
                Some(Err(why)) => Seen::Unseen(why.clone()),
                None => Seen::Unseen("nobody asked".into()),
            });
        }
        if self.wants(Look::Sessions) {
            sql.polls = watched.as_ref().map_or(0, |watched| watched.polls);
            sql.sessions = Some(match sessions {
                Ok(sessions) => Seen::Seen(sessions),
                Err(why) => Seen::Unseen(why.clone()),
            });
        }
        if self.wants(Look::ForeignKeys) {
            sql.foreign_keys = Some(match &lie {
                Ok(lie) => Seen::Seen(lie.keys.clone()),
                Err(why) => Seen::Unseen(why.clone()),
            });
        }
        if let Some(driver) = driver {
            if self.disruptive && self.wants.contains(&Want::Drive(Step::Restart)) {
                drive.restarted = Some(self.restart(driver).await);
                if let Ok(again) = self.enter().await {
                    *entered = again;
                    if dialect == Dialect::Postgres
                        && let Ok(watched) = &watched
                    {
                        enter_database(&mut entered.client, watched, self.server.looked).await;
                    }
                }
            }
            if driver.posted.get() {
                drive.undone = Some(match lie {
                    Ok(lie) => undo(entered, &lie, drive).await,
                    Err(why) => {
                        Seen::Unseen(format!("rows named `{}` may stay: {why}", drive.name))
                    }
                });
            }
        }
        sql
    }

    /// Tables, keys, and where what was posted lies; the driver posts again in between.
    async fn rows(
        &self,
        client: &mut Client,
        dialect: Dialect,
        driver: Option<&Driver<'_>>,
        drive: &mut Drive,
    ) -> Result<Lie, String> {
        if driver.is_none() && !self.wants(Look::ForeignKeys) {
            return Ok(Lie::default());
        }
        let lie = lie(client, dialect).await;
        let Some(driver) = driver else { return lie };
        let columns = lie
            .as_ref()
            .map(|lie| lie.columns.clone())
            .unwrap_or_default();
        let mut rows = Rows {
            client,
            dialect,
            columns: &columns,
        };
        let stored = drive.stored.is_some() && self.wants(Look::Rows);
        if stored {
            let mut values = vec![
                ("name", driver.nonce.name.as_str()),
                ("number", driver.nonce.number.as_str()),
            ];
            values.extend(drive.hash.as_deref().map(|hash| ("hash", hash)));
            drive.rows = Some(seen(match &lie {
                Ok(_) => rows.find(&values).await,
                Err(why) => Err(why.clone()),
            }));
        }
        drive.again = if drive.stored.is_some() {
            driver.again().await
        } else {
            None
        };
        if drive.again.is_some() && stored {
            drive.rows_again = Some(seen(match &lie {
                Ok(_) => {
                    rows.find(&[
                        ("name", &driver.nonce.name),
                        ("number", &driver.nonce.number_again),
                    ])
                    .await
                }
                Err(why) => Err(why.clone()),
            }));
        }
        lie
    }

    /// The account to sign in as, with the password that is known to fit or those that may.
    fn signed_in_as(
        &self,
        sessions: &Result<Vec<Session>, &String>,
        credentials: &[Credential],
    ) -> Result<Identity, String> {
        let sessions = sessions.as_ref().map_err(|why| (*why).clone())?;
        let session = sessions
            .first()
            .ok_or("no session of the application was seen, so its account is not known")?;
        let label = |credential: &Credential| {
            if credential.host.is_empty() {
                credential.user.clone()
            } else {
                format!("{}@{}", credential.user, credential.host)
            }
        };
        let credential = credentials
            .iter()
            .find(|credential| label(credential) == session.account)
            .cloned()
            .unwrap_or_else(|| Credential {
                user: session.user.clone(),
                host: "%".into(),
                ..Credential::default()
            });
        let candidates = sql_secrets::candidates(
            &session.user,
            &self.apps,
            self.server.looked,
            self.app_files,
            self.db_files,
        );
        let sure: Vec<Candidate> = candidates
            .iter()
            .filter(|candidate| sql_secrets::fits(&credential, &candidate.value) == Some(true))
            .cloned()
            .collect();
        let passwords = match sure.is_empty() {
            false => sure,
            true => match sql_secrets::in_sources(&credential, self.places.sources) {
                Some(found) => vec![found],
                None => candidates
                    .into_iter()
                    .filter(|candidate| sql_secrets::fits(&credential, &candidate.value).is_none())
                    .collect(),
            },
        };
        Ok(Identity {
            account: session.account.clone(),
            schema: session.schema.clone(),
            credential,
            passwords,
        })
    }

    /// Everything that needs signing in as somebody else than the administrator, side by side.
    async fn as_others(
        &self,
        asked: &Result<Identity, String>,
        sql: &Sql,
        administrator: &str,
        program: &'static str,
        driver: Option<&Driver<'_>>,
    ) -> Others {
        let statements = self.statements();
        let wants_password = !statements.is_empty()
            || self.wants(Look::PasswordSeen)
            || self.wants(Look::RootSignIn);
        if !wants_password {
            return (None, None, None);
        }
        let guess = asked
            .as_ref()
            .ok()
            .and_then(|identity| identity.passwords.first())
            .map(|candidate| candidate.value.clone());
        let fresh = driver.map_or_else(
            || "labcheck-absent".to_owned(),
            |driver| driver.nonce.missing.clone(),
        );
        let root = |password: Option<String>| async move {
            match password.filter(|_| self.wants(Look::RootSignIn)) {
                Some(password) => Some(self.lets_in(administrator, program, &password).await),
                None => None,
            }
        };
        let (attempts, empty, as_app) = join3(
            self.attempts(asked, &statements, sql, program, &fresh),
            root(Some(String::new())),
            root(guess.clone()),
        )
        .await;
        let known: Result<String, String> = attempts
            .as_ref()
            .map(|(password, _)| password.clone())
            .map_err(Clone::clone);
        let root = self.wants(Look::RootSignIn).then(|| {
            match empty.unwrap_or(Err("not tried".into())) {
                Err(why) => Seen::Unseen(why),
                Ok(empty) => {
                    let as_app = match (&known, as_app) {
                        // The first guess was the password after all, in nearly every stack.
                        (Ok(known), Some(tried)) if Some(known) == guess.as_ref() => seen(tried),
                        (Err(why), _) => Seen::Unseen(why.clone()),
                        _ => Seen::Unseen(
                            "the application's password was found too late to be tried as root's"
                                .into(),
                        ),
                    };
                    Seen::Seen(RootSignIn {
                        empty,
                        as_app: Some(as_app),
                    })
                }
            }
        });
        let password_seen = self.wants(Look::PasswordSeen).then(|| match &known {
            Ok(password) => Seen::Seen(sql_secrets::seen_at(password, &self.places, self.secrets)),
            Err(why) => Seen::Unseen(why.clone()),
        });
        let attempts =
            (!statements.is_empty()).then(|| seen(attempts.map(|(_, attempts)| attempts)));
        (attempts, root, password_seen)
    }

    /// Signs in as the application's account and attempts the statements. Also how the password is proved right.
    async fn attempts(
        &self,
        asked: &Result<Identity, String>,
        statements: &[Statement],
        sql: &Sql,
        program: &'static str,
        fresh: &str,
    ) -> Result<(String, Vec<Attempt>), String> {
        const MOST_TRIES: usize = 6;
        let identity = asked.as_ref().map_err(Clone::clone)?;
        let Identity {
            credential,
            account,
            ..
        } = identity;
        let database = identity.schema.clone().unwrap_or_default();
        let own = self
            .server
            .looked
            .container
            .networks
            .iter()
            .map(|end| end.ip.as_str())
            .find(|ip| !ip.is_empty());
        // PostgreSQL's image trusts loopback; MariaDB may have an account of the same name there. The network is how
        // the application comes in.
        let loopback = (!self.server.postgres).then_some("127.0.0.1");
        let home = matches!(credential.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        let paths: Vec<&str> = if home {
            vec!["127.0.0.1"]
        } else {
            own.into_iter().chain(loopback).collect()
        };
        let mut why = format!(
            "the password of `{account}` is in no variable or secret file of the application or the database"
        );
        for password in identity.passwords.iter().take(MOST_TRIES) {
            for path in &paths {
                let mut client = self
                    .server
                    .start(
                        program,
                        &credential.user,
                        &password.value,
                        Path::Tcp(path),
                        &database,
                    )
                    .await?;
                match self
                    .try_statements(&mut client, identity, statements, sql, fresh)
                    .await
                {
                    Ok(Some(attempts)) => return Ok((password.value.clone(), attempts)),
                    Ok(None) => {
                        why = format!(
                            "from inside its own container the database takes the user for another account than `{account}`"
                        )
                    }
                    Err(said) => {
                        why = format!(
                            "no sign-in as `{account}` from inside the database's container: {}",
                            self.secrets.show(&said, 160)
                        )
                    }
                }
            }
        }
        Err(why)
    }

    /// `None` when the server took the user for another account than the application's.
    async fn try_statements(
        &self,
        client: &mut Client,
        identity: &Identity,
        statements: &[Statement],
        sql: &Sql,
        fresh: &str,
    ) -> Result<Option<Vec<Attempt>>, String> {
        let dialect = sql.dialect;
        let me = if dialect == Dialect::Postgres {
            "SELECT current_user"
        } else {
            "SELECT CURRENT_USER() FROM information_schema.ENGINES LIMIT 1"
        };
        let me = client
            .rows(me)
            .await?
            .into_iter()
            .flatten()
            .next()
            .unwrap_or_default();
        if me != identity.account {
            return Ok(None);
        }
        let schema = match dialect {
            Dialect::Postgres => sql
                .schemas
                .first()
                .cloned()
                .unwrap_or_else(|| "public".into()),
            _ => identity
                .schema
                .clone()
                .or_else(|| sql.schemas.first().cloned())
                .unwrap_or_else(|| "test".into()),
        };
        let table = match dialect {
            Dialect::Postgres => client.rows("SELECT schemaname || E'\\t' || tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1 LIMIT 1").await.ok(),
            _ => None,
        };
        let table = table.and_then(|rows| rows.into_iter().flatten().next());
        let (schema, table) = match table.as_deref().and_then(|found| found.split_once('\t')) {
            Some((schema, table)) => (schema.to_owned(), Some(table.to_owned())),
            None => (schema, None),
        };
        let means = Means {
            dialect,
            account: identity.account.clone(),
            user: identity.credential.user.clone(),
            host: identity.credential.host.clone(),
            schema,
            table,
            fresh: fresh.to_owned(),
        };
        let mut attempts = Vec::new();
        for statement in statements {
            attempts.push(attempt(client, *statement, &means, self.secrets).await?);
        }
        Ok(Some(attempts))
    }

    /// Whether the administrator gets in with a password, over the network path of the database's own container.
    async fn lets_in(
        &self,
        administrator: &str,
        program: &'static str,
        password: &str,
    ) -> Result<bool, String> {
        let own = self
            .server
            .looked
            .container
            .networks
            .iter()
            .map(|end| end.ip.as_str())
            .find(|ip| !ip.is_empty());
        let path = if self.server.postgres {
            own.ok_or("the database has no address to sign in at")?
        } else {
            "127.0.0.1"
        };
        let mut client = self
            .server
            .start(
                program,
                administrator,
                password,
                Path::Tcp(path),
                "postgres",
            )
            .await?;
        let me = if self.server.postgres {
            "SELECT current_user"
        } else {
            "SELECT CURRENT_USER() FROM information_schema.ENGINES LIMIT 1"
        };
        match client.rows(me).await {
            Ok(_) => Ok(true),
            Err(said) => {
                let lower = said.to_ascii_lowercase();
                let turned_down = [
                    "1045",
                    "1698",
                    "access denied",
                    "authentication failed",
                    "no password supplied",
                    "not allowed",
                    "no pg_hba.conf entry",
                ]
                .iter()
                .any(|word| lower.contains(word));
                if turned_down {
                    Ok(false)
                } else {
                    Err(format!(
                        "root's sign-in could not be tried: {}",
                        self.secrets.show(&said, 160)
                    ))
                }
            }
        }
    }

    /// Restarts the database and waits until the application answers with what was stored.
    async fn restart(&self, driver: &Driver<'_>) -> Seen<Restarted> {
        const PATIENCE: Duration = Duration::from_secs(30);
        let engine = self.server.engine;
        let began = Instant::now();
        if let Err(why) = engine.restart(&self.server.looked.container.id).await {
            return Seen::Unseen(format!("the database could not be restarted: {why}"));
        }
        let mut result = Restarted::default();
        while began.elapsed() < PATIENCE + PATIENCE {
            let found = engine
                .inspect(&self.server.looked.container.id)
                .await
                .ok()
                .flatten();
            let ready = found.is_some_and(|found| {
                found.container.state.status == crate::facts::Status::Running
                    && pending(&found, None).is_none()
            });
            if ready
                && self
                    .server
                    .administrator(&self.keys, self.secrets)
                    .await
                    .is_ok()
            {
                result.database_ready_ms = Some(millis(began));
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let ready = Instant::now();
        while result.database_ready_ms.is_some() && ready.elapsed() < PATIENCE {
            match driver.still_there().await {
                Ok(()) => {
                    result.app_back_ms = Some(millis(ready));
                    result.last = "it answered with what was stored".into();
                    break;
                }
                Err(last) => result.last = last,
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        for app in &self.apps {
            let now = engine.inspect(&app.container.id).await.ok().flatten();
            result.app_restarted |= now.is_none_or(|now| {
                now.started_at != app.started_at
                    || now.container.state.status != app.container.state.status
            });
        }
        Seen::Seen(result)
    }
}

type Others = (
    Option<Seen<Vec<Attempt>>>,
    Option<Seen<RootSignIn>>,
    Option<Seen<Vec<String>>>,
);

/// The application's account, and what may be its password.
struct Identity {
    account: String,
    schema: Option<String>,
    credential: Credential,
    passwords: Vec<Candidate>,
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn seen<T>(result: Result<T, String>) -> Seen<T> {
    match result {
        Ok(value) => Seen::Seen(value),
        Err(why) => Seen::Unseen(why),
    }
}

/// Deadlines of the server's own, so that no look hangs on somebody's lock. A server that does not know one says so
/// and goes on.
async fn prepare(entered: &mut Entered) {
    let settings: &[&str] = match entered.dialect {
        Dialect::Postgres => &["SET statement_timeout = '5s'", "SET lock_timeout = '3s'"],
        Dialect::Mariadb => &[
            "SET SESSION max_statement_time = 5, SESSION lock_wait_timeout = 3, SESSION innodb_lock_wait_timeout = 3",
        ],
        Dialect::Mysql => &[
            "SET SESSION max_execution_time = 5000, SESSION lock_wait_timeout = 3, SESSION innodb_lock_wait_timeout = 3",
        ],
    };
    for setting in settings {
        let _ = entered.client.ask(setting).await;
    }
}

async fn accounts(
    client: &mut Client,
    dialect: Dialect,
) -> Result<(Vec<Account>, Vec<Credential>), String> {
    if dialect == Dialect::Postgres {
        sql_postgres::accounts(client).await
    } else {
        sql_mariadb::accounts(client).await
    }
}

async fn lie(client: &mut Client, dialect: Dialect) -> Result<Lie, String> {
    if dialect == Dialect::Postgres {
        return Ok(Lie {
            columns: sql_postgres::columns(client).await?,
            keys: sql_postgres::foreign_keys(client).await?,
        });
    }
    Ok(Lie {
        columns: sql_mariadb::columns(client).await?,
        keys: sql_mariadb::foreign_keys(client).await?,
    })
}

/// PostgreSQL shows tables of one database at a time: that of the application's sessions, or the likeliest.
async fn enter_database(client: &mut Client, watched: &Watched, looked: &Looked) {
    let named = watched
        .sessions
        .first()
        .map(|(open, _)| open.schema.clone())
        .or_else(|| looked.var("POSTGRES_DB").map(str::to_owned));
    let database = match named {
        Some(database) => Some(database),
        None => sql_postgres::databases(client)
            .await
            .unwrap_or_default()
            .into_iter()
            .next(),
    };
    if let Some(database) = database.filter(|database| !database.is_empty()) {
        // A refusal shows in the next question.
        let _ = client
            .ask(&format!(
                "\\connect \"{}\"",
                database.replace(['"', '\\'], "")
            ))
            .await;
        let _ = client.ask("SET statement_timeout = '5s'").await;
        let _ = client.ask("SET lock_timeout = '3s'").await;
    }
}

fn sessions(watched: &Watched, credentials: &[Credential]) -> Vec<Session> {
    let session = |(open, from): &(sql_mariadb::Open, String)| {
        let account = account_for(credentials, &open.user, &open.from).map_or_else(
            || open.user.clone(),
            |found| {
                if found.host.is_empty() {
                    found.user.clone()
                } else {
                    format!("{}@{}", found.user, found.host)
                }
            },
        );
        Session {
            user: open.user.clone(),
            account,
            schema: Some(open.schema.clone()).filter(|schema| !schema.is_empty()),
            from: from.clone(),
        }
    };
    watched
        .sessions
        .iter()
        .map(session)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

async fn undo(entered: &mut Entered, lie: &Lie, drive: &Drive) -> Seen<u64> {
    let held: Option<&Row> = drive.rows.as_ref().and_then(Seen::get).and_then(|rows| {
        let named = |row: &&Row| {
            rows.iter().any(|other| {
                other.value == "name"
                    && other.spot.table == row.spot.table
                    && other.spot.schema == row.spot.schema
            })
        };
        rows.iter().filter(|row| row.value == "hash").find(named)
    });
    let mut rows = Rows {
        client: &mut entered.client,
        dialect: entered.dialect,
        columns: &lie.columns,
    };
    rows.undo(&lie.keys, &drive.name, held, drive.hash.as_deref())
        .await
}

/// Undoes with a sign-in of its own, for when the round trip was broken off: everything that holds the fresh word.
pub(super) async fn undo_afresh(inquiry: &Inquiry<'_>, nonce: &str) -> Seen<u64> {
    let work = async {
        let mut entered = inquiry.enter().await?;
        if entered.dialect == Dialect::Postgres {
            enter_database(
                &mut entered.client,
                &Watched::default(),
                inquiry.server.looked,
            )
            .await;
        }
        let lie = lie(&mut entered.client, entered.dialect).await?;
        let drive = Drive {
            name: nonce.to_owned(),
            ..Drive::default()
        };
        Ok(undo(&mut entered, &lie, &drive).await)
    };
    match tokio::time::timeout(Duration::from_secs(10), work).await {
        Ok(Ok(done)) => done,
        Ok(Err(why)) => Seen::Unseen(why),
        Err(_) => Seen::Unseen("the database did not answer in time".into()),
    }
}

/// Source texts are read only where a check wants them.
pub(super) fn wants_sources(wants: &BTreeSet<Want>) -> bool {
    wants.iter().any(|want| {
        matches!(
            want,
            Want::Sql(Look::PasswordSeen | Look::Attempt(_) | Look::RootSignIn)
        )
    })
}
