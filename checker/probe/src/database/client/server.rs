//! A database server: where it runs, how a client connects to it, and what its administrator's name and password may be.

use std::collections::BTreeSet;

use super::own_way::OwnWay;
use crate::database::dialect::sign_in::SignIn as _;
use crate::stack::secret_files::SecretFile;
use labcheck_core::facts::Dialect;
use labcheck_core::redact::known::{Secrets, secret_name};
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Inspected;

/// A database server: where it runs, and what it speaks.
#[derive(Debug)]
pub(crate) struct Server<'a> {
    pub engine: &'a Engine,
    /// How sessions of the grader's own get to it.
    pub way: OwnWay<'a>,
    /// Its container.
    pub inspected: &'a Inspected,
    /// Passwords and the like, to hide in what the server says.
    pub secrets: &'a Secrets,
    /// What it speaks, as far as its processes and its image tell: MariaDB stands for MySQL too.
    pub dialect: Dialect,
}

/// A value that may be a password, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    pub value: String,
    /// "`MARIADB_ROOT_PASSWORD`", "`/run/secrets/app`", "no password".
    pub from: String,
}

/// How a client program connects to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path<'a> {
    /// The server's own socket file.
    Socket,
    /// TCP, by address.
    Tcp(&'a str),
}

impl<'a> Path<'a> {
    /// The address to connect to by TCP; `None` for the socket file.
    pub(crate) fn host(self) -> Option<&'a str> {
        match self {
            Self::Socket => None,
            Self::Tcp(host) => Some(host),
        }
    }
}

impl Server<'_> {
    /// The administrator's name.
    pub(crate) fn administrator_name(&self) -> &str {
        let given = self.dialect.administrator_variable();
        let given = given.and_then(|variable| self.inspected.var(variable));
        let given = given.filter(|user| !user.is_empty());
        given.unwrap_or(self.dialect.administrator())
    }

    /// Passwords the administrator may have: the one that the first start generated and wrote to the log, the documented
    /// variables, their files, every secret file, none at all.
    pub(crate) fn administrator_passwords(
        &self,
        files: &[SecretFile],
        generated: Option<&str>,
    ) -> Vec<Candidate> {
        let named = self.dialect.password_variables();
        let from = |value: &str, place: &str| Candidate {
            value: value.to_owned(),
            from: format!("the password from {place}"),
        };
        let given = |name: &str| self.inspected.var(name).filter(|value| !value.is_empty());
        let mut all: Vec<Candidate> = generated
            .map(|value| from(value, "the log of its first start"))
            .into_iter()
            .collect();
        all.extend(
            named
                .iter()
                .filter_map(|name| given(name).map(|value| from(value, name))),
        );
        for name in named {
            let path = self.inspected.var(&format!("{name}_FILE"));
            all.extend(
                files
                    .iter()
                    .filter(|file| Some(file.path.as_str()) == path)
                    .map(|file| from(&file.secret, &file.path)),
            );
        }
        all.extend(files.iter().map(|file| from(&file.secret, &file.path)));
        all.push(Candidate {
            value: String::new(),
            from: "no password".into(),
        });
        all.extend(
            self.inspected
                .env
                .iter()
                .filter(|(name, value)| secret_name(name) && !value.is_empty())
                .map(|(name, value)| from(value, name)),
        );
        distinct(all)
    }
}

/// Each value once, in the order given.
pub(crate) fn distinct(all: Vec<Candidate>) -> Vec<Candidate> {
    let mut seen = BTreeSet::new();
    all.into_iter()
        .filter(|candidate| seen.insert(candidate.value.clone()))
        .collect()
}
