//! A session that the grader opens itself, in the protocol of MySQL, which MariaDB speaks too.
//!
//! Everything is asked as text, so that a cell is what a client program would print.

use std::path::Path;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::mysql::{
    MySqlConnectOptions, MySqlConnection, MySqlDatabaseError, MySqlRow, MySqlSslMode,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Decode, MySql, Row as _, ValueRef as _};

use super::reply::{MOST_ROWS, Reply, Row, SqlError};
use super::socket::OwnSocket;
use labcheck_core::text;

/// Longest wait until a session is open.
const SIGN_IN: Duration = Duration::from_secs(5);
/// Longest row kept.
const MOST_ROW: usize = 256 * 1024;

/// A session of the grader's own.
pub(crate) struct Session {
    connection: MySqlConnection,
    /// A statement got no answer in time, though the server ends each of its own accord: the next ones would wait for nothing.
    silent: bool,
    /// What carries it; with it the session ends.
    _socket: OwnSocket,
}

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoSession {
    /// The server's refusal, as its client program words it.
    Refused(String),
    /// It cannot be told whether the server lets the user in: it was not reached, or wants to know the user by a way that
    /// the grader does not speak.
    Undecided(String),
}

impl Session {
    /// Signs in by a socket.
    ///
    /// # Errors
    /// Why not.
    pub(super) async fn open(
        socket: OwnSocket,
        user: &str,
        password: &str,
    ) -> Result<Self, (NoSession, OwnSocket)> {
        let options = options(socket.path(), user, password);
        let opened = tokio::time::timeout(SIGN_IN, options.connect()).await;
        let why = match opened {
            Ok(Ok(connection)) => {
                return Ok(Self {
                    connection,
                    silent: false,
                    _socket: socket,
                });
            }
            Ok(Err(err)) => no_session(&err),
            Err(_) => NoSession::Undecided(format!(
                "the database did not let a session begin within {} s",
                SIGN_IN.as_secs()
            )),
        };
        Err((why, socket))
    }

    /// Sends one statement, and reads the answer.
    ///
    /// # Errors
    /// The connection broke, or there was no answer in time, to this statement or to an earlier one.
    pub(super) async fn execute_within(
        &mut self,
        statement: &str,
        deadline: Duration,
    ) -> Result<Reply, String> {
        let late = || {
            format!(
                "the database did not answer within {} s",
                deadline.as_secs()
            )
        };
        if self.silent {
            return Err(late());
        }
        let statement = AssertSqlSafe(statement.to_owned());
        let mut reply = Reply::default();
        let answer = async {
            let mut rows = sqlx::raw_sql(statement).fetch(&mut self.connection);
            let mut kept = 0;
            loop {
                match rows.try_next().await {
                    Ok(Some(row)) => keep(&mut reply, &mut kept, &row),
                    Ok(None) => return Ok(()),
                    Err(err) => match server_error(&err) {
                        Some(error) => {
                            reply.error = Some(error);
                            return Ok(());
                        }
                        None => return Err(broke(&err)),
                    },
                }
            }
        };
        let answered = tokio::time::timeout(deadline, answer).await;
        self.silent = answered.is_err();
        answered.map_err(|_| late())??;
        Ok(reply)
    }
}

/// As a client program connects: nothing but the character set is changed.
fn options(socket: &Path, user: &str, password: &str) -> MySqlConnectOptions {
    let options = MySqlConnectOptions::new()
        .socket(socket)
        .username(user)
        .ssl_mode(MySqlSslMode::Disabled)
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .timezone(None)
        .statement_cache_capacity(0)
        .disable_statement_logging();
    if password.is_empty() {
        options
    } else {
        options.password(password)
    }
}

fn keep(reply: &mut Reply, kept: &mut usize, row: &MySqlRow) {
    let mut bytes = 0;
    let mut cells = Row::with_capacity(row.len());
    for at in 0..row.len() {
        let cell = row.try_get_raw(at).ok().filter(|cell| !cell.is_null());
        let cell = cell.and_then(|cell| <&[u8] as Decode<MySql>>::decode(cell).ok());
        let cell = cell.unwrap_or_default();
        bytes += cell.len() + 1;
        if bytes > MOST_ROW || *kept + bytes > MOST_ROWS {
            return;
        }
        cells.push(String::from_utf8_lossy(cell).into_owned());
    }
    *kept += bytes;
    reply.rows.push(cells);
}

/// The server's refusal of a statement.
fn server_error(err: &sqlx::Error) -> Option<SqlError> {
    let said = err
        .as_database_error()?
        .try_downcast_ref::<MySqlDatabaseError>()?;
    Some(SqlError {
        code: said.number().to_string(),
        message: text::cut(&text::clean(said.message()), 200),
    })
}

fn no_session(err: &sqlx::Error) -> NoSession {
    let said = err.as_database_error();
    match said.and_then(|said| said.try_downcast_ref::<MySqlDatabaseError>()) {
        Some(said) => {
            let message = text::cut(&text::clean(said.message()), 200);
            let (number, state) = (said.number(), said.code().unwrap_or("HY000"));
            NoSession::Refused(format!("ERROR {number} ({state}): {message}"))
        }
        None => NoSession::Undecided(broke(err)),
    }
}

fn broke(err: &sqlx::Error) -> String {
    let said = text::cut(&text::clean(&err.to_string()), 160);
    format!("the connection to the database broke: {said}")
}
