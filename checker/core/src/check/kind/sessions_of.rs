//! `sessions_of`: whom the application is signed in as.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::accounts;
use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Role;
use crate::text::{self, say};

pub(super) const EXAMPLE: &str = "sessions_of: { role: app, in: db, not: superuser }";

/// While it is driven, the application's live sessions in the database belong to an account that is not a superuser.
///
/// Judged from the server's own process list and the account's rights, never from names or configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionsOf {
    /// Whose sessions.
    pub role: Role,
    /// In which database.
    #[serde(rename = "in")]
    pub within: Role,
    /// What the account must not be.
    pub not: Forbidden,
}

/// What an account must not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Forbidden {
    /// One that may do everything.
    Superuser,
}

impl Kind for SessionsOf {
    fn wants(&self) -> Vec<Want> {
        accounts::wants()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let Some(db) = scene.one(self.within) else {
            return scene.missing(self.within);
        };
        let Forbidden::Superuser = self.not;
        let expected = say!(
            "the sessions of `{}` in `{}` belong to a user that is no superuser",
            app.known_as(),
            db.known_as()
        );
        let sql = seen!(scene.sql(), expected, say!("the database"));
        let sessions = seen!(
            sql.sessions.as_ref(),
            expected,
            say!("the list of sessions")
        );
        if sessions.is_empty() {
            if let Some(doubt) = accounts::doubt(sql, scene) {
                return Verdict::unknown(expected, doubt);
            }
            return Verdict::unknown(
                expected,
                say!(
                    "no session of `{}` was seen in {} looks at the process list",
                    app.known_as(),
                    sql.polls
                ),
            );
        }
        let all = seen!(
            sql.accounts.as_ref(),
            expected,
            say!("the list of accounts")
        );
        let behind = accounts::behind(sessions, all);
        let names: Vec<String> = behind.iter().map(|account| account.label()).collect();
        if behind.is_empty() {
            return Verdict::unknown(
                expected,
                say!("the account behind the sessions is not in the server's list of accounts"),
            );
        }
        match behind.iter().find(|account| account.superuser) {
            None => match accounts::doubt(sql, scene) {
                Some(doubt) => Verdict::unknown(expected, doubt),
                None => Verdict::pass(expected, text::ticked(&names)),
            },
            Some(account) => Verdict::fail(
                expected,
                say!(
                    "they belong to `{}`, who may do everything on the whole server",
                    account.label()
                ),
            )
            .seen(
                say!("the process list, while /inserter and /fetch were used"),
                accounts::show_sessions(sql),
            )
            .seen(
                say!("that user's rights"),
                accounts::show_grants(sql, account),
            ),
        }
    }
}
