//! The way to the database: connections, the wait for its first answer, and the two tables.
//!
//! What is stored and found again is in [`crate::manufacturer`].

use std::time::{Duration, Instant};

use sqlx::MySqlPool;
use sqlx::mysql::{MySqlConnectOptions, MySqlDatabaseError, MySqlPoolOptions};

use crate::config::Database;
use crate::log;

/// How long a request waits for a connection before its page says that the database does not answer.
const PATIENCE: Duration = Duration::from_secs(2);
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);
/// How long a sign-in may stay refused: the script that makes the user may still run.
const REFUSED_FOR: Duration = Duration::from_secs(5);

/// Why waiting for the database was of no use.
#[derive(Debug, thiserror::Error)]
pub enum WaitError {
    /// It did not answer in time.
    #[error("the database did not answer within {} s", waited.as_secs())]
    Silent {
        /// How long was waited.
        waited: Duration,
        /// What the last attempt ended with.
        source: sqlx::Error,
    },
    /// It answers, but lets this user in neither at once nor a little later.
    #[error("the database refuses the user `{user}`")]
    Refused {
        /// The user's name.
        user: String,
        /// What the last attempt ended with.
        source: sqlx::Error,
    },
}

/// What the driver needs to sign in.
pub fn options(database: &Database) -> MySqlConnectOptions {
    MySqlConnectOptions::new()
        .host(&database.host)
        .port(database.port)
        .database(&database.name)
        .username(&database.user)
        .password(database.password.expose())
}

/// A pool that opens connections when they are needed, and replaces those that a restart of the database broke.
pub fn pool(options: MySqlConnectOptions) -> MySqlPool {
    MySqlPoolOptions::new()
        .min_connections(1)
        .max_connections(8)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options)
}

/// The number of an error of the server (MariaDB: "Error Code Reference").
fn number(error: &sqlx::Error) -> Option<u16> {
    let error = error.as_database_error()?;
    Some(error.try_downcast_ref::<MySqlDatabaseError>()?.number())
}

/// Whether the server refused a statement because a right is missing: of a schema, a table, a column, a routine, or of
/// the whole server. Its words name the right.
pub fn is_denied(error: &sqlx::Error) -> bool {
    matches!(number(error), Some(1044 | 1142 | 1143 | 1227 | 1370))
}

/// Whether the server answered and does not let the user in: unknown, or with another password (1045, 1698), from this
/// host (1130), or to this schema (1044). Waiting heals none of these, unless a script is just making the user.
fn is_refused(error: &sqlx::Error) -> bool {
    matches!(number(error), Some(1044 | 1045 | 1130 | 1698))
}

/// Returns as soon as one sign-in has worked; gives up after `limit` with the last reason, and sooner where the user
/// stays refused.
pub async fn wait(pool: &MySqlPool, limit: Duration) -> Result<(), WaitError> {
    let start = Instant::now();
    let options = pool.connect_options();
    let mut told = String::new();
    let mut refused: Option<Instant> = None;
    loop {
        // Not through the pool: its own patience hides the reason behind a time-out.
        let attempt = tokio::time::timeout(PATIENCE, sqlx::ConnectOptions::connect(&*options));
        let source = match attempt.await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => error,
            Err(_) => sqlx::Error::PoolTimedOut,
        };
        let over = start.elapsed() >= limit;
        refused = refused
            .or(Some(Instant::now()))
            .filter(|_| is_refused(&source));
        let user = options.get_username();
        match refused {
            Some(since) if over || since.elapsed() >= REFUSED_FOR => {
                let user = user.to_owned();
                return Err(WaitError::Refused { user, source });
            }
            None if over => {
                return Err(WaitError::Silent {
                    waited: limit,
                    source,
                });
            }
            _ => {}
        }
        let reason = log::with_causes(&source);
        if reason != told {
            log::line(&match refused {
                Some(_) => format!("the database refuses the user `{user}`, so far: {reason}"),
                None => format!("waiting for the database: {reason}"),
            });
            told = reason;
        }
        tokio::time::sleep(BETWEEN_ATTEMPTS).await;
    }
}

/// Creates the two tables where they do not exist yet. The rights CREATE and REFERENCES are enough for it.
pub async fn create_tables(pool: &MySqlPool) -> Result<(), sqlx::Error> {
    sqlx::query(include_str!("../sql/manufacturers.sql"))
        .execute(pool)
        .await?;
    sqlx::query(include_str!("../sql/qrcode.sql"))
        .execute(pool)
        .await?;
    Ok(())
}
