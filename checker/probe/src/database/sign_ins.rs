//! Sign-ins that checks ask for, beside the administrator's that the grader looks with: as the application, and with its
//! password as accounts that may do everything.

use futures_util::future::join3;

use super::account::identity::{Guess, Identity};
use super::account::inquiry::{Inquiry, seen};
use super::account::password::{self, Searched};
use super::account::privilege_attempts::AttemptPlan;
use super::account::superuser;
use super::account::texts::Texts;
use super::schema::types::Accounts;
use labcheck_core::check::Look;
use labcheck_core::facts::{Attempt, RootSignIn, Seen};

/// What was prepared while the database's client was starting.
#[derive(Default)]
pub(crate) struct Before {
    /// Texts in which the application's password may lie open.
    pub texts: Texts,
    /// A client that was started for the application's likeliest account.
    pub guess: Option<Guess>,
}

/// What these sign-ins showed; `None` for what no check wants.
#[derive(Debug, Default)]
pub(crate) struct OtherSignIns {
    /// Statements attempted as the application's account.
    pub attempts: Option<Seen<Vec<Attempt>>>,
    /// Whether the empty or the application's password opens an account that may do everything.
    pub root: Option<Seen<RootSignIn>>,
    /// Where the application's password lies open.
    pub password_seen: Option<Seen<Vec<String>>>,
    /// The application's password, once it has signed in: to be hidden in every fact.
    pub password: Option<String>,
}

impl Inquiry<'_> {
    /// Signs in everywhere at once; with the application's first candidate for a password before it is known to be right.
    pub(crate) async fn sign_in_as_others(
        &self,
        identity: &Result<Identity, String>,
        known: &Accounts,
        plan: &AttemptPlan<'_>,
        before: Before,
    ) -> OtherSignIns {
        if !self.signs_in() {
            return OtherSignIns::default();
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
        let attempted = Box::pin(self.attempts(identity, plan, before.guess));
        let (attempted, empty, as_app) =
            join3(attempted, root(Some(String::new())), root(guess.clone())).await;
        // Where the account may sign in from another host only, the hash that the server keeps still proves the password.
        let proven_password = identity.as_ref().ok().and_then(Identity::proven_password);
        let password: Result<&str, String> = match (&attempted, proven_password) {
            (Ok((password, _)), _) => Ok(password.as_str()),
            (Err(_), Some(proven_password)) => Ok(proven_password),
            (Err(why), None) => Err(why.clone()),
        };
        let mut others = OtherSignIns {
            password: password.as_ref().ok().map(|&password| password.to_owned()),
            ..OtherSignIns::default()
        };
        if let Some(empty) = empty {
            // The first candidate was the password after all, in nearly every stack; else the right one is tried now.
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
            let searched = Searched {
                stack: &self.stack.containers,
                processes: self.processes,
                images: &before.texts.images,
                sources: &before.texts.sources,
                names: self.names,
            };
            let exposures =
                password.map(|password| password::exposures(password, &searched, self.secrets));
            others.password_seen = Some(seen(exposures));
        }
        if !plan.statements.is_empty() {
            others.attempts = Some(seen(attempted.map(|(_, attempts)| attempts)));
        }
        others
    }
}
