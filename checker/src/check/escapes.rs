//! `escapes`: markup typed into a form comes back as text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::look::seen;
use super::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, Step};

pub(super) const EXAMPLE: &str = "escapes: { through: app }";

/// A name with a `<script>` in it, stored and fetched, does not come back as markup; refusing it is fine too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Escapes {
    /// Through whom.
    pub through: Role,
}

impl Kind for Escapes {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::Drive(Step::Store),
            Want::Drive(Step::Markup),
            Want::Sql(Look::Rows),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.through) else {
            return scene.missing(self.through);
        };
        let expected = format!(
            "`<script>` in a name comes back from `{}` as text, not as markup",
            app.known_as()
        );
        let drive = seen!(scene.drive(), expected, "the round trip");
        let Some(stored) = &drive.markup_stored else {
            return Verdict::unknown(
                expected,
                "the round trip did not get as far as this request",
            );
        };
        if let Ok(answer) = &stored.answer
            && (400..500).contains(&answer.status)
        {
            return Verdict::pass(expected, format!("refused with {}", answer.status));
        }
        let Some(step) = &drive.markup else {
            return Verdict::unknown(
                expected,
                format!("posting such a name {}", Scene::phrase(stored)),
            )
            .seen("POST /inserter", stored.repeat.clone());
        };
        let answer = match &step.answer {
            Ok(answer) => answer,
            Err(trouble) => {
                return Verdict::unknown(expected, format!("the request {}", trouble.phrase()))
                    .seen("POST /fetch", step.repeat.clone());
            }
        };
        let pages = stored.answer.iter().chain([answer]);
        for page in pages {
            if page.body.to_ascii_lowercase().contains("<script>labcheck") {
                return Verdict::fail(
                    expected,
                    "the page carries the script as it was typed: a browser would run it",
                )
                .seen("POST /fetch", step.repeat.clone());
            }
        }
        if answer.status >= 500 {
            return Verdict::unknown(expected, Scene::phrase(step))
                .seen("POST /fetch", step.repeat.clone());
        }
        Verdict::pass(
            expected,
            if answer.body.contains("&lt;script") {
                "escaped"
            } else {
                "it does not come back as markup"
            },
        )
    }
}
