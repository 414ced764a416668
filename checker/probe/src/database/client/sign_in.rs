//! Signing in to a database as its administrator, or as any other account, from inside its container.
//!
//! Passwords of a client program travel in its environment, never on a command line.

use super::conversation::Client;
use super::entrance::Entrance;
use super::server::{Candidate, Path, Server};
use crate::database::dialect::programs::ClientPrograms as _;
use crate::database::dialect::protocol::Protocol as _;
use crate::database::dialect::sign_in::SignIn as _;
use labcheck_core::text;
use labcheck_engine::exec::Program;

/// A sign-in that worked.
pub(crate) struct SignedIn {
    /// Its client, which knows the server's dialect by now.
    pub client: Client,
    /// The server's own version, cleaned and cut.
    pub version: String,
    /// "root, with the password from `/run/secrets/root_password`".
    pub looked_as: String,
    /// Where the server keeps its files (`@@datadir`, `data_directory`); empty where it does not say.
    pub data: String,
    /// The client program that is there.
    pub program: &'static str,
    /// The account is not the administrator's: it sees itself, and what it may use.
    pub ordinary: bool,
    /// The user who is signed in, without the host part.
    pub user: String,
}

/// What a client is started with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Login<'l> {
    /// One of the dialect's client programs.
    pub program: &'static str,
    /// The user, without the host part.
    pub user: &'l str,
    /// Empty for none.
    pub password: &'l str,
    /// How the program connects.
    pub path: Path<'l>,
    /// The database to connect to, where the dialect asks for one; `None` for the one that every server has.
    pub database: Option<&'l str>,
}

/// Why no sign-in worked, as a sentence fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SignInError {
    /// The server is there, and refuses the user with every password.
    Denied(String),
    /// Anything else.
    Unavailable(String),
}

impl From<String> for SignInError {
    fn from(why: String) -> Self {
        Self::Unavailable(why)
    }
}

/// Who is asked whether a password is right.
enum Asked {
    /// The server itself where that can be had; with a client that was started before with the first password.
    Server(Option<Client>),
    /// The client program in its container.
    Program,
}

/// At most this many passwords are tried for the administrator.
const MOST_TRIES: usize = 8;

