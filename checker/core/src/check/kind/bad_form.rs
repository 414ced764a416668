//! `bad_form`: an empty form is told apart from a server error.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::course_app;
use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Role, Step};
use crate::text::say;

pub(super) const EXAMPLE: &str = "bad_form: { through: app }";

/// Empty forms sent to `/inserter` and `/fetch` are answered with a status of the 400s (the course's app says 422), not
/// with a success and not with a server error (RFC 9110, section 15.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BadForm {
    /// Through whom.
    pub through: Role,
}

impl Kind for BadForm {
    fn wants(&self) -> Vec<Want> {
        vec![Want::RoundTrip(Step::Empty)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.through) else {
            return scene.missing(self.through);
        };
        let expected = say!(
            "empty forms sent to `{}` are answered with 422 or another status of the 400s",
            app.known_as()
        );
        let round_trip = seen!(scene.round_trip(), expected, say!("the round trip"));
        let mut said = Vec::new();
        for (path, step) in [
            (course_app::FETCH, &round_trip.empty_fetch),
            (course_app::INSERTER, &round_trip.empty_insert),
        ] {
            let Some(step) = step else {
                return Verdict::unknown(
                    expected,
                    say!("the empty form for {path} was not sent", path),
                );
            };
            if let Some(verdict) = Scene::too_often(step, &expected) {
                return verdict;
            }
            match &step.answer {
                Ok(answer) if (400..500).contains(&answer.status) => {
                    said.push(format!("{path} {}", answer.status));
                }
                _ => {
                    return Verdict::fail(
                        expected,
                        say!("an empty form to {path}: {}", Scene::phrase(step), path),
                    )
                    .seen(format!("POST {path}"), step.command());
                }
            }
        }
        Verdict::pass(expected, crate::text::list(&said))
    }
}
