//! `cacheable`: browsers may keep the page's style sheets and scripts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{AssetKind, Delivered, Role};
use crate::text::{say, shell};

pub(super) const EXAMPLE: &str = "cacheable: { role: app }";

/// Every style sheet and script of the page's own comes with `ETag`, `Last-Modified` or a `max-age` above 0, and without
/// `no-store` (RFC 9111; RFC 9110, section 8.8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cacheable {
    /// Whose home page.
    pub role: Role,
}

impl Kind for Cacheable {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Assets(self.role)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        if scene.one(self.role).is_none() {
            return scene.missing(self.role);
        }
        let expected = say!(
            "style sheets and scripts may be kept by browsers: ETag, Last-Modified or max-age"
        );
        let assets = seen!(
            scene.assets(self.role),
            expected,
            say!("what the home page loads")
        );
        let mut kept = None;
        for asset in assets
            .own(AssetKind::Stylesheet)
            .chain(assets.own(AssetKind::Script))
        {
            let Some(came) = asset.delivered().filter(|came| came.status == 200) else {
                continue;
            };
            let how = if says(came, "no-store") {
                None
            } else {
                by(came)
            };
            if how.is_none() {
                return Verdict::fail(expected, say!("`{}` comes {}", asset.path(), lacks(came)))
                    .seen(
                        format!("GET {}", asset.path()),
                        shell!("curl -sD - -o /dev/null {}", asset.url),
                    );
            }
            kept = how;
        }
        match kept {
            Some(how) => Verdict::pass(expected, say!("they come with {how}", how)),
            None => Verdict::unknown(
                expected,
                say!("no style sheet and no script of its own arrived"),
            ),
        }
    }
}

fn says(came: &Delivered, word: &str) -> bool {
    came.cache_control
        .split(',')
        .map(str::trim)
        .any(|part| part.eq_ignore_ascii_case(word))
}

/// The header that makes it cacheable.
fn by(came: &Delivered) -> Option<&'static str> {
    if !came.etag.is_empty() {
        Some("ETag")
    } else if !came.last_modified.is_empty() {
        Some("Last-Modified")
    } else {
        (max_age(&came.cache_control) > 0).then_some("max-age")
    }
}

/// Why it may not be kept, as a phrase that follows "comes".
fn lacks(came: &Delivered) -> String {
    if says(came, "no-store") {
        say!(
            "with `Cache-Control: {}`, so that it is fetched anew for every page",
            came.cache_control
        )
    } else {
        say!("without ETag, Last-Modified or max-age").into()
    }
}

fn max_age(cache_control: &str) -> u64 {
    let lower = cache_control.to_ascii_lowercase();
    let value = lower
        .split(',')
        .find_map(|part| part.trim().strip_prefix("max-age="));
    value
        .and_then(|digits| digits.trim_matches('"').parse().ok())
        .unwrap_or(0)
}
