//! `survives_restart`: a role recovers by itself when another is restarted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, Seen, Step};
use crate::text::{retold, say, shell};

pub(super) const EXAMPLE: &str = "survives_restart: { role: app, of: db }";

/// After a restart of the database, the application answers again by itself, with what was stored before.
///
/// Disruptive: looked at only with `--disruptive`, last; without it the verdict is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurvivesRestart {
    /// Who must recover.
    pub role: Role,
    /// Who is restarted.
    pub of: Role,
}

impl Kind for SurvivesRestart {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::RoundTrip(Step::Store),
            Want::RoundTrip(Step::Restart),
            Want::Database(Look::Rows),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let Some(db) = scene.one(self.of) else {
            return scene.missing(self.of);
        };
        let expected = say!(
            "`{}` answers again by itself after a restart of `{}`",
            app.known_as(),
            db.known_as()
        );
        if !scene.facts.course.disruptive {
            return Verdict::unknown(
                expected,
                say!("this check restarts the database; it runs only with --disruptive"),
            );
        }
        let round_trip = seen!(scene.round_trip(), expected, say!("the round trip"));
        let restarted = match &round_trip.restarted {
            Some(Seen::Seen(restarted)) => restarted,
            Some(Seen::Unseen(why)) => return Verdict::unknown(expected, why),
            None => {
                return Verdict::unknown(
                    expected,
                    say!("the round trip did not get as far as the restart"),
                );
            }
        };
        if restarted.database_ready_ms.is_none() {
            return Verdict::unknown(
                expected,
                say!("`{}` itself was not ready again in time", db.known_as()),
            );
        }
        match restarted.app_back_ms {
            Some(ms) => Verdict::pass(
                expected,
                say!(
                    "back after {} s",
                    format!(
                        "{:.1}",
                        f64::from(u32::try_from(ms).unwrap_or(u32::MAX)) / 1000.0
                    )
                ),
            ),
            None => Verdict::fail(
                expected,
                say!(
                    "it did not come back; the last that was heard of it: {}",
                    retold(&restarted.last)
                ),
            )
            .seen(
                say!("its own words"),
                shell!("docker logs --tail 20 {}", app.name),
            ),
        }
    }
}
