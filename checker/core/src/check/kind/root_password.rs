//! `root_password`: the superuser has a password of its own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Database, Role, Seen, Step};
use crate::text::{ShellCommand, say, shell};

pub(super) const EXAMPLE: &str = "root_password: { in: db, not_of: app }";

/// The superuser cannot sign in with an empty password, nor with the application's.
///
/// Both are attempted; no password is kept or shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RootPassword {
    /// In which database.
    #[serde(rename = "in")]
    pub within: Role,
    /// Whose password it must differ from.
    pub not_of: Role,
}

impl Kind for RootPassword {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::RoundTrip(Step::Store),
            Want::Database(Look::Rows),
            Want::Database(Look::Sessions),
            Want::Database(Look::RootSignIn),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(db) = scene.one(self.within) else {
            return scene.missing(self.within);
        };
        let Some(app) = scene.one(self.not_of) else {
            return scene.missing(self.not_of);
        };
        let sql = scene.sql();
        let seen = sql.and_then(Seen::get).and_then(|sql| sql.root.as_ref());
        let named = seen.and_then(Seen::get).map_or("", |root| &root.name);
        let name = if named.is_empty() { "root" } else { named };
        let expected = say!(
            "{name} of `{}` has a password, and not the one of `{}`",
            db.known_as(),
            app.known_as(),
            name
        );
        let sql = seen!(sql, expected, say!("the database"));
        let root = seen!(sql.root.as_ref(), expected, say!("the superuser's sign-in"));
        let opened = Some(root.opened.as_str()).filter(|opened| !opened.is_empty());
        let who = opened.map_or_else(
            || name.to_owned(),
            |opened| say!("`{opened}`, which may do everything too,", opened),
        );
        let user = opened.map_or(name, |opened| opened.split('@').next().unwrap_or(name));
        if root.empty {
            return Verdict::fail(expected, say!("{who} gets in without a password", who))
                .seen(say!("the attempt"), by_hand(sql, user, false));
        }
        match &root.as_app {
            Some(Seen::Seen(true)) => Verdict::fail(
                expected,
                say!(
                    "{who} gets in with the password that `{}` uses",
                    app.known_as(),
                    who
                ),
            )
            .seen(
                say!("the attempt, with that password"),
                by_hand(sql, user, true),
            ),
            Some(Seen::Seen(false)) => Verdict::pass(
                expected,
                say!(
                    "{name} is refused with an empty password and with the application's",
                    name
                ),
            ),
            Some(Seen::Unseen(why)) => Verdict::unknown(expected, why),
            None => Verdict::unknown(expected, say!("the application's password was not tried")),
        }
    }
}

/// The attempt as a command.
fn by_hand(sql: &Database, user: &str, password: bool) -> ShellCommand {
    let client = sql.dialect.sign_in(user, password);
    shell!("docker exec -it {} {}", sql.container, client)
}
