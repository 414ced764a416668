//! The way of the grader's own sessions into the database's container: its program inside carries them.

use std::net::{IpAddr, SocketAddr};
use std::sync::PoisonError;

use tokio::sync::Mutex;

use super::entrance::{Entrance, NoSession};
use super::session::Session;
use super::socket::serve;
use crate::database::dialect::protocol::Protocol as _;
use labcheck_core::facts::Dialect;
use labcheck_engine::model::inspected::Inspected;
use labcheck_engine::sidecars::Sidecars;
use labcheck_eye::client::{Eye, EyeError};
use labcheck_eye::container::Namespace;
use labcheck_eye::wire::{Bytes, Endpoint, Forwarded, UnixPath};

/// The first process of a container that has processes of its own.
const FIRST: u32 = 1;
/// The program inside ended (as it does when the database is restarted) in this many tries at most.
const TRIES: usize = 2;

/// The grader's program beside the database, started when the first session is opened.
#[derive(Debug)]
pub(crate) struct OwnWay<'a> {
    sidecars: &'a Sidecars,
    eye: Mutex<Option<Result<Eye, String>>>,
    /// Why a program of the stack was asked in place of the server.
    by_program: std::sync::Mutex<Option<String>>,
}

/// Why no session came about by one end.
enum Failed {
    /// The server is not at this end.
    NotThere,
    /// The program inside ended.
    Ended,
    /// Anything else.
    Undecided(String),
}

impl<'a> OwnWay<'a> {
    /// Nothing is started yet.
    pub(crate) fn new(sidecars: &'a Sidecars) -> Self {
        Self {
            sidecars,
            eye: Mutex::default(),
            by_program: std::sync::Mutex::default(),
        }
    }

    /// Notes why a program of the stack is asked; the first reason counts.
    pub(super) fn note(&self, why: String) {
        let mut noted = self
            .by_program
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        noted.get_or_insert(why);
    }

    /// Why a program of the stack was asked in place of the server; `None` where it never was.
    pub(crate) fn by_program(&self) -> Option<String> {
        let noted = self
            .by_program
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        noted.clone()
    }

    /// Opens a session by the server's socket file, or by TCP to an address as its network sees it. The session,
    /// or the server's refusal.
    ///
    /// # Errors
    /// Why neither came about.
    pub(super) async fn open(
        &self,
        inspected: &Inspected,
        dialect: Dialect,
        entrance: Entrance<'_>,
    ) -> Result<Result<Session, String>, String> {
        let ends = ends(dialect, entrance.host)?;
        let mut why = String::from("the program that looks inside has ended");
        for _ in 0..TRIES {
            let eye = self.eye(inspected).await?;
            'ends: {
                why = String::from("the server's socket file is not where it is looked for");
                for end in &ends {
                    match open_at(&eye, end, dialect, entrance).await {
                        Ok(session) => return Ok(session),
                        Err(Failed::NotThere) => {}
                        Err(Failed::Undecided(why)) => return Err(why),
                        Err(Failed::Ended) => break 'ends,
                    }
                }
                return Err(why);
            }
            why = "the program that looks inside has ended".into();
            *self.eye.lock().await = None;
        }
        Err(why)
    }

    async fn eye(&self, inspected: &Inspected) -> Result<Eye, String> {
        let mut eye = self.eye.lock().await;
        if let Some(eye) = &*eye {
            return eye.clone();
        }
        let started = self.start(inspected).await;
        *eye = Some(started.clone());
        started
    }

    async fn start(&self, inspected: &Inspected) -> Result<Eye, String> {
        let container = &inspected.container;
        if !container.pid_mode.is_empty() {
            // The first process that is seen there is another container's.
            return Err("it shares the processes of another container".into());
        }
        let shared = [Namespace::Pid, Namespace::Network];
        self.sidecars.eye(&container.id, &shared).await
    }
}

/// Where the server may be met, the likeliest first.
fn ends(dialect: Dialect, host: Option<&str>) -> Result<Vec<Endpoint>, String> {
    let port = dialect.port();
    if let Some(host) = host {
        let address: IpAddr = host
            .parse()
            .map_err(|_| format!("`{host}` is no address"))?;
        return Ok(vec![Endpoint::Tcp(SocketAddr::new(address, port))]);
    }
    let socket = |path: &&str| {
        Endpoint::Unix(UnixPath {
            pid: FIRST,
            path: Bytes::from(*path),
        })
    };
    Ok(dialect.sockets().iter().map(socket).collect())
}

async fn open_at(
    eye: &Eye,
    end: &Endpoint,
    dialect: Dialect,
    entrance: Entrance<'_>,
) -> Result<Result<Session, String>, Failed> {
    let socket = serve(eye, end.clone(), dialect.socket_name()).map_err(Failed::Undecided)?;
    match Session::open(socket, dialect.wire(), entrance).await {
        Ok(session) => Ok(Ok(session)),
        Err((NoSession::Refused(why), _)) => Ok(Err(why)),
        Err((NoSession::Undecided(why), socket)) => Err(match socket.trouble() {
            Some(EyeError::Unopened(Forwarded::Unfound(_))) => Failed::NotThere,
            Some(EyeError::Ended(_) | EyeError::Silent(_)) => Failed::Ended,
            Some(other) => Failed::Undecided(other.to_string()),
            None => Failed::Undecided(why),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_met_at_its_socket_file_or_at_an_address() {
        let files = ends(Dialect::Mariadb, None).expect("it is spoken");
        assert!(files.len() > 1 && matches!(&files[0], Endpoint::Unix(at) if at.pid == FIRST));
        let address = SocketAddr::from(([10, 0, 0, 2], 3306));
        assert_eq!(
            ends(Dialect::Mysql, Some("10.0.0.2")),
            Ok(vec![Endpoint::Tcp(address)])
        );
        assert!(ends(Dialect::Mysql, Some("db")).is_err());
        let files = ends(Dialect::Postgres, None).expect("it is spoken");
        assert!(files.len() > 1);
    }
}
