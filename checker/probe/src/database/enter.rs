//! Signing in to the database: as its administrator where a password is known, else as an account that the stack itself
//! names, which sees less. Asks nothing yet.

use std::collections::BTreeSet;

use super::account::inquiry::Inquiry;
use super::account::password;
use super::client::conversation::Client;
use super::client::limits::limit;
use super::client::server::Path;
use super::client::sign_in::{Login, SignInError, SignedIn};
use super::dialect::programs::ClientPrograms as _;
use super::dialect::sign_in::SignIn as _;

impl Inquiry<'_> {
    /// Starts the likeliest client with the likeliest password, so that it is there by the time it is needed.
    pub(crate) async fn start_administrator_client(&self) -> Option<Client> {
        let login = Login {
            program: self.server.dialect.programs().first()?,
            user: self.server.administrator_name(),
            password: &self.administrator_passwords.first()?.value,
            path: Path::Socket,
            database: None,
        };
        self.server.start_client(login).await.ok()
    }

    /// Signs in as the administrator, with a client that was started before or a new one; where no password lets it in,
    /// as an account that the stack names.
    ///
    /// # Errors
    /// Why not, as a sentence fragment.
    pub(crate) async fn enter(&self, started: Option<Client>) -> Result<SignedIn, String> {
        let signed_in = self
            .server
            .sign_in_as_administrator(&self.administrator_passwords, started);
        let mut signed_in = match signed_in.await {
            Ok(signed_in) => signed_in,
            Err(SignInError::Denied(why)) => self.enter_as_other_account(None).await.ok_or(why)?,
            Err(SignInError::Unavailable(why)) => return Err(why),
        };
        limit(&mut signed_in.client).await;
        Ok(signed_in)
    }

    /// Signs in as an account that the stack names: the application's, or the one that the database was told to make. Not
    /// as the administrator, nor as the user `except`.
    pub(crate) async fn enter_as_other_account(&self, except: Option<&str>) -> Option<SignedIn> {
        // Where the image trusts the socket, its administrator has got in there already.
        if self.server.dialect.trusts_local() {
            return None;
        }
        let given = |name: &str| self.server.inspected.var(name).map(str::to_owned);
        let named = [given("MARIADB_USER"), given("MYSQL_USER")];
        let users = [password::likely_user(&self.apps)];
        let mut tried = BTreeSet::from([self.server.administrator_name().to_owned()]);
        tried.extend(except.map(str::to_owned));
        for user in users.into_iter().chain(named).flatten() {
            if user.is_empty() || !tried.insert(user.clone()) {
                continue;
            }
            // By the network, as the application connects: its account need not be valid from the server's own host.
            let path = Path::Tcp(self.own_address().unwrap_or("127.0.0.1"));
            let keys = self.candidates(&user);
            let signed_in = self.server.sign_in_as(&user, path, &keys, None).await;
            if let Ok(signed_in) = signed_in {
                return Some(signed_in);
            }
        }
        None
    }
}
