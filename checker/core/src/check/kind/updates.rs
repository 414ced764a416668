//! `updates`: the same name again updates instead of doubling.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::course_app;
use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, Row, Step};
use crate::text::say;

pub(super) const EXAMPLE: &str = "updates: { through: app }";

/// Posting a stored name again with another number leaves one manufacturer, with the new number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Updates {
    /// Through whom.
    pub through: Role,
}

impl Kind for Updates {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::RoundTrip(Step::Store),
            Want::RoundTrip(Step::Again),
            Want::Database(Look::Rows),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.through) else {
            return scene.missing(self.through);
        };
        let expected = say!(
            "the same name posted again to `{}` updates the manufacturer",
            app.known_as()
        );
        let round_trip = seen!(scene.round_trip(), expected, say!("the round trip"));
        let Some(step) = &round_trip.again else {
            return Verdict::unknown(
                expected,
                say!("the round trip did not get as far as posting again"),
            );
        };
        if let Some(verdict) = Scene::too_often(step, &expected) {
            return verdict;
        }
        let fail = |found: String| {
            Verdict::fail(expected.clone(), found).seen(course_app::POST_INSERTER, step.command())
        };
        if let Some(found) = Scene::refusal(step) {
            return fail(found);
        }
        let before = names(seen!(
            round_trip.rows.as_ref(),
            expected,
            say!("the database")
        ));
        let after = seen!(
            round_trip.rows_again.as_ref(),
            expected,
            say!("the database after the second post")
        );
        if names(after) > before {
            return fail(say!("there are now two manufacturers of that name").into());
        }
        if after
            .iter()
            .any(|row| row.value == "number" && row.count > 0)
        {
            return Verdict::pass(expected, say!("one manufacturer, with the new number"));
        }
        fail(say!("the new number is nowhere in the database").into())
    }
}

fn names(rows: &[Row]) -> u64 {
    rows.iter()
        .filter(|row| row.value == "name")
        .map(|row| row.count)
        .sum()
}
