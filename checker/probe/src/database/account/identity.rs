//! The application's own account in the database, and what may be its password.
//!
//! A password is the application's if it signs in or fits the hash that the server keeps: there is no other proof. It
//! never leaves the probes.

use super::inquiry::Inquiry;
use super::password;
use super::texts::Texts;
use crate::database::client::conversation::Client;
use crate::database::client::server::{Candidate, Path};
use crate::database::client::sign_in::Login;
use crate::database::dialect::programs::ClientPrograms as _;
use crate::database::dialect::sign_in::SignIn as _;
use crate::database::schema::host_part::host_matches;
use crate::database::schema::types::Credential;
use labcheck_core::facts::Session;

/// The application's account, and what may be its password.
pub(crate) struct Identity {
    /// As facts name it: `user@host`, or the bare name of a role.
    pub(crate) account: String,
    /// The schema (MariaDB) or database (PostgreSQL) its sessions use.
    pub schema: Option<String>,
    pub(crate) credential: Credential,
    /// What may be its password, the likeliest first; by the server's hash only one, where that tells.
    pub(crate) passwords: Vec<Candidate>,
}

/// A client started before the application's account is known, as the account and password that the environment names.
pub(crate) struct Guess {
    pub(crate) user: String,
    pub(crate) password: String,
    pub client: Client,
}

impl Identity {
    /// The account of the first session, with the passwords that fit the server's hash of its own, or may.
    ///
    /// # Errors
    /// Why the account is not known.
    pub(crate) fn of(
        inquiry: &Inquiry<'_>,
        sessions: &Result<Vec<Session>, String>,
        credentials: &[Credential],
        texts: &Texts,
    ) -> Result<Self, String> {
        let sessions = sessions.as_ref().map_err(Clone::clone)?;
        let session = sessions
            .first()
            .ok_or("no session of the application was seen, so its account is not known")?;
        let known = credentials
            .iter()
            .find(|credential| credential.label() == session.account);
        let credential = known.cloned();
        let credential = credential.unwrap_or_else(|| Credential::new(&session.user, "%"));
        let all = inquiry.candidates(&session.user);
        let matches = |candidate: &Candidate| password::matches_hash(&credential, &candidate.value);
        let mut passwords: Vec<Candidate> = all
            .iter()
            .filter(|candidate| matches(candidate) == Some(true))
            .cloned()
            .collect();
        if password::matches_hash(&credential, "") == Some(true) {
            passwords = vec![Candidate {
                value: String::new(),
                from: "nowhere: it is empty".into(),
            }];
        }
        if passwords.is_empty() {
            passwords.extend(password::find_in_sources(&credential, &texts.sources));
        }
        if passwords.is_empty() {
            passwords.extend(
                all.into_iter()
                    .filter(|candidate| matches(candidate).is_none()),
            );
        }
        Ok(Self {
            account: session.account.clone(),
            schema: session.schema.clone(),
            credential,
            passwords,
        })
    }

    /// The password that fits by the hash the server keeps.
    pub(crate) fn proven_password(&self) -> Option<&str> {
        let mut all = self.passwords.iter();
        let matches = |candidate: &&Candidate| {
            password::matches_hash(&self.credential, &candidate.value) == Some(true)
        };
        all.find(matches).map(|candidate| candidate.value.as_str())
    }

    /// Why its account cannot be tried from inside the database's container, whose address is `own`, where that is
    /// certain.
    pub(crate) fn unreachable_from(&self, own: Option<&str>) -> Option<String> {
        let host = self.credential.host.as_str();
        let covers = |from: &str| host_matches(host, from);
        let reachable = covers("127.0.0.1") || covers("localhost") || own.is_some_and(covers);
        (!reachable && !host.is_empty()).then(|| {
            format!(
                "`{}` may sign in from {host} only, so it cannot be tried from inside the database's container",
                self.account
            )
        })
    }
}

impl Inquiry<'_> {
    /// Starts a client as the likeliest account, so that it has started by the time the account is known.
    ///
    /// Not where a session sees one database only, which is not known yet.
    pub(crate) async fn guess(&self) -> Option<Guess> {
        if self.server.dialect.one_database() || !self.signs_in() {
            return None;
        }
        let user = password::likely_user(&self.apps)?;
        let password = self.candidates(&user).into_iter().next()?.value;
        let path = Path::Tcp(self.own_address()?);
        let program = self.server.dialect.programs().first()?;
        let client = self
            .server
            .start_client(Login {
                program,
                user: &user,
                password: &password,
                path,
                database: None,
            })
            .await
            .ok()?;
        Some(Guess {
            user,
            password,
            client,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_bound_to_an_address_is_proven_by_its_hash() {
        let candidate = |value: &str| Candidate {
            value: value.into(),
            from: "a file".into(),
        };
        let identity = Identity {
            account: "app@172.18.0.3".into(),
            schema: None,
            credential: Credential {
                user: "app".into(),
                host: "172.18.0.3".into(),
                plugin: "mysql_native_password".into(),
                hash: "*FD43CAB9E291CFB883792F5D97A6DD942D969474".into(),
            },
            passwords: vec![candidate("made-up-app-password")],
        };
        assert_eq!(identity.proven_password(), Some("made-up-app-password"));
        let why = identity.unreachable_from(Some("172.18.0.2"));
        assert!(why.is_some_and(|why| why.contains("172.18.0.3 only")));
        assert_eq!(identity.unreachable_from(Some("172.18.0.3")), None);
    }
}
