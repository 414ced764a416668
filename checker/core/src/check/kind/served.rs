//! `served`: style sheets, scripts or icons are linked from the home page and answered as what they are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{AssetKind, Assets, Delivered, Part, Role, Seen};
use crate::text::{self, retold, say, shell};

pub(super) const EXAMPLE: &str = "served: { role: app, what: styles }";

/// The home page links at least one file of this kind from the stack itself, and each of them answers 200 with a type that
/// browsers take for it. Icons are those of `UIkit`, told by content, in any of the page's scripts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Served {
    /// Whose home page.
    pub role: Role,
    /// What is looked for.
    pub what: Part,
}

impl Kind for Served {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Assets(self.role)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        if scene.one(self.role).is_none() {
            return scene.missing(self.role);
        }
        match self.what {
            Part::Styles => self.files(AssetKind::Stylesheet, "text/css", *scene),
            Part::Scripts => self.files(AssetKind::Script, "text/javascript", *scene),
            Part::Icons => self.icons(*scene),
        }
    }
}

impl Served {
    fn files(&self, kind: AssetKind, named: &str, scene: Scene<'_>) -> Verdict {
        let expected = say!(
            "the home page links a {} of its own, and it answers 200 as {named}",
            retold(kind.word()),
            named
        );
        let assets = seen!(
            scene.assets(self.role),
            expected,
            say!("what the home page loads")
        );
        let mut own = assets.own(kind).peekable();
        if own.peek().is_none() {
            return Verdict::fail(expected, unlinked(assets, kind)).seen(
                say!("the page's own source"),
                shell!("curl -s {}", assets.page),
            );
        }
        let mut right = Vec::new();
        for asset in own {
            let answer = match &asset.answer {
                Seen::Unseen(why) => {
                    return Verdict::unknown(expected, format!("`{}`: {why}", asset.path()));
                }
                Seen::Seen(Ok(came)) => wrong(kind, came),
                Seen::Seen(Err(trouble)) => Some(say!(
                    "did not arrive: the request {}",
                    retold(&trouble.phrase())
                )),
            };
            if let Some(how) = answer {
                return Verdict::fail(expected, format!("`{}` {how}", asset.path())).seen(
                    format!("GET {}", asset.path()),
                    shell!("curl -i {}", asset.url),
                );
            }
            right.push(asset.path());
        }
        Verdict::pass(expected, text::ticked(&right))
    }

    fn icons(&self, scene: Scene<'_>) -> Verdict {
        let expected = say!("the home page links UIkit's icons, a script of its own");
        let assets = seen!(
            scene.assets(self.role),
            expected,
            say!("what the home page loads")
        );
        let mut scripts = Vec::new();
        for asset in assets
            .own(AssetKind::Script)
            .filter(|asset| asset.arrived())
        {
            match asset.delivered().and_then(|came| came.uikit.as_ref()) {
                Some(parts) if parts.contains(&Part::Icons) => {
                    return Verdict::pass(expected, format!("`{}`", asset.path()));
                }
                Some(_) => scripts.push(asset.path()),
                None => {
                    return Verdict::unknown(
                        expected,
                        say!(
                            "`{}` came compressed without having been asked to, and was not read",
                            asset.path()
                        ),
                    );
                }
            }
        }
        let found = match scripts.len() {
            0 => say!("no script of its own arrived").to_owned(),
            _ => say!(
                "none of its scripts holds icons: {}",
                text::ticked(&scripts)
            ),
        };
        Verdict::fail(expected, found).seen(
            say!("what the page links"),
            shell!("curl -s {} | grep -i script", assets.page),
        )
    }
}

fn unlinked(assets: &Assets, kind: AssetKind) -> String {
    let far: Vec<&str> = assets
        .loaded
        .iter()
        .filter(|asset| asset.kind == kind && asset.elsewhere)
        .map(|asset| asset.url.as_str())
        .collect();
    if far.is_empty() {
        say!("the page links no {}", retold(kind.word()))
    } else {
        say!(
            "the page links no {} of its own; from another host it links {}",
            retold(kind.word()),
            text::list(&far)
        )
    }
}

/// What is wrong with an answer, as a phrase that follows the file's name.
fn wrong(kind: AssetKind, came: &Delivered) -> Option<String> {
    let word = retold(kind.word());
    if came.status != 200 {
        Some(say!("answers {} {}", came.status, came.media_type))
    } else if came.html {
        Some(say!(
            "answers 200, but with an HTML page where a {word} should be",
            word
        ))
    } else if came.media_type.is_empty() {
        Some(say!("answers 200 without a content type").into())
    } else if !kind.is_type(&came.media_type) {
        Some(say!(
            "answers 200 as `{}`, which browsers do not take for a {word}",
            came.media_type,
            word
        ))
    } else if came.bytes == 0 {
        Some(say!("answers 200 with nothing in it").into())
    } else {
        None
    }
}
