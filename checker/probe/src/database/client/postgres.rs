//! A connection in the protocol of `PostgreSQL`.

use std::path::Path;

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError, PgRow, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _, ValueRef as _};

use super::entrance::{NoSession, broke};
use super::reply::{Kept, Reply, SqlError};
use labcheck_core::text;

/// The database that every server has.
const DATABASE: &str = "postgres";

/// Who signs in, and where to.
#[derive(Debug, Clone)]
pub(super) struct Login {
    user: String,
    password: String,
    database: String,
}

impl Login {
    /// Without a database it is the one that every server has.
    pub(super) fn new(user: &str, password: &str, database: Option<&str>) -> Self {
        Self {
            user: user.to_owned(),
            password: password.to_owned(),
            database: database.unwrap_or(DATABASE).to_owned(),
        }
    }

    /// The same account in another database.
    pub(super) fn in_database(&self, database: &str) -> Self {
        Self {
            database: database.to_owned(),
            ..self.clone()
        }
    }

    /// Signs in by the socket file in a folder, whose name goes by the port.
    ///
    /// # Errors
    /// Why not.
    pub(super) async fn connect(
        &self,
        folder: &Path,
        port: u16,
    ) -> Result<PgConnection, NoSession> {
        // A password file of the person who grades lets nobody in here.
        let options = PgConnectOptions::new_without_pgpass()
            .socket(folder)
            .port(port)
            .username(&self.user)
            .password(&self.password)
            .database(&self.database)
            .ssl_mode(PgSslMode::Disable)
            .statement_cache_capacity(0)
            .disable_statement_logging();
        options.connect().await.map_err(|err| no_session(&err))
    }
}

/// Sends one statement, and reads the answer, in the simple query protocol: every cell comes as text, as `psql` prints it.
///
/// # Errors
/// The connection broke.
pub(super) async fn execute(
    connection: &mut PgConnection,
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
fn cells(row: &PgRow) -> impl Iterator<Item = Vec<u8>> {
    (0..row.len()).map(|at| {
        let cell = row.try_get_raw(at).ok().filter(|cell| !cell.is_null());
        let bytes = cell.and_then(|cell| cell.as_bytes().map(<[u8]>::to_vec).ok());
        bytes.unwrap_or_default()
    })
}

/// The server's refusal of a statement. One that ends the session (`FATAL`, as when it is shut down) is none: there is nobody
/// left to ask.
fn server_error(err: &sqlx::Error) -> Option<SqlError> {
    let said = refusal(err)?;
    let ends = matches!(said.code(), "57P01" | "57P02" | "57P03");
    (!ends).then(|| SqlError {
        code: said.code().to_owned(),
        message: text::cut(&text::clean(said.message()), 200),
    })
}

fn refusal(err: &sqlx::Error) -> Option<&PgDatabaseError> {
    err.as_database_error()?
        .try_downcast_ref::<PgDatabaseError>()
}

fn no_session(err: &sqlx::Error) -> NoSession {
    match refusal(err) {
        Some(said) => {
            let message = text::cut(&text::clean(said.message()), 200);
            NoSession::Refused(format!("FATAL: {message}"))
        }
        None => NoSession::Undecided(broke(err)),
    }
}
