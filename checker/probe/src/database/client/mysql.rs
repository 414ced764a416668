//! A connection in the protocol of MySQL, which MariaDB speaks too.

use std::path::Path;

use futures_util::TryStreamExt as _;
use sqlx::mysql::{
    MySqlConnectOptions, MySqlConnection, MySqlDatabaseError, MySqlRow, MySqlSslMode,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Decode, MySql, Row as _, ValueRef as _};

use super::entrance::{NoSession, broke};
use super::reply::{Kept, Reply, SqlError};
use labcheck_core::text;

/// Signs in by a socket file.
///
/// # Errors
/// Why not.
pub(super) async fn connect(
    socket: &Path,
    user: &str,
    password: &str,
) -> Result<MySqlConnection, NoSession> {
    let opened = options(socket, user, password).connect().await;
    opened.map_err(|err| no_session(&err))
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

/// Sends one statement, and reads the answer.
///
/// # Errors
/// The connection broke.
pub(super) async fn execute(
    connection: &mut MySqlConnection,
    statement: String,
) -> Result<Reply, String> {
    let mut kept = Kept::default();
    let mut rows = sqlx::raw_sql(AssertSqlSafe(statement)).fetch(connection);
    loop {
        match rows.try_next().await {
            Ok(Some(row)) => kept.row(cells(&row)),
            Ok(None) => return Ok(kept.reply(None)),
            Err(err) => match server_error(&err) {
                Some(error) => return Ok(kept.reply(Some(error))),
                None => return Err(broke(&err)),
            },
        }
    }
}

/// The cells of a row, as the server wrote them; NULL is an empty text.
fn cells(row: &MySqlRow) -> impl Iterator<Item = &[u8]> {
    (0..row.len()).map(|at| {
        let cell = row.try_get_raw(at).ok().filter(|cell| !cell.is_null());
        let cell = cell.and_then(|cell| <&[u8] as Decode<MySql>>::decode(cell).ok());
        cell.unwrap_or_default()
    })
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
