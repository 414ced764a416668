//! `accessible_page`: the home page names its language, itself, its controls and its pictures.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Role;
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "accessible_page: { role: app }";

/// The page has a language and a title; every control has a label, every picture an alternative text, every link and button
/// a name (WCAG 2.2, criteria 3.1.1, 2.4.2, 1.1.1 and 4.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessiblePage {
    /// Whose home page.
    pub role: Role,
}

impl Kind for AccessiblePage {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Assets(self.role)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        if scene.one(self.role).is_none() {
            return scene.missing(self.role);
        }
        let expected =
            say!("the home page has a language and a title, and everything on it has a name");
        let assets = seen!(scene.assets(self.role), expected, say!("the home page"));
        let empty =
            |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
        let mut wrong = Vec::new();
        if empty(&assets.lang) {
            wrong.push(say!("`<html>` has no `lang`").to_owned());
        }
        if empty(&assets.title) {
            wrong.push(say!("the page has no title").to_owned());
        }
        if !assets.nameless.is_empty() {
            wrong.push(say!("without a name: {}", text::ticked(&assets.nameless)));
        }
        if wrong.is_empty() {
            let lang = assets.lang.as_deref().unwrap_or_default();
            return Verdict::pass(
                expected,
                say!(
                    "language {lang}, \"{}\"",
                    assets.title.as_deref().unwrap_or_default(),
                    lang
                ),
            );
        }
        Verdict::fail(expected, text::list(&wrong)).seen(
            say!("the page's own source"),
            shell!("curl -s {}", assets.page),
        )
    }
}
