//! Trying passwords that they should not have on the accounts that may do everything.

use super::inquiry::Inquiry;
use super::password;
use crate::probe::database::client::server::Path;
use crate::probe::database::client::sign_in::{Login, is_denied};
use crate::probe::database::dialect::sign_in::SignIn as _;
use crate::probe::database::schema::host_part::host_matches;
use crate::probe::database::schema::types::{Accounts, Credential};
use labcheck_core::facts::{RootSignIn, Seen};

/// A password that nobody has.
const NOBODYS: &str = "labcheck: a password that nobody has";

impl Inquiry<'_> {
    /// The account that may do everything which a password opens, if it opens one: by the hashes the server keeps where they tell, else
    /// by signing in.
    pub(crate) async fn opens(
        &self,
        known: &Accounts,
        program: &'static str,
        password: &str,
    ) -> Result<Option<String>, String> {
        let name = self.server.administrator_name();
        let all = powerful(known, name);
        let mut untold = Vec::new();
        for credential in &all {
            match password::fits(credential, password) {
                Some(true) => return Ok(Some(credential.label())),
                Some(false) => {}
                None => untold.push(credential),
            }
        }
        if all.is_empty() {
            let away = self
                .own_address()
                .filter(|_| !self.server.dialect.trusts_local());
            for way in [self.way(None)?].into_iter().chain(away.map(Path::Tcp)) {
                if self.lets_in(program, name, password, way).await? {
                    return Ok(Some(name.to_owned()));
                }
            }
            return Ok(None);
        }
        for credential in untold {
            let way = self.way(Some(&credential.host))?;
            if !self
                .lets_in(program, &credential.user, password, way)
                .await?
            {
                continue;
            }
            // Who comes in through the socket with any password has shown who he is in another way, or an option file did.
            let any = way == Path::Socket
                && self
                    .lets_in(program, &credential.user, NOBODYS, way)
                    .await?;
            if !any {
                return Ok(Some(credential.label()));
            }
        }
        Ok(None)
    }

    /// How to come to an account: one of the local host is reached through the socket, as the server need not resolve
    /// names.
    fn way(&self, host: Option<&str>) -> Result<Path<'_>, String> {
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

    /// Whether a user gets in with a password, from the database's own container.
    async fn lets_in(
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

/// What the attempts came to: which account each password opened.
pub(crate) fn fact(
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
        as_app: Some(match as_app {
            Ok(opened) => Seen::Seen(opened.is_some()),
            Err(why) => Seen::Unseen(why),
        }),
    }
}

/// Accounts that may do everything and can sign in: the administrator's, and whoever else has been given as much.
fn powerful<'c>(known: &'c Accounts, administrator: &str) -> Vec<&'c Credential> {
    let account = |credential: &Credential| {
        let mut all = known.accounts.iter();
        all.find(|account| account.user == credential.user && account.host == credential.host)
    };
    let powerful = |credential: &&Credential| match account(credential) {
        Some(account) => !account.locked && (account.superuser || account.user == administrator),
        None => credential.user == administrator,
    };
    known.credentials.iter().filter(powerful).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::Account;

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
        let root = fact("root", second.as_ref(), Ok(None));
        assert_eq!(
            (root.empty, root.opened.as_str()),
            (true, "second@localhost")
        );
        let boss = fact("boss", None, Ok(Some("boss".into())));
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
        let names: Vec<&str> = powerful(&known, "root")
            .into_iter()
            .map(|credential| credential.user.as_str())
            .collect();
        assert_eq!(names, ["root", "second"]);
    }
}
