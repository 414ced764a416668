//! `really_uikit`: what the home page links really is `UIkit`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Asset, AssetKind, Assets, Part, Role};
use crate::text::{self, retold, say, shell};

pub(super) const EXAMPLE: &str = "really_uikit: { role: app }";

/// One of the page's own style sheets holds `UIkit`'s styles and one of its own scripts its components, by content: under any
/// name, minified or not, alone or in a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReallyUikit {
    /// Whose home page.
    pub role: Role,
}

impl Kind for ReallyUikit {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Assets(self.role)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        if scene.one(self.role).is_none() {
            return scene.missing(self.role);
        }
        let expected = say!(
            "the page's own style sheets and scripts hold UIkit: its styles and its components"
        );
        let assets = seen!(
            scene.assets(self.role),
            expected,
            say!("what the home page loads")
        );
        let mut there = Vec::new();
        for (part, kind) in [
            (Part::Styles, AssetKind::Stylesheet),
            (Part::Scripts, AssetKind::Script),
        ] {
            if let Some(asset) = assets.own(kind).find(|asset| holds(asset, part)) {
                there.push(say!("{} in `{}`", retold(part.phrase()), asset.path()));
                continue;
            }
            if let Some(unread) = assets
                .own(kind)
                .find(|asset| asset.delivered().is_some_and(|came| came.uikit.is_none()))
            {
                return Verdict::unknown(
                    expected,
                    say!(
                        "`{}` came compressed without having been asked to, and was not read",
                        unread.path()
                    ),
                );
            }
            return missing(assets, part, kind, expected);
        }
        Verdict::pass(expected, text::list(&there))
    }
}

fn holds(asset: &Asset, part: Part) -> bool {
    let parts = asset
        .delivered()
        .filter(|came| came.status == 200)
        .and_then(|came| came.uikit.as_ref());
    parts.is_some_and(|parts| parts.contains(&part))
}

fn missing(assets: &Assets, part: Part, kind: AssetKind, expected: &str) -> Verdict {
    let sized = |asset: &Asset| {
        format!(
            "`{}` ({})",
            asset.path(),
            text::count(
                asset.delivered().map_or(0, |came| came.bytes),
                say!("byte"),
                say!("bytes")
            )
        )
    };
    let read: Vec<String> = assets.own(kind).map(sized).collect();
    let found = say!(
        "{} not found in {}",
        retold(part.phrase()),
        text::list(&read)
    );
    let first = assets
        .own(kind)
        .next()
        .map_or(assets.page.as_str(), |asset| asset.url.as_str());
    Verdict::fail(expected, found).seen(
        say!("how the file begins"),
        shell!("curl -s {} | head -c 300", first),
    )
}
