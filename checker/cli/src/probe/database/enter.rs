//! Getting into the database: as its administrator where a password is at hand, else as an account that the stack itself
//! names, which sees less. Asks nothing yet.

use std::collections::BTreeSet;

use super::account::inquiry::Inquiry;
use super::account::password;
use super::client::conversation::Client;
use super::client::limits::limit;
use super::client::server::Path;
use super::client::sign_in::{Closed, Entered};

use super::dialect::programs::ClientPrograms as _;
use super::dialect::sign_in::SignIn as _;

impl Inquiry<'_> {
    /// Starts the likeliest client with the likeliest password, so that it is there by the time it is needed.
    pub(crate) async fn knock(&self) -> Option<Client> {
        let key = self.keys.first()?;
        self.server
            .administrator_client(self.server.dialect.programs().first()?, key)
            .await
            .ok()
    }

    /// Signs in as the administrator, with a client that was started before or a new one; where no password lets it in,
    /// as an account that the stack names.
    ///
    /// # Errors
    /// Why not, as a sentence fragment.
    pub(crate) async fn enter(&self, started: Option<Client>) -> Result<Entered, String> {
        let entered = self.server.administrator(&self.keys, started).await;
        let mut entered = match entered {
            Ok(entered) => entered,
            Err(Closed::TurnedDown(why)) => self.enter_as_other_than(None).await.ok_or(why)?,
            Err(Closed::Away(why)) => return Err(why),
        };
        limit(&mut entered.client).await;
        Ok(entered)
    }

    /// Signs in as an account that the stack names: the application's, or the one that the database was told to make.
    pub(crate) async fn enter_as_other_than(&self, known: Option<&str>) -> Option<Entered> {
        // Where the image trusts the socket, its administrator has got in there already.
        if self.server.dialect.trusts_local() {
            return None;
        }
        let given = |name: &str| self.server.looked.var(name).map(str::to_owned);
        let named = [given("MARIADB_USER"), given("MYSQL_USER")];
        let users = [password::likely_user(&self.apps)];
        let mut tried = BTreeSet::from([self.server.administrator_name().to_owned()]);
        tried.extend(known.map(str::to_owned));
        for user in users.into_iter().chain(named).flatten() {
            if user.is_empty() || !tried.insert(user.clone()) {
                continue;
            }
            // By the network, as the application comes in: its account need not be good for the spot.
            let path = Path::Tcp(self.own_address().unwrap_or("127.0.0.1"));
            let keys = self.candidates(&user);
            let entered = self.server.first_in(&user, path, &keys, None).await;
            if let Ok(entered) = entered {
                return Some(entered);
            }
        }
        None
    }
}
