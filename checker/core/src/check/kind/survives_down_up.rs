//! `survives_down_up`: what was stored is there after `docker compose down` and `up`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::embedded::Embedded;
use crate::facts::Role;
use crate::text::{self, retold, say, shell};

pub(super) const EXAMPLE: &str = "survives_down_up: { role: app, in: db }";

/// After `docker compose down` (without `-v`) and `up -d`, the application answers again, with what was stored before.
///
/// Disruptive: looked at only with `--disruptive`, last; without it the verdict is unknown. Where the data would be lost,
/// nothing is taken down, and that is the fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurvivesDownUp {
    /// Who must answer again.
    pub role: Role,
    /// Where the data lies.
    #[serde(rename = "in")]
    pub database: Role,
}

impl Kind for SurvivesDownUp {
    fn wants(&self) -> Vec<Want> {
        vec![Want::DownUp]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let Some(db) = scene.one(self.database) else {
            return scene.missing(self.database);
        };
        let expected = say!(
            "what `{}` stored in `{}` is there after `docker compose down` and `up`",
            app.known_as(),
            db.known_as()
        );
        if !scene.facts.course.disruptive {
            return Verdict::unknown(
                expected,
                say!(
                    "this check takes the stack down and up again; it runs only with --disruptive"
                ),
            );
        }
        let recreated = seen!(
            scene.facts.recreated.as_ref(),
            expected,
            say!("taking it down and up")
        );
        if let Some(why) = &recreated.would_lose {
            return Verdict::fail(
                expected,
                say!("nothing was taken down, as it would be lost: {why}", why),
            )
            .seen(
                "Mounts",
                shell!("docker inspect -f '{{{{json .Mounts}}}}' {}", db.name),
            );
        }
        if let Some(said) = &recreated.not_up {
            let found = say!(
                "project `{}` did not come up again; Compose says: {said}",
                recreated.project,
                said
            );
            return Verdict::fail(expected, found)
                .seen(say!("start it"), Embedded::start(&scene.facts.lab));
        }
        let stays = match recreated.undone.as_ref().and_then(|undone| undone.why()) {
            Some(why) => say!(
                "; the row of this grading may stay in the database: {why}",
                why
            ),
            None => String::new(),
        };
        match recreated.found_ms {
            Some(ms) => Verdict::pass(
                expected,
                say!("there again {} after `up`{stays}", text::took(ms), stays),
            ),
            None => Verdict::fail(
                expected,
                say!(
                    "`{}` did not answer with it; the last that was heard: {}{stays}",
                    app.known_as(),
                    retold(&recreated.last),
                    stays
                ),
            )
            .seen(
                say!("its own words"),
                shell!("docker logs --tail 20 {}", app.name),
            ),
        }
    }
}
