//! `stops_in_time`: a role ends by itself when it is told to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Aspect, Role};
use crate::text::{say, shell};

pub(super) const EXAMPLE: &str = "stops_in_time: { role: app, within_s: 5 }";

/// Told to stop, the role's container ends by itself in time, and need not be killed.
///
/// Disruptive: it is restarted, only with `--disruptive`, last; without it the verdict is unknown. Judged from the engine's
/// events: the time from the signal to the end, and exit code 137, which says that it was killed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StopsInTime {
    /// Who is told to stop.
    pub role: Role,
    /// How long it may take, in seconds; 10 at most, as then it is killed.
    pub within_s: u32,
}

impl Kind for StopsInTime {
    fn wants(&self) -> Vec<Want> {
        vec![Want::ImageFacts(self.role, Aspect::Stop)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "`{}` stops within {} s when it is told to",
            container.known_as(),
            self.within_s
        );
        if !scene.facts.course.disruptive {
            return Verdict::unknown(
                expected,
                say!("this check restarts the application; it runs only with --disruptive"),
            );
        }
        let image_facts = scene.image_facts(container);
        let stopped = seen!(
            image_facts.and_then(|image_facts| image_facts.stopped.as_ref()),
            expected,
            say!("how it stops")
        );
        let look = shell!("time docker stop {}", container.name);
        if stopped.killed {
            return Verdict::fail(
                expected,
                say!("it did not end within {} s and was killed", stopped.given_s),
            )
            .seen(
                say!("how long it takes, and exit code 137 afterwards"),
                look,
            );
        }
        let seconds = f64::from(u32::try_from(stopped.took_ms).unwrap_or(u32::MAX)) / 1000.0;
        let seconds = format!("{seconds:.1}");
        let found = say!("it took {seconds} s", seconds);
        if stopped.took_ms <= u64::from(self.within_s) * 1000 {
            Verdict::pass(expected, found)
        } else {
            Verdict::fail(expected, found).seen(say!("how long it takes"), look)
        }
    }
}
