//! A conversation with a database's own client program, kept open inside the database's container.
//!
//! One statement goes in, rows and the error come out, told apart by a line the client is made to print at the end.
//! What to ask is not known here: see `sql_mariadb`, `sql_postgres` and their users.

use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::engine_exec::{Chunk, Running};
use crate::facts::Dialect;
use crate::text;

/// Longest wait for one answer.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);
/// Bytes of rows kept of one answer; the rest is read and dropped.
const MOST_ROWS: usize = 4 * 1024 * 1024;
/// Longest line kept.
const MOST_LINE: usize = 256 * 1024;

/// A row's columns; NULL is an empty text.
pub(super) type Row = Vec<String>;

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reply {
    pub rows: Vec<Row>,
    /// The server refused the statement.
    pub error: Option<SqlError>,
}

/// An error of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SqlError {
    /// MariaDB: the number (1142); PostgreSQL: the SQLSTATE (42501).
    pub code: String,
    /// The server's words, cleaned and cut.
    pub said: String,
}

/// A client program that is being talked to.
pub(super) struct Client {
    input: Pin<Box<dyn AsyncWrite + Send>>,
    output: Pin<Box<dyn Stream<Item = Chunk> + Send>>,
    postgres: bool,
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
    pub(super) fn new(running: Running, dialect: Dialect) -> Result<Self, String> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes)
            .map_err(|err| format!("no random word could be made: {err}"))?;
        let end = format!("labcheck-end-{}", super::drive::hex(&bytes));
        Ok(Self::ending(running, dialect, end))
    }

    fn ending(running: Running, dialect: Dialect, end: String) -> Self {
        Self {
            end,
            input: running.input,
            output: running.output,
            postgres: dialect == Dialect::Postgres,
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
    pub(super) async fn ask(&mut self, statement: &str) -> Result<Reply, String> {
        self.ask_within(statement, DEADLINE).await
    }

    /// Rows of a query; a refusal by the server is an error here.
    pub(super) async fn rows(&mut self, query: &str) -> Result<Vec<Row>, String> {
        let asked = if self.postgres {
            format!("COPY ({query}) TO STDOUT")
        } else {
            query.to_owned()
        };
        let reply = self.ask(&asked).await?;
        match reply.error {
            Some(error) => Err(format!("the database refused to say: {}", error.said)),
            None => Ok(reply.rows),
        }
    }

    /// As [`Self::ask`], with another deadline.
    pub(super) async fn ask_within(
        &mut self,
        statement: &str,
        deadline: Duration,
    ) -> Result<Reply, String> {
        self.asked += 1;
        let end = format!("{}-{}", self.end, self.asked);
        let statement = statement.replace(['\n', '\r'], " ");
        let script = if self.postgres {
            // psql's own commands begin with a backslash and end with the line.
            let stop = if statement.starts_with('\\') { "" } else { ";" };
            format!(
                "{statement}{stop}\n\\echo {end}-error :SQLSTATE :LAST_ERROR_MESSAGE\n\\echo {end}\n"
            )
        } else {
            format!("{statement};\nSHOW ERRORS;\nSELECT '{end}';\n")
        };
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
                    finish(&mut reply, said.as_deref(), self.postgres);
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
                    reply.rows.push(line.split('\t').map(unescaped).collect());
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

/// Takes the error out of the rows (MariaDB: `SHOW ERRORS`) or out of the client's variables (psql).
fn finish(reply: &mut Reply, said: Option<&str>, postgres: bool) {
    if postgres {
        let (state, message) = said
            .unwrap_or_default()
            .split_once(' ')
            .unwrap_or((said.unwrap_or_default(), ""));
        if !state.is_empty() && state != "00000" && !state.starts_with(':') {
            reply.error = Some(SqlError {
                code: state.into(),
                said: text::cut(&text::clean(message), 200),
            });
        }
        return;
    }
    let is_error = |row: &Row| {
        row.len() == 3
            && row[0] == "Error"
            && row[1].chars().all(|c| c.is_ascii_digit())
            && !row[1].is_empty()
    };
    let first = reply.rows.iter().position(is_error);
    if let Some(row) = first.and_then(|at| reply.rows.get(at)) {
        reply.error = Some(SqlError {
            code: row[1].clone(),
            said: text::cut(&text::clean(&row[2]), 200),
        });
    }
    reply.rows.retain(|row| !is_error(row));
}

/// `\t`, `\n`, `\\` as both clients write them in rows, and NULL.
fn unescaped(cell: &str) -> String {
    if cell == "\\N" || cell == "NULL" {
        return String::new();
    }
    let mut out = String::with_capacity(cell.len());
    let mut chars = cell.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('0') => out.push('\0'),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

/// A text as an SQL literal for either dialect. Backslashes are an escape for MariaDB, so they are doubled there.
pub(super) fn literal(value: &str, dialect: Dialect) -> String {
    let quoted = value.replace('\'', "''");
    match dialect {
        Dialect::Postgres => format!("'{quoted}'"),
        Dialect::Mariadb | Dialect::Mysql => format!("'{}'", quoted.replace('\\', "\\\\")),
    }
}

/// A name as an SQL identifier for either dialect.
pub(super) fn identifier(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        Dialect::Mariadb | Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client whose answers are written down; what is written to it goes nowhere.
    fn client(dialect: Dialect, output: Vec<Chunk>) -> Client {
        let running = Running {
            output: Box::pin(futures_util::stream::iter(output)),
            input: Box::pin(tokio::io::sink()),
            id: String::new(),
        };
        Client::ending(running, dialect, "labcheck-end".into())
    }

    fn out(text: &str) -> Chunk {
        Chunk::Out(text.as_bytes().to_vec())
    }

    #[tokio::test]
    async fn rows_may_come_in_any_pieces() {
        let mut client = client(
            Dialect::Mariadb,
            vec![
                out("a\tb\\tc"),
                out("\\n\\\\\nlab"),
                out("check-end-1\nNULL\tx\nlabcheck-end-2\n"),
            ],
        );
        assert_eq!(
            client.ask("SELECT 1").await.map(|reply| reply.rows),
            Ok(vec![vec!["a".into(), "b\tc\n\\".into()]])
        );
        assert_eq!(
            client.ask("SELECT 2").await.map(|reply| reply.rows),
            Ok(vec![vec![String::new(), "x".into()]])
        );
    }

    #[test]
    fn no_row_can_know_where_an_answer_ends() {
        let end = || {
            let running = Running {
                output: Box::pin(futures_util::stream::empty()),
                input: Box::pin(tokio::io::sink()),
                id: String::new(),
            };
            Client::new(running, Dialect::Mariadb)
                .expect("a client")
                .end
        };
        let (one, two) = (end(), end());
        assert!(one.len() > 40 && one != two);
    }

    #[tokio::test]
    async fn an_answer_that_comes_late_is_not_taken_for_the_next_one() {
        let output = vec![out("late\nlabcheck-end-1\nright\nlabcheck-end-2\n")];
        let mut client = client(Dialect::Mariadb, output);
        client.asked = 1;
        let reply = client.ask("SELECT 2").await;
        assert_eq!(
            reply.map(|reply| reply.rows),
            Ok(vec![vec!["right".into()]])
        );
    }

    #[tokio::test]
    async fn a_refusal_is_read_from_either_client() {
        let mut maria = client(
            Dialect::Mariadb,
            vec![out(
                "Error\t1142\tDROP command denied to user 'a'@'b' for table `x`.`y`\nlabcheck-end-1\n",
            )],
        );
        let error = maria
            .ask("DROP TABLE x.y")
            .await
            .expect("an answer")
            .error
            .expect("an error");
        assert_eq!(
            (
                error.code.as_str(),
                error.said.starts_with("DROP command denied")
            ),
            ("1142", true)
        );
        let mut postgres = client(
            Dialect::Postgres,
            vec![out(
                "labcheck-end-1-error 42501 must be owner of\ntable x\nlabcheck-end-1\n",
            )],
        );
        let error = postgres
            .ask("DROP TABLE x")
            .await
            .expect("an answer")
            .error
            .expect("an error");
        assert_eq!(
            (error.code.as_str(), error.said.as_str()),
            ("42501", "must be owner of table x")
        );
        let mut fine = client(
            Dialect::Postgres,
            vec![out(
                "labcheck-end-1-error 00000 an older message\nlabcheck-end-1\n",
            )],
        );
        assert_eq!(fine.ask("SELECT 1").await.expect("an answer").error, None);
    }

    #[tokio::test]
    async fn a_client_that_ends_says_why() {
        let said = Chunk::Err(b"Warning: unknown option\nERROR 1045 (28000): Access denied for user 'root'@'localhost'\n".to_vec());
        let why = client(Dialect::Mariadb, vec![said])
            .ask("SELECT 1")
            .await
            .expect_err("no answer");
        assert!(why.starts_with("ERROR 1045"), "{why}");
        assert!(
            client(Dialect::Mariadb, vec![])
                .ask("SELECT 1")
                .await
                .is_err()
        );
    }

    #[tokio::test]
    async fn fifty_megabytes_do_not_hurt() {
        let line = format!("{}\n", "x".repeat(99_999));
        let mut output: Vec<Chunk> = (0..500).map(|_| out(&line)).collect();
        output.push(Chunk::Out(vec![b'y'; 2 * MOST_LINE]));
        output.push(out("\nlabcheck-end-1\n"));
        let reply = client(Dialect::Mariadb, output)
            .ask("SELECT 1")
            .await
            .expect("an answer");
        assert!(reply.rows.iter().map(|row| row[0].len()).sum::<usize>() <= MOST_ROWS);
    }

    #[test]
    fn hostile_names_stay_inside_their_quotes() {
        assert_eq!(literal("a'b\\", Dialect::Mariadb), "'a''b\\\\'");
        assert_eq!(literal("a'b\\", Dialect::Postgres), "'a''b\\'");
        assert_eq!(identifier("a`b", Dialect::Mariadb), "`a``b`");
        assert_eq!(identifier("a\"b", Dialect::Postgres), "\"a\"\"b\"");
    }
}
