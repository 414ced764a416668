//! A conversation with a database's own client program, kept open inside the database's container.
//!
//! One statement goes in, rows and the error come out, told apart by a line the client is made to print at the end.
//! What to ask is not known here: see `sql_mariadb`, `sql_postgres` and their users.

use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::reply::{Reply, Row, SqlError, row};
use crate::probe::database::dialect::programs::ClientPrograms as _;
use labcheck_core::facts::Dialect;
use labcheck_core::text;
use labcheck_engine::exec::{Chunk, Running};

/// Longest wait for one answer.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);
/// Bytes of rows kept of one answer; the rest is read and dropped.
const MOST_ROWS: usize = 4 * 1024 * 1024;
/// Longest line kept.
const MOST_LINE: usize = 256 * 1024;

/// A client program that is being talked to.
pub(crate) struct Client {
    input: Pin<Box<dyn AsyncWrite + Send>>,
    output: Pin<Box<dyn Stream<Item = Chunk> + Send>>,
    /// What the server speaks; before it has said its version, MariaDB stands for MySQL too.
    pub dialect: Dialect,
    /// What the client prints where an answer ends: a word that no row can hold.
    end: String,
    asked: u64,
    pending: Vec<u8>,
    /// The last of standard error: why it ended, if it does.
    complaint: String,
    /// The exec's id.
    pub id: String,
}

impl Client {
    /// Talks to a program just started.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(crate) fn new(running: Running, dialect: Dialect) -> Result<Self, String> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes)
            .map_err(|err| format!("no random word could be made: {err}"))?;
        let end = format!("labcheck-end-{}", labcheck_engine::token::hex(&bytes));
        Ok(Self::ending(running, dialect, end))
    }

    fn ending(running: Running, dialect: Dialect, end: String) -> Self {
        Self {
            end,
            input: running.input,
            output: running.output,
            dialect,
            asked: 0,
            pending: Vec::new(),
            complaint: String::new(),
            id: running.id,
        }
    }

    /// Asks one statement, which stands on one line and ends without a semicolon.
    ///
    /// # Errors
    /// The client ended (wrong password, no such program) or did not answer in time, in its own words.
    pub(crate) async fn ask(&mut self, statement: &str) -> Result<Reply, String> {
        self.ask_within(statement, DEADLINE).await
    }

    /// Rows of a query; a refusal by the server is an error here.
    pub(crate) async fn rows(&mut self, query: &str) -> Result<Vec<Row>, String> {
        let asked = self.dialect.as_rows(query);
        let reply = self.ask(&asked).await?;
        match reply.error {
            Some(error) => Err(format!("the database refused to say: {}", error.said)),
            None => Ok(reply.rows),
        }
    }

    /// As [`Self::ask`], with another deadline.
    pub(crate) async fn ask_within(
        &mut self,
        statement: &str,
        deadline: Duration,
    ) -> Result<Reply, String> {
        self.asked += 1;
        let end = format!("{}-{}", self.end, self.asked);
        let statement = statement.replace(['\n', '\r'], " ");
        let script = self.dialect.script(&statement, &end);
        let answer = async {
            let wrote = async {
                self.input.write_all(script.as_bytes()).await?;
                self.input.flush().await
            };
            let wrote = wrote.await;
            let reply = self.read(&end).await;
            match (reply, wrote) {
                (None, Err(err)) if self.complaint.is_empty() => {
                    Err(format!("the client could not be written to: {err}"))
                }
                (None, _) => Err(self.ended()),
                (Some(reply), _) => Ok(reply),
            }
        };
        tokio::time::timeout(deadline, answer).await.map_err(|_| {
            format!(
                "the database did not answer within {} s",
                deadline.as_secs()
            )
        })?
    }

    /// Whether a line ends the answer to an earlier question, which was given up.
    fn is_older_end(&self, line: &str, end: &str) -> bool {
        line.strip_prefix(&self.end)
            .and_then(|rest| rest.strip_prefix('-'))
            .is_some_and(|number| number.parse::<u64>().is_ok())
            && line != end
    }

    /// Why the client ended, in its own words.
    fn ended(&self) -> String {
        let mut lines = self.complaint.lines().map(str::trim).filter(|line| {
            !line.is_empty() && !line.starts_with("---") && !line.contains("Warning:")
        });
        let said = text::cut(&text::clean(lines.next_back().unwrap_or_default()), 200);
        if said.is_empty() {
            "the client program ended without a word".into()
        } else {
            said
        }
    }

    /// Reads up to the end line; `None` when the program ended first.
    async fn read(&mut self, end: &str) -> Option<Reply> {
        let mut reply = Reply::default();
        let mut kept = 0;
        let mut said: Option<String> = None;
        loop {
            while let Some(at) = self.pending.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=at).collect();
                let line = String::from_utf8_lossy(&line[..at]).into_owned();
                if line == end {
                    let error = self.dialect.take_error(&mut reply.rows, said.as_deref());
                    reply.error = error.map(|(code, message)| SqlError {
                        code,
                        said: text::cut(&text::clean(&message), 200),
                    });
                    return Some(reply);
                }
                if self.is_older_end(&line, end) {
                    // What came late belongs to a question that nobody waits for any more.
                    (reply, kept, said) = (Reply::default(), 0, None);
                    continue;
                }
                if let Some(error) = line
                    .strip_prefix(end)
                    .and_then(|rest| rest.strip_prefix("-error "))
                {
                    said = Some(error.to_owned());
                } else if let Some(said) = &mut said {
                    said.push(' ');
                    said.push_str(&text::cut(&line, 400));
                } else if kept + line.len() <= MOST_ROWS {
                    kept += line.len();
                    reply.rows.push(row(&line));
                }
            }
            if self.pending.len() > MOST_LINE {
                // Too long for a row of ours: its beginning is dropped, its end still ends it.
                self.pending.clear();
            }
            match self.output.next().await {
                Some(Chunk::Out(bytes)) => self.pending.extend_from_slice(&bytes),
                Some(Chunk::Err(bytes)) => {
                    self.complaint.push_str(&String::from_utf8_lossy(&bytes));
                    if self.complaint.len() > 8192 {
                        let from = self
                            .complaint
                            .char_indices()
                            .map(|(at, _)| at)
                            .find(|at| *at >= self.complaint.len() - 4096)
                            .unwrap_or(0);
                        self.complaint.drain(..from);
                    }
                }
                None => return None,
            }
        }
    }
}

#[cfg(test)]
#[path = "conversation_tests.rs"]
mod tests;
