//! `root_password`: the superuser has a password of its own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::look::seen;
use super::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, Seen, Step};

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
            Want::Drive(Step::Store),
            Want::Sql(Look::Rows),
            Want::Sql(Look::Sessions),
            Want::Sql(Look::RootSignIn),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(db) = scene.one(self.within) else {
            return scene.missing(self.within);
        };
        let Some(app) = scene.one(self.not_of) else {
            return scene.missing(self.not_of);
        };
        let expected = format!(
            "root of `{}` has a password, and not the one of `{}`",
            db.known_as(),
            app.known_as()
        );
        let sql = seen!(scene.sql(), expected, "the database");
        let root = seen!(sql.root.as_ref(), expected, "root's sign-in");
        if root.empty {
            return Verdict::fail(expected, "root gets in without a password").seen(
                "the attempt",
                format!("docker exec -it {} mariadb -uroot", sql.container),
            );
        }
        match &root.as_app {
            Some(Seen::Seen(true)) => Verdict::fail(
                expected,
                format!(
                    "root gets in with the password that `{}` uses",
                    app.known_as()
                ),
            )
            .seen(
                "the attempt, with that password",
                format!("docker exec -it {} mariadb -uroot -p", sql.container),
            ),
            Some(Seen::Seen(false)) => Verdict::pass(
                expected,
                "root is refused with an empty password and with the application's",
            ),
            Some(Seen::Unseen(why)) => Verdict::unknown(expected, why),
            None => Verdict::unknown(expected, "the application's password was not tried"),
        }
    }
}
