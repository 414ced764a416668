//! `navbar`: the home page has a navigation with the links asked for.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Assets, Link, Nav, Role};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str =
    "navbar: { role: app, links: { Home: /, Fetch: /fetch, Inserter: /inserter } }";

/// A `nav` element, or one that is marked as `UIkit`'s navbar, holds a link for each name: told by its text, or by where it
/// leads, so that another language is as good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Navbar {
    /// Whose home page.
    pub role: Role,
    /// Names and the paths they lead to, in the course's words; `--route` may map them.
    pub links: BTreeMap<String, String>,
}

impl Kind for Navbar {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Assets(self.role)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        if scene.one(self.role).is_none() {
            return scene.missing(self.role);
        }
        let names: Vec<&String> = self.links.keys().collect();
        let expected = say!(
            "the home page has a navbar with the links {}",
            text::list(&names)
        );
        let assets = seen!(scene.assets(self.role), expected, say!("the home page"));
        let lacks = |nav: &Nav| -> Vec<String> {
            let there = |name: &str, path: &str| {
                nav.links
                    .iter()
                    .any(|link| leads(link, name, scene.route(path), assets))
            };
            self.links
                .iter()
                .filter(|(name, path)| !there(name, path))
                .map(|(name, path)| format!("{name} ({path})"))
                .collect()
        };
        let source = shell!("curl -s {}", assets.page);
        let Some((best, lacking)) = assets
            .navs
            .iter()
            .map(|nav| (nav, lacks(nav)))
            .min_by_key(|(_, lacking)| lacking.len())
        else {
            return Verdict::fail(
                expected,
                say!("the page has neither a `nav` element nor one with `uk-navbar`"),
            )
            .seen(say!("the page's own source"), source);
        };
        if lacking.is_empty() {
            return Verdict::pass(
                expected,
                if best.uikit {
                    say!("a UIkit navbar with all of them")
                } else {
                    say!("a `nav` with all of them")
                },
            );
        }
        let has: Vec<&str> = best.links.iter().map(|link| link.name.as_str()).collect();
        let has = if has.is_empty() {
            say!("no links").to_owned()
        } else {
            say!("the links {}", text::list(&has))
        };
        Verdict::fail(
            expected,
            say!(
                "a navigation with {has}; missing: {}",
                text::list(&lacking),
                has
            ),
        )
        .seen(say!("the page's own source"), source)
    }
}

fn leads(link: &Link, name: &str, path: &str, assets: &Assets) -> bool {
    let bare = |path: &str| path.trim_end_matches('/').to_owned();
    let home = bare(assets.page_path());
    link.name.eq_ignore_ascii_case(name)
        || (!link.path.is_empty()
            && (bare(&link.path) == bare(path)
                || bare(&link.path) == format!("{home}{}", bare(path))))
}
