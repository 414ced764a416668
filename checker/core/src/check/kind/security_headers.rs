//! `security_headers`: pages tell browsers what not to do with them, error pages too.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Dressed, DressedPage, Head, Role};
use crate::text::{self, retold, say, shell};

pub(super) const EXAMPLE: &str =
    "security_headers: { role: proxy, headers: [content_type_options, framing, referrer_policy] }";

/// The home page and error pages carry the headers asked for. Which of the proxy and the application sets them does not
/// matter.
///
/// Judged from the answers to `GET /`, to a made-up path, and to `TRACE /`, which most proxies turn down
/// themselves. `Strict-Transport-Security` is never asked for: it would spoil other ports of `localhost`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityHeaders {
    /// Whose answers.
    pub role: Role,
    /// What they must say.
    pub headers: Vec<SecurityHeader>,
}

/// Something that a header tells browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecurityHeader {
    /// `X-Content-Type-Options: nosniff`.
    ContentTypeOptions,
    /// Not to be shown in a frame of another site: `X-Frame-Options`, or `frame-ancestors` of `Content-Security-Policy`.
    Framing,
    /// `Referrer-Policy`, anything but `unsafe-url`.
    ReferrerPolicy,
}

impl Kind for SecurityHeaders {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Ingress]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(proxy) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let words: Vec<&str> = self.headers.iter().map(|header| header.word()).collect();
        let expected = say!(
            "pages that come through `{}`, and its error pages, carry {}",
            proxy.known_as(),
            text::list(&words)
        );
        let ingress = seen!(scene.facts.ingress.as_ref(), expected, say!("the entry"));
        let Some((home, answer)) = ingress.pages.iter().find_map(home) else {
            let why = ingress
                .pages
                .first()
                .and_then(|page| page.answer.as_ref().err());
            let why = why.map_or_else(
                || say!("no page was asked for through the entry").to_owned(),
                |trouble| say!("the request {}", retold(&trouble.phrase())),
            );
            return Verdict::unknown(expected, why);
        };
        let mut lacking = Vec::new();
        let mut example = None;
        let judged = ingress.pages.iter().filter_map(error_page);
        for (page, head) in std::iter::once((home, answer)).chain(judged) {
            let missing = self.headers.iter().filter(|header| !header.there(head));
            let missing: Vec<&str> = missing.map(|header| header.name()).collect();
            if !missing.is_empty() {
                example.get_or_insert(page);
                lacking.push(say!(
                    "{} ({}) lacks {}",
                    page.ask,
                    head.status,
                    text::ticked(&missing)
                ));
            }
        }
        let try_it = |page: &Dressed| {
            let (method, url) = page.ask.split_once(' ').unwrap_or(("GET", &page.ask));
            shell!("curl -sk -D - -o /dev/null -X {} {}", method, url)
        };
        match example {
            None => Verdict::pass(expected, say!("each page that was looked at has them"))
                .seen(say!("the headers"), try_it(home)),
            Some(page) => {
                Verdict::fail(expected, lacking.join("; ")).seen(say!("the headers"), try_it(page))
            }
        }
    }
}

fn home(page: &Dressed) -> Option<(&Dressed, &Head)> {
    let head = page.answer.as_ref().ok()?;
    (page.page == DressedPage::Home).then_some((page, head))
}

/// A page other than the home page that was answered; `TRACE` counts only where it was turned down.
fn error_page(page: &Dressed) -> Option<(&Dressed, &Head)> {
    let head = page.answer.as_ref().ok()?;
    let counts = match page.page {
        DressedPage::Home => false,
        DressedPage::Missing => true,
        DressedPage::Trace => head.status >= 400,
    };
    counts.then_some((page, head))
}

impl SecurityHeader {
    fn word(self) -> &'static str {
        match self {
            Self::ContentTypeOptions => "`X-Content-Type-Options: nosniff`",
            Self::Framing => say!("`X-Frame-Options` (or `frame-ancestors`)"),
            Self::ReferrerPolicy => "`Referrer-Policy`",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::ContentTypeOptions => "X-Content-Type-Options",
            Self::Framing => "X-Frame-Options",
            Self::ReferrerPolicy => "Referrer-Policy",
        }
    }

    fn there(self, head: &Head) -> bool {
        let all = |name: &str| head.headers.get(name).map_or("", String::as_str);
        let words = |name: &str| {
            let all = all(name).split(',');
            all.map(|word| word.trim().to_ascii_lowercase())
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
        };
        match self {
            // Browsers look at the first one (Fetch, "X-Content-Type-Options").
            Self::ContentTypeOptions => words("x-content-type-options")
                .first()
                .is_some_and(|word| word == "nosniff"),
            Self::Framing => {
                let old = words("x-frame-options");
                old.iter()
                    .any(|word| word == "deny" || word == "sameorigin")
                    || refuses_frames(all("content-security-policy"))
            }
            // Browsers take the last one that they know.
            Self::ReferrerPolicy => words("referrer-policy")
                .last()
                .is_some_and(|word| word != "unsafe-url"),
        }
    }
}

/// Whether a `Content-Security-Policy` keeps pages out of other people's frames.
fn refuses_frames(policies: &str) -> bool {
    let directives = policies.split([',', ';']);
    directives.into_iter().any(|directive| {
        let mut words = directive.split_whitespace();
        words
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("frame-ancestors"))
            && !words.any(|source| matches!(source, "*" | "http:" | "https:"))
    })
}
