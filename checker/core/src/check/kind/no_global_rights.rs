//! `no_global_rights`: an account has no rights on the whole server.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::accounts;
use crate::check::shared::accounts::signed_in;
use crate::check::shared::definers;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Definer, Role};
use crate::text::{self, say};

pub(super) const EXAMPLE: &str = "no_global_rights: { role: app, in: db }";

/// The application's account has no right on `*.*`, and may not hand rights on (GRANT OPTION).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoGlobalRights {
    /// Whose account.
    pub role: Role,
    /// In which database.
    #[serde(rename = "in")]
    pub within: Role,
}

impl Kind for NoGlobalRights {
    fn wants(&self) -> Vec<Want> {
        accounts::wants()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "the database user of `{}` has no right on *.* and no GRANT OPTION",
            app.known_as()
        );
        let (sql, _, behind) = signed_in!(scene, expected);
        for account in behind {
            let global: Vec<&str> = account
                .grants
                .iter()
                .filter(|grant| grant.global())
                .flat_map(|grant| &grant.rights)
                .map(String::as_str)
                .collect();
            let handing = account.grants.iter().find(|grant| grant.grantable);
            let found = if !global.is_empty() {
                say!("`{}` has {} on *.*", account.label(), text::list(&global))
            } else if let Some(grant) = handing {
                say!(
                    "`{}` may hand on its rights on {} (GRANT OPTION)",
                    account.label(),
                    grant.on
                )
            } else {
                let commands = |code: &&&Definer| code.commands;
                let borrowed = definers::borrowed(sql, account);
                let Some(code) = borrowed.iter().find(commands) else {
                    continue;
                };
                let which = definers::named(code);
                return Verdict::fail(
                    expected,
                    say!(
                        "{which} runs with the rights of `{}`, and carries out statements that are made as it runs, or changes accounts",
                        code.account,
                        which
                    ),
                )
                .seen(say!("how it is made"), definers::show(sql, code));
            };
            return Verdict::fail(expected, found).seen(
                say!("that user's rights"),
                accounts::show_grants(sql, account),
            );
        }
        Verdict::pass(expected, say!("none"))
    }
}
