//! `no_way_out`: no path leads out of the folder of assets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Role, Way};
use crate::text::{say, shell};

pub(super) const EXAMPLE: &str = "no_way_out: { role: app }";

/// Requests for files outside of the folder, in plain, encoded and doubled spellings, sent as they are: none brings such a
/// file. A page or an error, whatever its status, is no file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoWayOut {
    /// Whose home page.
    pub role: Role,
}

impl Kind for NoWayOut {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Assets(self.role)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        if scene.one(self.role).is_none() {
            return scene.missing(self.role);
        }
        let expected = say!("no path leads out of the folder of assets, in whatever spelling");
        let assets = seen!(
            scene.assets(self.role),
            expected,
            say!("what the home page loads")
        );
        let ways = seen!(
            Some(&assets.ways_out),
            expected,
            say!("the way out of the folder")
        );
        let led = |way: &Way| way.answer.as_ref().ok().and_then(|came| came.file.clone());
        if let Some((way, file)) = ways.iter().find_map(|way| Some((way, led(way)?))) {
            let origin = assets.folder.as_deref().map_or("", |folder| origin(folder));
            return Verdict::fail(
                expected,
                say!("`{}` brings the file {file}", way.target, file),
            )
            .seen(
                format!("GET {}", way.target),
                shell!("curl --path-as-is -i {}", format!("{origin}{}", way.target)),
            );
        }
        let answered = ways.iter().filter(|way| way.answer.is_ok()).count();
        if answered == 0 {
            return Verdict::unknown(expected, say!("none of the attempts was answered at all"));
        }
        Verdict::pass(
            expected,
            say!("{answered} attempts, and no file came back", answered),
        )
    }
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |end| &url[..host + end])
}
