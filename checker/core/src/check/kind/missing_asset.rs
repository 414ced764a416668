//! `missing_asset`: a file that is not there is a 404, not a page.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Role;
use crate::text::{retold, say, shell};

pub(super) const EXAMPLE: &str = "missing_asset: { role: app }";

/// A made-up name, in the folder of the page's own assets, answers 404 or 410, redirects followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MissingAsset {
    /// Whose home page.
    pub role: Role,
}

impl Kind for MissingAsset {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Assets(self.role)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        if scene.one(self.role).is_none() {
            return scene.missing(self.role);
        }
        let expected = say!("a file that is not there answers 404");
        let assets = seen!(
            scene.assets(self.role),
            expected,
            say!("what the home page loads")
        );
        let (Some(way), Some(folder)) = (&assets.missing, &assets.folder) else {
            return Verdict::unknown(
                expected,
                say!("the page loads nothing of its own, so there is no folder to ask in"),
            );
        };
        let found = match &way.answer {
            Err(trouble) => say!(
                "`{}` did not answer: the request {}",
                way.target,
                retold(&trouble.phrase())
            ),
            Ok(came) if matches!(came.status, 404 | 410) => {
                return Verdict::pass(expected, say!("`{}` answers {}", way.target, came.status));
            }
            Ok(came) => say!(
                "`{}` answers {} {}",
                way.target,
                came.status,
                came.media_type
            ),
        };
        let name = way.target.rsplit('/').next().unwrap_or_default();
        Verdict::fail(expected, found).seen(
            format!("GET {}", way.target),
            shell!("curl -iL {}{}", folder, name),
        )
    }
}
