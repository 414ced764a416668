//! Signing in as the application's own account. Whether its password opens others is tried in `sql_root`.
//!
//! The password that signs in is the application's: there is no other proof. It never leaves the probes.

use futures_util::future::join3;

use super::password::{self, Places};
use super::privilege_attempts::Trial;
use crate::probe::database::account::texts::Texts;
use crate::probe::database::client::conversation::Client;
use crate::probe::database::client::server::{Candidate, Path};
use crate::probe::database::schema::host_part::host_fits;
use crate::probe::database::schema::types::{Credential, People};
use crate::probe::database::sequence::{Before, Inquiry, seen};
use labcheck_core::check::Look;
use labcheck_core::facts::{Attempt, RootSignIn, Seen, Session};

/// The application's account, and what may be its password.
pub(crate) struct Identity {
    pub(crate) account: String,
    /// The schema (MariaDB) or database (PostgreSQL) its sessions use.
    pub(crate) schema: Option<String>,
    pub(crate) credential: Credential,
    pub(crate) passwords: Vec<Candidate>,
}

/// A client started before the application's account is known, as the account and password that the environment names.
pub(crate) struct Guess {
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) client: Client,
}

/// What signing in as others showed.
#[derive(Debug, Default)]
pub(crate) struct Others {
    pub attempts: Option<Seen<Vec<Attempt>>>,
    pub root: Option<Seen<RootSignIn>>,
    pub password_seen: Option<Seen<Vec<String>>>,
    /// The application's password, once it has signed in: to be hidden wherever it still stands.
    pub password: Option<String>,
}

impl Identity {
    /// The account of the first session, with the passwords that fit it by its hash, or may.
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
        let credential = known.cloned().unwrap_or_else(|| Credential {
            user: session.user.clone(),
            host: "%".into(),
            ..Credential::default()
        });
        let all = inquiry.candidates(&session.user);
        let fits = |candidate: &Candidate| password::fits(&credential, &candidate.value);
        let mut passwords: Vec<Candidate> = all
            .iter()
            .filter(|candidate| fits(candidate) == Some(true))
            .cloned()
            .collect();
        if password::fits(&credential, "") == Some(true) {
            passwords = vec![Candidate {
                value: String::new(),
                from: "nowhere: it is empty".into(),
            }];
        }
        if passwords.is_empty() {
            passwords.extend(password::in_sources(&credential, &texts.sources));
        }
        if passwords.is_empty() {
            passwords.extend(
                all.into_iter()
                    .filter(|candidate| fits(candidate).is_none()),
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
    fn proven(&self) -> Option<&str> {
        let mut all = self.passwords.iter();
        let fits = |candidate: &&Candidate| {
            password::fits(&self.credential, &candidate.value) == Some(true)
        };
        all.find(fits).map(|candidate| candidate.value.as_str())
    }

    /// Why its account cannot be tried from inside the database's container, where that is certain.
    pub(crate) fn elsewhere(&self, own: Option<&str>) -> Option<String> {
        let host = self.credential.host.as_str();
        let covers = |from: &str| host_fits(host, from);
        let home = covers("127.0.0.1") || covers("localhost") || own.is_some_and(covers);
        (!home && !host.is_empty()).then(|| {
            format!(
                "`{}` may sign in from {host} only, so it cannot be tried from inside the database's container",
                self.account
            )
        })
    }
}

impl Inquiry<'_> {
    /// Starts a client as the likeliest account, so that it is there when the account is known.
    ///
    /// Not for PostgreSQL, where a client needs to know the database too.
    pub(crate) async fn guess(&self) -> Option<Guess> {
        if self.server.postgres || !self.signs_in() {
            return None;
        }
        let user = password::likely_user(&self.apps)?;
        let password = self.candidates(&user).into_iter().next()?.value;
        let path = Path::Tcp(self.own_address()?);
        let program = self.server.programs().first()?;
        let client = self
            .server
            .start(program, &user, &password, path, "")
            .await
            .ok()?;
        Some(Guess {
            user,
            password,
            client,
        })
    }

    /// What may be a user's password, the likeliest first.
    pub(crate) fn candidates(&self, user: &str) -> Vec<Candidate> {
        password::candidates(
            user,
            &self.apps,
            self.server.looked,
            self.app_files,
            self.db_files,
        )
    }

    /// Everything that needs signing in as somebody else than the administrator who looks, side by side.
    pub(crate) async fn as_others(
        &self,
        identity: &Result<Identity, String>,
        people: &People,
        trial: &Trial<'_>,
        before: Before,
    ) -> Others {
        if !self.signs_in() {
            return Others::default();
        }
        let first = identity
            .as_ref()
            .ok()
            .and_then(|identity| identity.passwords.first());
        let guess = first.map(|candidate| candidate.value.clone());
        let root = |password: Option<String>| async move {
            match password.filter(|_| self.wants(Look::RootSignIn)) {
                Some(password) => Some(self.opens(people, trial.program, &password).await),
                None => None,
            }
        };
        let signed_in = self.attempts(identity, trial, before.guess);
        let (signed_in, empty, as_app) =
            join3(signed_in, root(Some(String::new())), root(guess.clone())).await;
        // Where the account may come in from elsewhere only, the hash that the server keeps still proves the password.
        let proven = identity.as_ref().ok().and_then(Identity::proven);
        let password: Result<&str, String> = match (&signed_in, proven) {
            (Ok((password, _)), _) => Ok(password.as_str()),
            (Err(_), Some(proven)) => Ok(proven),
            (Err(why), None) => Err(why.clone()),
        };
        let mut others = Others {
            password: password.as_ref().ok().map(|&password| password.to_owned()),
            ..Others::default()
        };
        if let Some(empty) = empty {
            // The first guess was the password after all, in nearly every stack; else it is tried now.
            let as_app = match (&password, as_app) {
                (Ok(password), Some(tried)) if guess.as_deref() == Some(password) => tried,
                (Ok(password), _) => self.opens(people, trial.program, password).await,
                (Err(why), _) => Err(why.clone()),
            };
            others.root = Some(seen(empty.map(|empty| {
                super::superuser::fact(self.server.administrator_name(), empty.as_ref(), as_app)
            })));
        }
        if self.wants(Look::PasswordSeen) {
            let places = Places {
                stack: &self.stack.containers,
                processes: self.processes,
                images: &before.texts.images,
                sources: &before.texts.sources,
                names: self.names,
            };
            let places =
                password.map(|password| password::seen_at(password, &places, self.secrets));
            others.password_seen = Some(seen(places));
        }
        if !trial.statements.is_empty() {
            others.attempts = Some(seen(signed_in.map(|(_, attempts)| attempts)));
        }
        others
    }

    /// The database's own address on one of its networks.
    pub(crate) fn own_address(&self) -> Option<&str> {
        let networks = &self.server.looked.container.networks;
        networks
            .iter()
            .map(|end| end.ip.as_str())
            .find(|ip| !ip.is_empty())
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
        assert_eq!(identity.proven(), Some("made-up-app-password"));
        let why = identity.elsewhere(Some("172.18.0.2"));
        assert!(why.is_some_and(|why| why.contains("172.18.0.3 only")));
        assert_eq!(identity.elsewhere(Some("172.18.0.3")), None);
    }
}
