//! The way to the database: connections, the wait for its first answer, and the two tables.
//!
//! What is stored and found again is in [`crate::manufacturer`].

use std::time::{Duration, Instant};

use sqlx::MySqlPool;
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};

use crate::config::Database;
use crate::log;

/// How long a request waits for a connection before its page says that the database does not answer.
const PATIENCE: Duration = Duration::from_secs(2);
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);

/// The database did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("the database did not answer within {} s", waited.as_secs())]
pub struct WaitError {
    waited: Duration,
    source: sqlx::Error,
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

/// Returns as soon as one sign-in has worked; gives up after `limit` with the last reason.
pub async fn wait(pool: &MySqlPool, limit: Duration) -> Result<(), WaitError> {
    let start = Instant::now();
    let options = pool.connect_options();
    let mut told = String::new();
    loop {
        // Not through the pool: its own patience hides the reason behind a time-out.
        let attempt = tokio::time::timeout(PATIENCE, sqlx::ConnectOptions::connect(&*options));
        let source = match attempt.await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => error,
            Err(_) => sqlx::Error::PoolTimedOut,
        };
        if start.elapsed() >= limit {
            return Err(WaitError {
                waited: limit,
                source,
            });
        }
        let reason = log::with_causes(&source);
        if reason != told {
            log::line(&format!("waiting for the database: {reason}"));
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
