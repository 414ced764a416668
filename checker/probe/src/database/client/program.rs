//! A conversation with a database's own client program, kept open inside the database's container.
//!
//! One statement goes in, rows and the error come out, told apart by a line the client is made to print at the end.
//! What to ask is not known here: see `dialect`.

use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::reply::{MOST_ROWS, Reply, SqlError, row};
use crate::database::dialect::programs::ClientPrograms as _;
use labcheck_core::facts::Dialect;
use labcheck_core::text;
use labcheck_engine::exec::{Chunk, Running};

/// Longest line kept.
const MOST_LINE: usize = 256 * 1024;

/// A client program that runs in the database's container: it reads statements and prints rows.
pub(crate) struct ClientProgram {
    input: Pin<Box<dyn AsyncWrite + Send>>,
    output: Pin<Box<dyn Stream<Item = Chunk> + Send>>,
    /// What the program speaks; MariaDB stands for MySQL too.
    dialect: Dialect,
    /// What the client prints where an answer ends: a word that no row can hold.
    end: String,
    /// How many statements were sent; each has a number of its own behind [`Self::end`].
    sent: u64,
    /// Output that is no whole line yet.
    pending: Vec<u8>,
    /// The last of standard error: why the program ended, if it does.
    stderr: String,
    /// The id of the engine's exec, to ask for its exit code by.
    pub id: String,
}

impl ClientProgram {
    /// Talks to a program just started.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(crate) fn new(running: Running, dialect: Dialect) -> Result<Self, String> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes)
            .map_err(|err| format!("no random word could be made: {err}"))?;
        let end = format!("labcheck-end-{}", labcheck_engine::token::hex(&bytes));
        Ok(Self::with_end(running, dialect, end))
    }

    fn with_end(running: Running, dialect: Dialect, end: String) -> Self {
        Self {
            end,
            input: running.input,
            output: running.output,
            dialect,
            sent: 0,
            pending: Vec::new(),
            stderr: String::new(),
            id: running.id,
        }
    }

    /// Sends one statement, without a semicolon, and reads the answer.
    ///
    /// # Errors
    /// The program ended (wrong password, no such program) or did not answer in time, in its own words. What the server
    /// refuses is no error here: see [`Reply::error`].
    pub(crate) async fn execute_within(
        &mut self,
        statement: &str,
        deadline: Duration,
    ) -> Result<Reply, String> {
        self.sent += 1;
        let end = format!("{}-{}", self.end, self.sent);
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
                (None, Err(err)) if self.stderr.is_empty() => {
                    Err(format!("the client could not be written to: {err}"))
                }
                (None, _) => Err(self.why_it_ended()),
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

    /// Whether a line ends the answer to an earlier statement, which the grader gave up.
    fn is_older_end(&self, line: &str, end: &str) -> bool {
        line.strip_prefix(&self.end)
            .and_then(|rest| rest.strip_prefix('-'))
            .is_some_and(|number| number.parse::<u64>().is_ok())
            && line != end
    }

    /// Why the client ended, in its own words.
    fn why_it_ended(&self) -> String {
        let mut lines = self.stderr.lines().map(str::trim).filter(|line| {
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
        // psql's variables of the last error, which it prints before the end.
        let mut variables: Option<String> = None;
        loop {
            while let Some(at) = self.pending.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=at).collect();
                let line = String::from_utf8_lossy(&line[..at]).into_owned();
                if line == end {
                    let error = self
                        .dialect
                        .take_error(&mut reply.rows, variables.as_deref());
                    reply.error = error.map(|(code, message)| SqlError {
                        code,
                        message: text::cut(&text::clean(&message), 200),
                    });
                    return Some(reply);
                }
                if self.is_older_end(&line, end) {
                    // The grader gave that statement up when its deadline passed, so its rows are dropped.
                    (reply, kept, variables) = (Reply::default(), 0, None);
                    continue;
                }
                if let Some(error) = line
                    .strip_prefix(end)
                    .and_then(|rest| rest.strip_prefix("-error "))
                {
                    variables = Some(error.to_owned());
                } else if let Some(variables) = &mut variables {
                    // A message of several lines.
                    variables.push(' ');
                    variables.push_str(&text::cut(&line, 400));
                } else if kept + line.len() <= MOST_ROWS {
                    kept += line.len();
                    reply.rows.push(row(&line));
                }
            }
            if self.pending.len() > MOST_LINE {
                // Too long to keep: its beginning is dropped, and its end still ends the line.
                self.pending.clear();
            }
            match self.output.next().await {
                Some(Chunk::Out(bytes)) => self.pending.extend_from_slice(&bytes),
                Some(Chunk::Err(bytes)) => {
                    self.stderr.push_str(&String::from_utf8_lossy(&bytes));
                    if self.stderr.len() > 8192 {
                        let from = self
                            .stderr
                            .char_indices()
                            .map(|(at, _)| at)
                            .find(|at| *at >= self.stderr.len() - 4096)
                            .unwrap_or(0);
                        self.stderr.drain(..from);
                    }
                }
                None => return None,
            }
        }
    }
}

#[cfg(test)]
#[path = "program_tests.rs"]
mod tests;
