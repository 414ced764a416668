//! `own_schema_only`: an account has rights on one schema, its own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::accounts;
use crate::check::shared::accounts::signed_in;
use crate::check::shared::definers;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Definer, Role};
use crate::text::{self, say};

pub(super) const EXAMPLE: &str = "own_schema_only: { role: app, in: db }";

/// The application's account has rights on the schema it uses, and on no other.
///
/// The schema it uses is the one its sessions have chosen and the one its rows lie in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnSchemaOnly {
    /// Whose account.
    pub role: Role,
    /// In which database.
    #[serde(rename = "in")]
    pub within: Role,
}

impl Kind for OwnSchemaOnly {
    fn wants(&self) -> Vec<Want> {
        accounts::wants()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "the database user of `{}` has rights on its own schema only",
            app.known_as()
        );
        let (sql, sessions, behind) = signed_in!(scene, expected);
        let own = accounts::own_schemas(sessions, scene);
        if own.is_empty() {
            return Verdict::unknown(
                expected,
                say!("which schema the application uses could not be seen"),
            );
        }
        for account in behind {
            let foreign: Vec<&str> = account
                .grants
                .iter()
                .filter(|grant| !grant.rights.is_empty())
                .filter_map(|grant| accounts::schema_of(grant, sql))
                .filter(|schema| !own.contains(schema))
                .collect();
            if !foreign.is_empty() {
                return Verdict::fail(
                    expected,
                    say!(
                        "`{}` also has rights on {}",
                        account.label(),
                        text::ticked(&foreign)
                    ),
                )
                .seen(
                    say!("that user's rights"),
                    accounts::show_grants(sql, account),
                );
            }
            let beyond = |code: &&&Definer| !code.schemas.is_empty();
            if let Some(code) = definers::borrowed(sql, account).iter().find(beyond) {
                let (which, schemas) = (definers::named(code), text::ticked(&code.schemas));
                return Verdict::fail(
                    expected,
                    say!(
                        "{which} runs with the rights of `{}` and uses {schemas}",
                        code.account,
                        which,
                        schemas
                    ),
                )
                .seen(say!("how it is made"), definers::show(sql, code));
            }
        }
        Verdict::pass(expected, text::ticked(&own))
    }
}
