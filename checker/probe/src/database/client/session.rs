//! A session that the grader opens itself, in the protocol of MySQL, which MariaDB speaks too, or in that of `PostgreSQL`.
//!
//! Everything is asked as text, so that a cell is what a client program would print.

use std::time::Duration;

use sqlx::mysql::MySqlConnection;
use sqlx::postgres::PgConnection;

use super::entrance::{Entrance, NoSession};
use super::reply::Reply;
use super::socket::OwnSocket;
use super::{mysql, postgres};
use crate::database::dialect::protocol::WireProtocol;

/// Longest wait until a session is open.
const SIGN_IN: Duration = Duration::from_secs(5);

/// A session of the grader's own.
pub(crate) struct Session {
    connection: Connection,
    /// A statement got no answer in time, though the server ends each of its own accord: the next ones would wait for nothing.
    silent: bool,
    /// What carries it; with it the session ends.
    socket: OwnSocket,
}

enum Connection {
    MySql(Box<MySqlConnection>),
    Postgres(Box<PgConnection>, postgres::Login, u16),
}

impl Session {
    /// Signs in by a socket.
    ///
    /// # Errors
    /// Why not.
    pub(super) async fn open(
        socket: OwnSocket,
        protocol: WireProtocol,
        entrance: Entrance<'_>,
    ) -> Result<Self, (NoSession, OwnSocket)> {
        let Entrance { user, password, .. } = entrance;
        let opened = match protocol {
            WireProtocol::MySql => {
                let opening = mysql::connect(socket.path(), user, password);
                let connection = in_time(Box::pin(opening)).await;
                connection.map(|connection| Connection::MySql(Box::new(connection)))
            }
            WireProtocol::Postgres { port } => {
                let login = postgres::Login::new(user, password, entrance.database);
                let connection = in_time(Box::pin(login.connect(socket.folder(), port))).await;
                connection.map(|connection| Connection::Postgres(Box::new(connection), login, port))
            }
        };
        match opened {
            Ok(connection) => Ok(Self {
                connection,
                silent: false,
                socket,
            }),
            Err(why) => Err((why, socket)),
        }
    }

    /// Looks into another database from now on; where the server refuses that, into the same one as before.
    ///
    /// # Errors
    /// The server's refusal, or that it was not reached.
    pub(super) async fn enter(&mut self, database: &str) -> Result<(), String> {
        let Connection::Postgres(connection, login, port) = &mut self.connection else {
            return Ok(());
        };
        let there = login.in_database(database);
        let opened = in_time(Box::pin(there.connect(self.socket.folder(), *port))).await;
        match opened {
            Ok(opened) => {
                **connection = opened;
                *login = there;
                self.silent = false;
                Ok(())
            }
            Err(NoSession::Refused(why) | NoSession::Undecided(why)) => Err(why),
        }
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
        let statement = statement.to_owned();
        let answer = async {
            match &mut self.connection {
                Connection::MySql(connection) => mysql::execute(connection, statement).await,
                Connection::Postgres(connection, ..) => {
                    postgres::execute(connection, statement).await
                }
            }
        };
        let answered = tokio::time::timeout(deadline, Box::pin(answer)).await;
        self.silent = answered.is_err();
        answered.map_err(|_| late())?
    }
}

/// What opening came to, within its time.
async fn in_time<C>(opening: impl Future<Output = Result<C, NoSession>>) -> Result<C, NoSession> {
    let opened = tokio::time::timeout(SIGN_IN, opening).await;
    opened.unwrap_or_else(|_| {
        Err(NoSession::Undecided(format!(
            "the database did not let a session begin within {} s",
            SIGN_IN.as_secs()
        )))
    })
}
