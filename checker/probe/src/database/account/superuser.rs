//! Trying passwords that the accounts which may do everything should not have: an empty one, and the application's.

use super::inquiry::{Inquiry, seen};
use super::password;
use crate::database::client::server::Path;
use crate::database::client::sign_in::{Login, is_denied};
use crate::database::dialect::sign_in::SignIn as _;
use crate::database::schema::host_part::host_matches;
use crate::database::schema::types::{Accounts, Credential};
use labcheck_core::facts::RootSignIn;

/// A password that no account has.
const WRONG_PASSWORD: &str = "labcheck: a password that nobody has";

impl Inquiry<'_> {
    /// The account, of those that may do everything, which a password opens: by the hashes the server keeps where they
    /// tell, else by signing in. `None` where it opens none.
    ///
    /// # Errors
    /// A sign-in could not be tried.
    pub(crate) async fn account_opened_by(
        &self,
        known: &Accounts,
        program: &'static str,
        password: &str,
    ) -> Result<Option<String>, String> {
        let name = self.server.administrator_name();
        let all = superusers(known, name);
        let mut undecided = Vec::new();
        for credential in &all {
            match password::matches_hash(credential, password) {
                Some(true) => return Ok(Some(credential.label())),
                Some(false) => {}
                None => undecided.push(credential),
            }
        }
        if all.is_empty() {
            // The grader may not see the accounts: the administrator's name is known, its host part is not, so it is tried
            // from both.
            let by_network = self
                .own_address()
                .filter(|_| !self.server.dialect.trusts_local());
            for path in [self.path_to(None)?]
                .into_iter()
                .chain(by_network.map(Path::Tcp))
            {
                if self.can_sign_in(program, name, password, path).await? {
                    return Ok(Some(name.to_owned()));
                }
            }
            return Ok(None);
        }
        for credential in undecided {
            let path = self.path_to(Some(&credential.host))?;
            if !self
                .can_sign_in(program, &credential.user, password, path)
                .await?
            {
                continue;
            }
            // Where the socket lets in a wrong password too, the server goes by the user of the process (`unix_socket`) or the
            // client by an option file, and the password opens nothing.
            let any = path == Path::Socket
                && self
                    .can_sign_in(program, &credential.user, WRONG_PASSWORD, path)
                    .await?;
            if !any {
                return Ok(Some(credential.label()));
            }
        }
        Ok(None)
    }

    /// How a client has to connect for an account with this host part to apply. `localhost` is reached through the socket,
    /// as the server need not resolve names.
    fn path_to(&self, host: Option<&str>) -> Result<Path<'_>, String> {
        if self.server.dialect.trusts_local() {
            let own = self.own_address();
            return own
                .map(Path::Tcp)
                .ok_or("the database has no address to sign in at".into());
        }
        Ok(match host {
            Some("localhost") => Path::Socket,
            Some(host) if !host_matches(host, "127.0.0.1") => {
                self.own_address().map_or(Path::Tcp("127.0.0.1"), Path::Tcp)
            }
            _ => Path::Tcp("127.0.0.1"),
        })
    }

    /// Whether a user can sign in with a password, from the database's own container.
    async fn can_sign_in(
        &self,
        program: &'static str,
        user: &str,
        password: &str,
        path: Path<'_>,
    ) -> Result<bool, String> {
        let mut client = self
            .server
            .start_client(Login {
                program,
                user,
                password,
                path,
                database: None,
            })
            .await?;
        match client.query(client.dialect.current_user()).await {
            Ok(_) => Ok(true),
            Err(said) if is_denied(&said) => Ok(false),
            Err(said) => Err(format!(
                "the sign-in of {user} could not be tried: {}",
                self.secrets.show(&said, 160)
            )),
        }
    }
}

/// The fact: which account the empty password opened, and which the application's.
pub(crate) fn root_sign_in(
    administrator: &str,
    empty: Option<&String>,
    as_app: Result<Option<String>, String>,
) -> RootSignIn {
    let of_app = as_app.as_ref().ok().and_then(Option::as_ref);
    let opened = empty.or(of_app);
    let own = |account: &&String| {
        let user = account.split('@').next().unwrap_or_default();
        user != administrator
    };
    RootSignIn {
        name: Some(administrator)
            .filter(|name| *name != "root")
            .unwrap_or_default()
            .to_owned(),
        opened: opened.filter(own).cloned().unwrap_or_default(),
        empty: empty.is_some(),
        as_app: Some(seen(as_app.map(|opened| opened.is_some()))),
    }
}

/// Accounts that may do everything and can sign in: the administrator's, and others that have been given as much.
fn superusers<'c>(known: &'c Accounts, administrator: &str) -> Vec<&'c Credential> {
    let account = |credential: &Credential| {
        let mut all = known.accounts.iter();
        all.find(|account| account.user == credential.user && account.host == credential.host)
    };
    let is_superuser = |credential: &&Credential| match account(credential) {
        Some(account) => !account.locked && (account.superuser || account.user == administrator),
        None => credential.user == administrator,
    };
    known.credentials.iter().filter(is_superuser).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::{Account, Seen};

    fn account(user: &str, superuser: bool) -> (Account, Credential) {
        let account = Account {
            user: user.into(),
            host: "localhost".into(),
            superuser,
            ..Account::default()
        };
        (account, Credential::new(user, "localhost"))
    }

    #[test]
    fn the_account_that_got_in_is_named() {
        let second = Some("second@localhost".to_owned());
        let root = root_sign_in("root", second.as_ref(), Ok(None));
        assert_eq!(
            (root.empty, root.opened.as_str()),
            (true, "second@localhost")
        );
        let boss = root_sign_in("boss", None, Ok(Some("boss".into())));
        assert_eq!((boss.name.as_str(), boss.opened.as_str()), ("boss", ""));
        assert_eq!(boss.as_app, Some(Seen::Seen(true)));
    }

    #[test]
    fn every_account_that_may_do_everything_is_tried() {
        let (mut accounts, credentials): (Vec<_>, Vec<_>) = [
            account("root", true),
            account("second", true),
            account("locked", true),
            account("app", false),
        ]
        .into_iter()
        .unzip();
        accounts[2].locked = true;
        let known = Accounts {
            accounts,
            credentials,
        };
        let names: Vec<&str> = superusers(&known, "root")
            .into_iter()
            .map(|credential| credential.user.as_str())
            .collect();
        assert_eq!(names, ["root", "second"]);
    }
}
