//! `nothing_from_elsewhere`: the home page loads nothing from another host.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Role;
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "nothing_from_elsewhere: { role: app }";

/// Style sheets, scripts, pictures, fonts, frames and icons of the home page, and what its style sheets load, come from the
/// stack's own hosts. What a script loads once it runs is not seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NothingFromElsewhere {
    /// Whose home page.
    pub role: Role,
}

impl Kind for NothingFromElsewhere {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Assets(self.role)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        if scene.one(self.role).is_none() {
            return scene.missing(self.role);
        }
        let expected = say!("everything the home page loads comes from its own host");
        let assets = seen!(
            scene.assets(self.role),
            expected,
            say!("what the home page loads")
        );
        let far: Vec<&str> = assets
            .loaded
            .iter()
            .filter(|asset| asset.elsewhere)
            .map(|asset| asset.url.as_str())
            .collect();
        if !far.is_empty() {
            return Verdict::fail(expected, say!("from another host: {}", text::list(&far))).seen(
                say!("the page's own source"),
                shell!("curl -s {}", assets.page),
            );
        }
        if assets.more > 0 {
            return Verdict::unknown(
                expected,
                say!(
                    "the page loads {} more files than were looked at",
                    assets.more
                ),
            );
        }
        let count = assets.loaded.len() as u64;
        Verdict::pass(
            expected,
            say!(
                "{}, all of its own host",
                text::count(count, say!("file"), say!("files"))
            ),
        )
    }
}
