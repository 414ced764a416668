//! `secret_hidden`: a password does not lie open.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, Step};
use crate::text::{self, retold, say, shell};

pub(super) const EXAMPLE: &str = "secret_hidden: { role: app, in: db }";

/// The application's database password stands neither in plain environment, command line, image nor source.
///
/// The password that really signs in is looked for there; where it was found is told, never what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretHidden {
    /// Whose account.
    pub role: Role,
    /// In which database.
    #[serde(rename = "in")]
    pub within: Role,
}

impl Kind for SecretHidden {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::RoundTrip(Step::Store),
            Want::Database(Look::Rows),
            Want::Database(Look::Sessions),
            Want::Database(Look::PasswordSeen),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "the database password of `{}` comes from a file or a secret",
            app.known_as()
        );
        let sql = seen!(scene.sql(), expected, say!("the database"));
        let exposures = seen!(
            sql.password_seen.as_ref(),
            expected,
            say!("where the password lies")
        );
        if exposures.is_empty() {
            return Verdict::pass(
                expected,
                say!("it stands in no environment variable, command line, image or source file"),
            );
        }
        Verdict::fail(
            expected,
            say!(
                "it can be read in {}",
                text::list(&exposures.iter().map(|exposure| retold(exposure)).collect::<Vec<_>>())
            ),
        )
        .seen(
            say!("the environment, for everybody who may use Docker"),
            shell!("docker inspect -f '{{{{json .Config.Env}}}}' {}", app.name),
        )
    }
}
