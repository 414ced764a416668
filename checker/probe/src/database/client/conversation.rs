//! A conversation with a database server: the grader's own, or by way of a client program in the database's container.

use std::time::Duration;

use super::program::ClientProgram;
use super::reply::{Reply, Row};
use super::session::Session;
use crate::database::dialect::programs::ClientPrograms as _;
use crate::database::dialect::sign_in::SignIn as _;
use labcheck_core::facts::Dialect;
use labcheck_engine::exec::Running;

/// Longest wait for one answer.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

/// A client of the server: statements in, rows and errors out.
pub(crate) struct Client {
    peer: Peer,
    /// What the server speaks; before it has said its version, MariaDB stands for MySQL too.
    pub dialect: Dialect,
}

/// Who answers.
enum Peer {
    /// The server itself.
    Server(Box<Session>),
    /// The server itself, which let nobody in. It is told at the first statement, as a client program tells it.
    Refused(String),
    /// A program of the stack.
    Program(Box<ClientProgram>),
}

impl Client {
    /// Talks to a client program just started.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(crate) fn new(running: Running, dialect: Dialect) -> Result<Self, String> {
        let program = ClientProgram::new(running, dialect)?;
        Ok(Self {
            peer: Peer::Program(Box::new(program)),
            dialect,
        })
    }

    /// Talks to the server itself, or tells its refusal at the first statement.
    pub(super) fn of_server(session: Result<Session, String>, dialect: Dialect) -> Self {
        let peer = match session {
            Ok(session) => Peer::Server(Box::new(session)),
            Err(refused) => Peer::Refused(refused),
        };
        Self { peer, dialect }
    }

    /// The id of the engine's exec, to ask for its exit code by; `None` where no program is run.
    pub(super) fn exec(&self) -> Option<&str> {
        match &self.peer {
            Peer::Program(program) => Some(&program.id),
            Peer::Server(_) | Peer::Refused(_) => None,
        }
    }

    /// Sends one statement, without a semicolon, and reads the answer, within ten seconds.
    ///
    /// # Errors
    /// The conversation ended (wrong password, no such program) or there was no answer in time. What the server refuses
    /// is no error here: see [`Reply::error`].
    pub(crate) async fn execute(&mut self, statement: &str) -> Result<Reply, String> {
        self.execute_within(statement, DEADLINE).await
    }

    /// Whether the server does not answer any more, such as one that was started again since.
    pub(crate) async fn is_away(&mut self) -> bool {
        const SOON: Duration = Duration::from_secs(2);
        self.execute_within("SELECT 1", SOON).await.is_err()
    }

    /// Rows of a query.
    ///
    /// # Errors
    /// As [`Self::execute`]; and the server refused the query.
    pub(crate) async fn query(&mut self, query: &str) -> Result<Vec<Row>, String> {
        let reply = match &self.peer {
            Peer::Program(_) => self.execute(&self.dialect.as_rows(query)).await,
            Peer::Server(_) | Peer::Refused(_) => self.execute(query).await,
        }?;
        match reply.error {
            Some(error) => Err(format!("the database refused to say: {}", error.message)),
            None => Ok(reply.rows),
        }
    }

    /// Looks into another database from now on, where a session sees one only.
    ///
    /// # Errors
    /// The server refuses it, and the session is where it was, or as [`Self::execute`].
    pub(crate) async fn enter(&mut self, database: &str) -> Result<(), String> {
        let Peer::Server(session) = &mut self.peer else {
            return match self.dialect.connect(database) {
                Some(connect) => self.execute(&connect).await.map(drop),
                None => Ok(()),
            };
        };
        session.enter(database).await
    }

    /// As [`Self::execute`], with another deadline.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn execute_within(
        &mut self,
        statement: &str,
        deadline: Duration,
    ) -> Result<Reply, String> {
        match &mut self.peer {
            Peer::Server(session) => session.execute_within(statement, deadline).await,
            Peer::Refused(why) => Err(why.clone()),
            Peer::Program(program) => program.execute_within(statement, deadline).await,
        }
    }
}
