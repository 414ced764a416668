//! `injection`: SQL typed into a form is data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::course_app;
use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, RoundTrip, Step, StepAnswer, Typed};
use crate::text::{retold, say};

pub(super) const EXAMPLE: &str = "injection: { through: app }";

/// `' OR '1'='1` and the like, sent to `/fetch` by name and by id, find nothing and break nothing.
///
/// While the round trip's own manufacturer is stored: an answer with a hit, which something harmless does not get, was
/// built by pasting text into SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Injection {
    /// Through whom.
    pub through: Role,
}

impl Kind for Injection {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::RoundTrip(Step::Store),
            Want::RoundTrip(Step::Inject),
            Want::Database(Look::Rows),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.through) else {
            return scene.missing(self.through);
        };
        let expected = say!(
            "`' OR '1'='1` sent to /fetch of `{}` finds nothing",
            app.known_as()
        );
        let round_trip = seen!(scene.round_trip(), expected, say!("the round trip"));
        if round_trip.typed.iter().any(|typed| typed.sql) {
            return several(round_trip, expected);
        }
        let Some(step) = &round_trip.injection else {
            return Verdict::unknown(
                expected,
                say!("the round trip did not get as far as this request"),
            );
        };
        let answer = match &step.answer {
            Ok(answer) => answer,
            Err(trouble) => {
                return Verdict::unknown(
                    expected,
                    say!("the request {}", retold(&trouble.phrase())),
                )
                .seen(course_app::POST_FETCH, step.command());
            }
        };
        let listed = round_trip
            .missing
            .as_ref()
            .is_some_and(|missed| missed.shows_name(&round_trip.name));
        let shows = (!listed && answer.body.contains(&round_trip.name))
            || round_trip
                .hash
                .as_ref()
                .is_some_and(|hash| answer.body.contains(hash.as_str()));
        let found = if shows {
            lists()
        } else if answer.status >= 500 {
            breaks()
        } else {
            return Verdict::pass(expected, Scene::phrase(step));
        };
        Verdict::fail(expected, found).seen(course_app::POST_FETCH, step.command())
    }
}

fn lists() -> &'static str {
    say!("it lists manufacturers: the text became part of the statement")
}

fn breaks() -> &'static str {
    say!("a server error: the quotation mark reached the statement")
}

/// Several texts, each compared with the harmless one of its field and with a name that was never stored.
fn several(round_trip: &RoundTrip, expected: String) -> Verdict {
    let fail = |typed: &Typed, found: &str| {
        let found = say!("`{}` in {}: {found}", typed.text, typed.field, found);
        Verdict::fail(expected.clone(), found).seen(course_app::POST_FETCH, typed.answer.command())
    };
    let mut trouble = None;
    for typed in round_trip.typed.iter().filter(|typed| typed.sql) {
        let twin = round_trip
            .typed
            .iter()
            .find(|other| !other.sql && other.field == typed.field)
            .map(|other| &other.answer);
        let others = || round_trip.missing.iter().chain(twin);
        let answer = match &typed.answer.answer {
            Ok(answer) => answer,
            Err(why) => {
                trouble = trouble.or(Some((typed, retold(&why.phrase()).into_owned())));
                continue;
            }
        };
        if answer.status == 429 {
            trouble = trouble.or(Some((typed, Scene::phrase(&typed.answer))));
            continue;
        }
        let named = typed.answer.shows_name(&round_trip.name)
            && !others().any(|other| other.shows_name(&round_trip.name));
        let hit = Scene::hits(round_trip, &typed.answer)
            .is_some_and(|word| !others().any(|other| other.shows_hash(word)));
        if named || hit {
            return fail(typed, lists());
        }
        // A word where a number belongs may break a program without any SQL in it.
        let broken = |step: &StepAnswer| {
            step.answer
                .as_ref()
                .is_ok_and(|answer| answer.status >= 500)
        };
        if answer.status >= 500 && typed.field == "manufacturer_name" && !others().any(broken) {
            return fail(typed, breaks());
        }
    }
    match trouble {
        Some((typed, why)) => Verdict::unknown(expected, say!("the request {why}", why))
            .seen(course_app::POST_FETCH, typed.answer.command()),
        None => Verdict::pass(
            expected,
            say!("it finds no more than any other text, by name and by id"),
        ),
    }
}
