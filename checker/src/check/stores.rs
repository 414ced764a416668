//! `stores`: what is posted through the application arrives in the database.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::look::seen;
use super::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, Step};

pub(super) const EXAMPLE: &str = "stores: { through: app, into: db }";

/// A manufacturer with a fresh random name, posted to `/inserter`, is found in the database afterwards.
///
/// Judged from the database itself: the name is looked for in every text column of every schema that is not the
/// server's own, so table and column names are free. Everything posted is taken out again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stores {
    /// Through whom.
    pub through: Role,
    /// Into what.
    pub into: Role,
}

impl Kind for Stores {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Drive(Step::Store), Want::Sql(Look::Rows)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.through) else {
            return scene.missing(self.through);
        };
        let Some(db) = scene.one(self.into) else {
            return scene.missing(self.into);
        };
        let expected = format!(
            "a manufacturer posted to /inserter of `{}` lies in `{}` afterwards",
            app.known_as(),
            db.known_as()
        );
        let drive = seen!(scene.drive(), expected, "the round trip");
        let Some(step) = &drive.stored else {
            return Verdict::unknown(expected, "the round trip did not get as far as posting");
        };
        if let Some(found) = Scene::refusal(step) {
            return Verdict::fail(expected, found)
                .seen("POST /inserter", step.repeat.clone())
                .seen(
                    "the app's own words",
                    format!("docker logs --tail 20 {}", app.name),
                );
        }
        let rows = seen!(drive.rows.as_ref(), expected, "the database");
        match rows.iter().find(|row| row.value == "name" && row.count > 0) {
            Some(row) => Verdict::pass(
                expected,
                format!("found in table `{}.{}`", row.spot.schema, row.spot.table),
            ),
            None => Verdict::fail(
                expected,
                format!(
                    "/inserter {}, but no text column of any table in `{}` holds the name",
                    Scene::phrase(step),
                    db.known_as()
                ),
            )
            .seen("POST /inserter", step.repeat.clone()),
        }
    }
}