impl Server<'_> {
    /// Starts a client: a session of the grader's own, or a client program, with the reason noted. Whether the password is
    /// right shows at the first query.
    ///
    /// # Errors
    /// The engine's words.
    pub(crate) async fn start_client(&self, login: Login<'_>) -> Result<Client, String> {
        let entrance = Entrance {
            host: login.path.host(),
            user: login.user,
            password: login.password,
            database: login.database,
        };
        let opened = self.way.open(self.inspected, self.dialect, entrance);
        match Box::pin(opened).await {
            // An empty password is none for the server only where its own way of asking is the account's, so such a refusal is
            // no proof.
            Ok(Err(_)) if login.password.is_empty() => {}
            Ok(session) => return Ok(Client::of_server(session, self.dialect)),
            Err(why) => self.way.note(self.secrets.show(&why, 200)),
        }
        self.start_program(login).await
    }

    async fn start_program(&self, login: Login<'_>) -> Result<Client, String> {
        let Login {
            program,
            user,
            password,
            path,
            database,
        } = login;
        let program = Program {
            cmd: self
                .dialect
                .command_line(program, user, path.host(), database),
            env: self.dialect.environment(password),
            talks: true,
        };
        let container = &self.inspected.container.id;
        let running = self.engine.exec(container, &program).await?;
        Client::new(running, self.dialect)
    }

    /// Signs in as the administrator with the first password that works; `started` is a client that was started with
    /// the first program and the first password.
    ///
    /// # Errors
    /// Why no sign-in worked.
    pub(crate) async fn sign_in_as_administrator(
        &self,
        candidates: &[Candidate],
        started: Option<Client>,
    ) -> Result<SignedIn, SignInError> {
        let name = self.administrator_name();
        self.sign_in_as(name, Path::Socket, candidates, started)
            .await
    }

    /// As [`Self::sign_in_as_administrator`], as another user and by another path.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn sign_in_as(
        &self,
        user: &str,
        path: Path<'_>,
        candidates: &[Candidate],
        started: Option<Client>,
    ) -> Result<SignedIn, SignInError> {
        let signed_in = self
            .try_all(user, path, candidates, Asked::Server(started))
            .await;
        match signed_in {
            // A client program may find a password in an option file of its own.
            Err(SignInError::Denied(why)) => {
                let again = self.try_all(user, path, candidates, Asked::Program).await;
                again.map_err(|_| SignInError::Denied(why))
            }
            other => other,
        }
    }

    /// Tries all passwords, with sessions of the grader's own where they can be had and no program is asked for.
    async fn try_all(
        &self,
        user: &str,
        path: Path<'_>,
        candidates: &[Candidate],
        mut asked: Asked,
    ) -> Result<SignedIn, SignInError> {
        let query = self.dialect.version_query();
        let mut why = String::new();
        'programs: for program in self.dialect.programs() {
            for candidate in candidates.iter().take(MOST_TRIES) {
                let login = Login {
                    program,
                    user,
                    password: &candidate.value,
                    path,
                    database: None,
                };
                let mut client = match &mut asked {
                    Asked::Program => self.start_program(login).await?,
                    Asked::Server(started) => match started.take() {
                        Some(client) => client,
                        None => self.start_client(login).await?,
                    },
                };
                match client.query(query).await {
                    Ok(rows) => {
                        let row = rows.first().cloned().unwrap_or_default();
                        let version = row.first().cloned().unwrap_or_default();
                        let comment = row.get(2).map_or("", String::as_str);
                        client.dialect = self.dialect.of_version(&version, comment);
                        if client.exec().is_some() {
                            // Where no session was tried or decided, its reason is noted already and stays.
                            let why = "the server let its client program in, and no session of the grader's own";
                            self.way.note(why.into());
                        }
                        return Ok(SignedIn {
                            version: text::cut(&text::clean(&version), 80),
                            data: row.get(3).cloned().unwrap_or_default(),
                            looked_as: format!("{user}, with {}", candidate.from),
                            program: match client.exec() {
                                Some(_) => program,
                                None => client.dialect.likely_program(),
                            },
                            client,
                            ordinary: user != self.administrator_name(),
                            user: user.to_owned(),
                        });
                    }
                    Err(said) => {
                        let code = match client.exec() {
                            Some(exec) => self.engine.exit_code(exec).await,
                            None => None,
                        };
                        // The engine's codes for a program that is not in the image: the next one may be.
                        if matches!(code, Some(126 | 127)) {
                            continue 'programs;
                        }
                        why = self.secrets.show(&said, 200);
                        if !is_denied(&why) {
                            return Err(SignInError::Unavailable(format!(
                                "no sign-in to the database: {why}"
                            )));
                        }
                    }
                }
            }
            return Err(SignInError::Denied(format!(
                "none of the passwords found in the container lets {user} in ({why})"
            )));
        }
        Err(SignInError::Unavailable(format!(
            "there is no {} in the container to ask with",
            text::english_list(self.dialect.programs()).replace(" and ", " or ")
        )))
    }
}

/// Whether a client's words say that the server refused the user or password, rather than not being there at all.
pub(crate) fn is_denied(said: &str) -> bool {
    const WORDS: [&str; 9] = [
        "1045",
        "1698",
        "1130",
        "access denied",
        "authentication failed",
        "no password supplied",
        "not allowed",
        "no pg_hba.conf entry",
        "is not permitted to log in",
    ];
    let said = said.to_ascii_lowercase();
    WORDS.iter().any(|word| said.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_password_is_told_from_a_server_that_is_away() {
        assert!(is_denied(
            "ERROR 1045 (28000): Access denied for user 'root'@'localhost'"
        ));
        assert!(is_denied(
            "psql: error: FATAL:  password authentication failed for user \"shop\""
        ));
        assert!(!is_denied(
            "ERROR 2002 (HY000): Can't connect to local server through socket"
        ));
    }
}
