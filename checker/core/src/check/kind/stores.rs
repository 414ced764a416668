//! `stores`: what is posted through the application arrives in the database.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::course_app;
use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, Step};
use crate::text::say;

pub(super) const EXAMPLE: &str = "stores: { through: app, into: db }";

/// A manufacturer with a fresh random name, posted to `/inserter`, is found in the database afterwards.
///
/// Judged from the database itself: the name is looked for in every text column of every schema that is not the
/// server's own, so table and column names are free; so must be the number or the e-mail address. Everything posted is taken out again.
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
        vec![Want::RoundTrip(Step::Store), Want::Database(Look::Rows)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.through) else {
            return scene.missing(self.through);
        };
        let Some(db) = scene.one(self.into) else {
            return scene.missing(self.into);
        };
        let expected = say!(
            "a manufacturer posted to /inserter of `{}` lies in `{}` afterwards",
            app.known_as(),
            db.known_as()
        );
        let round_trip = seen!(scene.round_trip(), expected, say!("the round trip"));
        let Some(step) = &round_trip.stored else {
            return Verdict::unknown(
                expected,
                say!("the round trip did not get as far as posting"),
            );
        };
        if let Some(verdict) = Scene::too_often(step, &expected) {
            return verdict;
        }
        if let Some(found) = Scene::refusal(step) {
            let (words, logs) = Scene::own_words(round_trip, app);
            return Verdict::fail(expected, found)
                .seen(course_app::POST_INSERTER, step.command())
                .seen(words, logs);
        }
        let rows = seen!(round_trip.rows.as_ref(), expected, say!("the database"));
        let lies = |what: &str| rows.iter().find(|row| row.value == what && row.count > 0);
        let fail = |found: String| {
            Verdict::fail(expected.clone(), found).seen(course_app::POST_INSERTER, step.command())
        };
        let Some(row) = lies("name") else {
            return fail(say!(
                "/inserter {}, but no text column of any table in `{}` holds the name",
                Scene::phrase(step),
                db.known_as()
            ));
        };
        if lies("number").or_else(|| lies("email")).is_none() {
            return fail(say!(
                "the name lies in table `{}.{}`, but neither the number nor the e-mail address lies anywhere in `{}`",
                row.spot.schema,
                row.spot.table,
                db.known_as()
            ));
        }
        Verdict::pass(
            expected,
            say!("found in table `{}.{}`", row.spot.schema, row.spot.table),
        )
    }
}
