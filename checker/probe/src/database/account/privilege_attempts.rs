//! The statements of a plan, attempted as the application's own account once its password is found.

use super::identity::{Guess, Identity};
use super::inquiry::Inquiry;
use super::privilege_statements::attempt;
use crate::database::client::conversation::Client;
use crate::database::client::server::Path;
use crate::database::client::sign_in::Login;
use crate::database::dialect::attempts::{Attempts as _, Names};
use crate::database::dialect::sign_in::SignIn as _;
use crate::round_trip::driver::Driver;
use labcheck_core::facts::{Attempt, Statement};

/// At most this many passwords are tried for the application's account.
const MOST_TRIES: usize = 6;

/// The statements to attempt, and with what.
pub(crate) struct AttemptPlan<'t> {
    pub(crate) statements: Vec<Statement>,
    /// Schemas that are not the server's own.
    pub(crate) schemas: &'t [String],
    /// The client program that is there.
    pub program: &'static str,
    /// A word for names that must not exist.
    pub fresh: &'t str,
}

impl Inquiry<'_> {
    /// The statements that checks want attempted, and with what.
    pub(crate) fn attempt_plan<'t>(
        &self,
        schemas: &'t [String],
        program: &'static str,
        driver: Option<&Driver<'t>>,
    ) -> AttemptPlan<'t> {
        let fresh = driver.map_or("labcheck-absent", |driver| driver.nonce.missing.as_str());
        AttemptPlan {
            statements: self.statements(),
            schemas,
            program,
            fresh,
        }
    }

    /// Signs in as the application's account and attempts the statements; gives back the password that signed in.
    ///
    /// # Errors
    /// Why no sign-in as that account worked.
    pub(crate) async fn attempts(
        &self,
        identity: &Result<Identity, String>,
        plan: &AttemptPlan<'_>,
        guess: Option<Guess>,
    ) -> Result<(String, Vec<Attempt>), String> {
        let identity = identity.as_ref().map_err(Clone::clone)?;
        let Identity {
            credential,
            account,
            ..
        } = identity;
        let database = identity.schema.as_deref().unwrap_or_default();
        // The application connects by the network, so its account is tried that way first. By loopback an image may let in
        // every user (PostgreSQL's), and MariaDB may have an account of the same name there.
        let loopback = (!self.server.dialect.trusts_local()).then_some("127.0.0.1");
        let local_only = matches!(credential.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        let paths: Vec<&str> = self
            .own_address()
            .filter(|_| !local_only)
            .into_iter()
            .chain(loopback)
            .collect();
        if let Some(why) = identity.unreachable_from(self.own_address()) {
            return Err(why);
        }
        if let (Some(mut guess), Some(first)) = (guess, identity.passwords.first()) {
            let matching =
                guess.user == credential.user && guess.password == first.value && !local_only;
            if matching
                && let Ok(Some(attempts)) =
                    self.try_statements(&mut guess.client, identity, plan).await
            {
                return Ok((guess.password, attempts));
            }
        }
        let mut why = format!(
            "the password of `{account}` is in no variable or secret file of the application or the database"
        );
        for password in identity.passwords.iter().take(MOST_TRIES) {
            for path in &paths {
                let mut client = self
                    .server
                    .start_client(Login {
                        program: plan.program,
                        user: &credential.user,
                        password: &password.value,
                        path: Path::Tcp(path),
                        database: Some(database),
                    })
                    .await?;
                why = match self.try_statements(&mut client, identity, plan).await {
                    Ok(Some(attempts)) => return Ok((password.value.clone(), attempts)),
                    Ok(None) => format!(
                        "from inside its own container the database takes the user for another account than `{account}`"
                    ),
                    Err(said) => format!(
                        "no sign-in as `{account}` from inside the database's container: {}",
                        self.secrets.show(&said, 160)
                    ),
                };
            }
        }
        Err(why)
    }

    /// Attempts the statements; `None` when the server took the user for another account than the application's.
    async fn try_statements(
        &self,
        client: &mut Client,
        identity: &Identity,
        plan: &AttemptPlan<'_>,
    ) -> Result<Option<Vec<Attempt>>, String> {
        let me = client.query(client.dialect.current_user()).await?;
        let me = me.into_iter().flatten().next();
        if me.as_deref() != Some(&identity.account) {
            return Ok(None);
        }
        let first = plan.schemas.first().cloned();
        let mut names = Names {
            user: identity.credential.user.clone(),
            host: identity.credential.host.clone(),
            schema: identity
                .schema
                .clone()
                .or(first)
                .unwrap_or_else(|| "test".into()),
            table: None,
            fresh: plan.fresh.to_owned(),
        };
        if let Some(query) = client.dialect.some_table() {
            let rows = client.query(query).await.unwrap_or_default();
            let mut cells = rows.into_iter().next().unwrap_or_default().into_iter();
            names.schema = cells.next().unwrap_or_else(|| "public".into());
            names.table = cells.next();
        }
        let mut attempts = Vec::new();
        for statement in &plan.statements {
            let (sent, outcome, said) = attempt(client, *statement, &names).await?;
            attempts.push(Attempt {
                statement: *statement,
                account: identity.account.clone(),
                sent,
                outcome,
                said: self.secrets.show(&said, 200),
            });
        }
        Ok(Some(attempts))
    }
}
