//! `finds`: what was stored comes back through the application.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::look::seen;
use super::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, Step};

pub(super) const EXAMPLE: &str = "finds: { through: app }";

/// The manufacturer stored by the round trip comes back from `/fetch`: its name, and its hash as text.
///
/// A name that was never stored must not come back with the same hash: that page would be a canned answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finds {
    /// Through whom.
    pub through: Role,
}

impl Kind for Finds {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::Drive(Step::Store),
            Want::Drive(Step::Find),
            Want::Drive(Step::Miss),
            Want::Sql(Look::Rows),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.through) else {
            return scene.missing(self.through);
        };
        let expected = format!(
            "/fetch of `{}` shows the manufacturer just stored, with its hash",
            app.known_as()
        );
        let drive = seen!(scene.drive(), expected, "the round trip");
        let Some(step) = &drive.found else {
            return Verdict::unknown(expected, "the round trip did not get as far as fetching");
        };
        let answer = match (Scene::refusal(step), &step.answer) {
            (None, Ok(answer)) => answer,
            (refusal, _) => {
                let found = refusal.unwrap_or_else(|| Scene::phrase(step));
                return Verdict::fail(expected, found).seen("POST /fetch", step.repeat.clone());
            }
        };
        let fail = |found: &str| {
            Verdict::fail(expected.clone(), found).seen("POST /fetch", step.repeat.clone())
        };
        if !answer.body.contains(&drive.name) {
            return fail("the page does not hold the name that was asked for");
        }
        let Some(hash) = &drive.hash else {
            return fail(
                "the page holds the name, but no hash (a word of 32 or more hexadecimal digits)",
            );
        };
        let missed = drive
            .missing
            .as_ref()
            .and_then(|step| step.answer.as_ref().ok());
        if missed.is_some_and(|page| page.body.contains(hash.as_str())) {
            return fail(
                "a name that was never stored comes back with the same hash: the answer does not come from the database",
            );
        }
        Verdict::pass(expected, "name and hash are on the page")
    }
}
