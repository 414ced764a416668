//! Signing in as others than the administrator who looks: as the application, and as the accounts that its password
//! may open.

use futures_util::future::join3;

use super::account::identity::{Guess, Identity};
use super::account::inquiry::{Inquiry, seen};
use super::account::password::{self, Places};
use super::account::privilege_attempts::AttemptPlan;
use super::account::superuser;
use super::account::texts::Texts;
use super::schema::types::Accounts;
use labcheck_core::check::Look;
use labcheck_core::facts::{Attempt, RootSignIn, Seen};

/// What was read while the database's client was starting.
#[derive(Default)]
pub(crate) struct Before {
    pub texts: Texts,
    /// A client that was started as the application's account seemed to be.
    pub guess: Option<Guess>,
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

impl Inquiry<'_> {
    /// Everything that needs signing in as somebody else than the administrator who looks, side by side.
    pub(crate) async fn as_others(
        &self,
        identity: &Result<Identity, String>,
        known: &Accounts,
        plan: &AttemptPlan<'_>,
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
                Some(password) => {
                    Some(self.account_opened_by(known, plan.program, &password).await)
                }
                None => None,
            }
        };
        let signed_in = self.attempts(identity, plan, before.guess);
        let (signed_in, empty, as_app) =
            join3(signed_in, root(Some(String::new())), root(guess.clone())).await;
        // Where the account may come in from elsewhere only, the hash that the server keeps still proves the password.
        let proven_password = identity.as_ref().ok().and_then(Identity::proven_password);
        let password: Result<&str, String> = match (&signed_in, proven_password) {
            (Ok((password, _)), _) => Ok(password.as_str()),
            (Err(_), Some(proven_password)) => Ok(proven_password),
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
                (Ok(password), _) => self.account_opened_by(known, plan.program, password).await,
                (Err(why), _) => Err(why.clone()),
            };
            others.root = Some(seen(empty.map(|empty| {
                superuser::root_sign_in(self.server.administrator_name(), empty.as_ref(), as_app)
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
                password.map(|password| password::exposed_places(password, &places, self.secrets));
            others.password_seen = Some(seen(places));
        }
        if !plan.statements.is_empty() {
            others.attempts = Some(seen(signed_in.map(|(_, attempts)| attempts)));
        }
        others
    }
}
