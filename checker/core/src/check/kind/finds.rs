//! `finds`: what was stored comes back through the application.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::course_app;
use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, RoundTrip, Seen, Step, StepAnswer};
use crate::text::say;

pub(super) const EXAMPLE: &str = "finds: { through: app }";

/// The manufacturer stored by the round trip comes back from `/fetch`: its name, and its hash as text.
///
/// The answer comes from the database: the hash lies there, and a name that was never stored comes back without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finds {
    /// Through whom.
    pub through: Role,
}

impl Kind for Finds {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::RoundTrip(Step::Store),
            Want::RoundTrip(Step::Find),
            Want::RoundTrip(Step::Miss),
            Want::Database(Look::Rows),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.through) else {
            return scene.missing(self.through);
        };
        let expected = say!(
            "/fetch of `{}` shows the manufacturer just stored, with its hash",
            app.known_as()
        );
        let round_trip = seen!(scene.round_trip(), expected, say!("the round trip"));
        let Some(step) = &round_trip.found else {
            return Verdict::unknown(
                expected,
                say!("the round trip did not get as far as fetching"),
            );
        };
        if let Some(verdict) = Scene::too_often(step, &expected) {
            return verdict;
        }
        if let Some(found) = Scene::refusal(step) {
            let broke = step.answer.as_ref().is_ok_and(|page| page.status >= 500);
            let verdict = Verdict::fail(expected, found).seen(course_app::POST_FETCH, step.command());
            return if broke {
                let (words, logs) = Scene::own_words(round_trip, app);
                verdict.seen(words, logs)
            } else {
                verdict
            };
        }
        let fail = |found: &str| {
            Verdict::fail(expected.clone(), found).seen(course_app::POST_FETCH, step.command())
        };
        if !step.shows_name(&round_trip.name) {
            return fail(say!("the page does not hold the name that was asked for"));
        }
        let Some(hash) = &round_trip.hash else {
            return fail(say!(
                "the page holds the name, but no hash (a word of 32 or more hexadecimal digits)"
            ));
        };
        if round_trip
            .missing
            .as_ref()
            .is_some_and(|missed| missed.shows_hash(hash))
        {
            return fail(say!(
                "a name that was never stored comes back with the same hash: the answer does not come from the database"
            ));
        }
        if computed(round_trip, step, hash) {
            return fail(say!(
                "a name that was never stored comes back with a hash too: the answer does not come from the database"
            ));
        }
        let rows = round_trip.rows.as_ref().and_then(Seen::get);
        if rows.is_some_and(|rows| !rows.iter().any(|row| row.value == "hash" && row.count > 0)) {
            return fail(say!(
                "the hash on the page lies nowhere in the database: the answer does not come from there"
            ));
        }
        Verdict::pass(expected, say!("name and hash are on the page"))
    }
}

/// Whether a name that was never stored gets a hash of its own. Where every page shows words as long, each its own,
/// that cannot be told.
fn computed(round_trip: &RoundTrip, found: &StepAnswer, hash: &str) -> bool {
    let missed = round_trip
        .missing
        .as_ref()
        .map_or(&[][..], StepAnswer::hashes);
    let own = |word: &String, others: [&[String]; 2]| {
        word.len() == hash.len() && !others.iter().any(|other| other.contains(word))
    };
    missed
        .iter()
        .any(|word| own(word, [&round_trip.furniture, found.hashes()]))
        && !round_trip
            .furniture
            .iter()
            .any(|word| own(word, [missed, found.hashes()]))
}
