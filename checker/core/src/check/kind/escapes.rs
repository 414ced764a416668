//! `escapes`: markup typed into a form comes back as text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::course_app;
use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, RoundTrip, Step};
use crate::text::{retold, say};

pub(super) const EXAMPLE: &str = "escapes: { through: app }";

/// A name with markup in it, stored and fetched, does not come back as markup; refusing it is fine too.
///
/// A script, a picture that calls one, and a way out of an attribute; where the website and the e-mail address may be
/// any text, markup is posted there too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Escapes {
    /// Through whom.
    pub through: Role,
}

impl Kind for Escapes {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::RoundTrip(Step::Store),
            Want::RoundTrip(Step::Markup),
            Want::Database(Look::Rows),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.through) else {
            return scene.missing(self.through);
        };
        let expected = say!(
            "`<script>` in a name comes back from `{}` as text, not as markup",
            app.known_as()
        );
        let round_trip = seen!(scene.round_trip(), expected, say!("the round trip"));
        if !round_trip.markups.is_empty() {
            return shapes(round_trip, expected);
        }
        let Some(stored) = &round_trip.markup_stored else {
            return Verdict::unknown(
                expected,
                say!("the round trip did not get as far as this request"),
            );
        };
        if let Ok(answer) = &stored.answer
            && (400..500).contains(&answer.status)
        {
            return Verdict::pass(expected, say!("refused with {}", answer.status));
        }
        let Some(step) = &round_trip.markup else {
            return Verdict::unknown(
                expected,
                say!("posting such a name {}", Scene::phrase(stored)),
            )
            .seen(course_app::POST_INSERTER, stored.command());
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
        let pages = stored.answer.iter().chain([answer]);
        for page in pages {
            if page.body.to_ascii_lowercase().contains("<script>labcheck") {
                return Verdict::fail(
                    expected,
                    say!("the page carries the script as it was typed: a browser would run it"),
                )
                .seen(course_app::POST_FETCH, step.command());
            }
        }
        if answer.status >= 500 {
            return Verdict::unknown(expected, Scene::phrase(step))
                .seen(course_app::POST_FETCH, step.command());
        }
        Verdict::pass(
            expected,
            if answer.body.contains("&lt;script") {
                say!("escaped")
            } else {
                say!("it does not come back as markup")
            },
        )
    }
}

/// Every shape: one that comes back as markup decides; otherwise one that was looked at must be in a name.
fn shapes(round_trip: &RoundTrip, expected: String) -> Verdict {
    let mut refused = 0;
    let mut escaped = 0;
    let mut unclear = None;
    for markup in &round_trip.markups {
        let pages = || std::iter::once(&markup.stored).chain(&markup.fetched);
        let ran = pages().find(|step| step.page_search.as_ref().is_some_and(|search| search.marked));
        if let Some(step) = ran {
            let found = say!(
                "`{}` in the field {} comes back as it was typed: a browser would run it",
                markup.text,
                markup.field
            );
            return Verdict::fail(expected, found).seen(say!("the request"), step.command());
        }
        let named = u32::from(markup.field == "name");
        match (&markup.stored.answer, &markup.fetched) {
            (Ok(answer), _) if (400..500).contains(&answer.status) && answer.status != 429 => {
                refused += named;
            }
            (Ok(answer), Some(step))
                if answer.status < 400 && Scene::hits(round_trip, step).is_some() =>
            {
                escaped += named;
            }
            (Ok(answer), Some(step)) if answer.status < 400 => {
                unclear = unclear.or(Some((
                    say!(
                        "`{}` was stored, and /fetch of it {} without a hit",
                        markup.text,
                        Scene::phrase(step)
                    ),
                    step,
                )));
            }
            _ => {
                unclear = unclear.or(Some((
                    say!(
                        "posting `{}` {}",
                        markup.text,
                        Scene::phrase(&markup.stored)
                    ),
                    &markup.stored,
                )));
            }
        }
    }
    match unclear {
        Some((why, step)) if escaped == 0 => {
            Verdict::unknown(expected, why).seen(say!("the request"), step.command())
        }
        _ if escaped + refused == 0 => {
            Verdict::unknown(expected, say!("no name with markup was posted"))
        }
        _ if escaped == 0 => Verdict::pass(
            expected,
            say!("refused in each of {refused} shapes", refused),
        ),
        _ => Verdict::pass(expected, say!("it comes back as text")),
    }
}
