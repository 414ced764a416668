//! `compressed`: style sheets and scripts travel compressed to browsers that can read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{AssetKind, Role};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "compressed: { role: app }";

/// Every style sheet and script of the page's own, unless it is tiny, comes with a `Content-Encoding` when a browser's encodings
/// are offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compressed {
    /// Whose home page.
    pub role: Role,
}

/// Below this a server does well to leave it, in bytes.
const TINY: u64 = 2048;

impl Kind for Compressed {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Assets(self.role)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        if scene.one(self.role).is_none() {
            return scene.missing(self.role);
        }
        let expected =
            say!("style sheets and scripts travel compressed when the browser offers gzip or br");
        let assets = seen!(
            scene.assets(self.role),
            expected,
            say!("what the home page loads")
        );
        let mut by = Vec::new();
        for asset in assets
            .own(AssetKind::Stylesheet)
            .chain(assets.own(AssetKind::Script))
        {
            let Some(came) = asset
                .delivered()
                .filter(|came| came.status == 200 && came.bytes >= TINY)
            else {
                continue;
            };
            if matches!(came.encoding.as_str(), "" | "identity") {
                return Verdict::fail(
                    expected,
                    say!("`{}` comes as it is, {} bytes", asset.path(), came.bytes),
                )
                .seen(
                    format!("GET {}", asset.path()),
                    shell!(
                        "curl -sD - -o /dev/null -H 'Accept-Encoding: gzip, br' {}",
                        asset.url
                    ),
                );
            }
            if !by.contains(&came.encoding) {
                by.push(came.encoding.clone());
            }
        }
        if by.is_empty() {
            return Verdict::unknown(
                expected,
                say!("no style sheet and no script that would be worth it arrived"),
            );
        }
        Verdict::pass(expected, text::list(&by))
    }
}
