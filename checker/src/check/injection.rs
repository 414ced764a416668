//! `injection`: SQL typed into a form is data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::look::seen;
use super::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, Step};

pub(super) const EXAMPLE: &str = "injection: { through: app }";

/// `' OR '1'='1` sent to `/fetch` finds nothing, and breaks nothing.
///
/// While the round trip's own manufacturer is stored: an answer that shows it was built by pasting text into SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Injection {
    /// Through whom.
    pub through: Role,
}

impl Kind for Injection {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::Drive(Step::Store),
            Want::Drive(Step::Inject),
            Want::Sql(Look::Rows),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.through) else {
            return scene.missing(self.through);
        };
        let expected = format!(
            "`' OR '1'='1` sent to /fetch of `{}` finds nothing",
            app.known_as()
        );
        let drive = seen!(scene.drive(), expected, "the round trip");
        let Some(step) = &drive.injection else {
            return Verdict::unknown(
                expected,
                "the round trip did not get as far as this request",
            );
        };
        let answer = match &step.answer {
            Ok(answer) => answer,
            Err(trouble) => {
                return Verdict::unknown(expected, format!("the request {}", trouble.phrase()))
                    .seen("POST /fetch", step.repeat.clone());
            }
        };
        let shows = answer.body.contains(&drive.name)
            || drive
                .hash
                .as_ref()
                .is_some_and(|hash| answer.body.contains(hash.as_str()));
        let found = if shows {
            "it lists manufacturers: the text became part of the statement"
        } else if answer.status >= 500 {
            "a server error: the quotation mark reached the statement"
        } else {
            return Verdict::pass(expected, Scene::phrase(step));
        };
        Verdict::fail(expected, found).seen("POST /fetch", step.repeat.clone())
    }
}
