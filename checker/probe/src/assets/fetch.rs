//! Asking for a page's style sheets and scripts: bounded in number, size and time.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::Url;
use tokio::time::Instant;

use crate::html::css::references;
use crate::html::links::{Kind, Load, address};
use crate::html::uikit;
use crate::http::answer::{Fetched, Offers};
use crate::http::browser::Browser;
use labcheck_core::facts::{Asset, Delivered, Seen, Trouble};
use labcheck_core::text;

/// Assets that are noted down.
pub(crate) const MOST: usize = 40;
/// Bytes of an asset that are read.
const MOST_READ: usize = 4 * 1024 * 1024;
/// Longest wait for one asset.
const DEADLINE: Duration = Duration::from_secs(5);
/// Longest wait for all of them.
const ALL: Duration = Duration::from_secs(15);
/// Assets in memory at a time.
const AT_ONCE: usize = 6;
/// Style sheets that import style sheets are followed this far.
const DEEP: usize = 3;
/// What browsers offer.
const ENCODINGS: &str = "gzip, deflate, br, zstd";

/// What was noted down, and how many more there are.
pub(crate) struct All {
    pub assets: Vec<Asset>,
    pub more: u64,
}

/// Asks for what a page loads, and for what its style sheets load in turn.
pub(crate) async fn all(browser: &Browser, page: &Url, loads: Vec<Load>) -> All {
    let until = Instant::now() + ALL;
    let mut known: BTreeSet<Load> = BTreeSet::new();
    let mut found = All {
        assets: Vec::new(),
        more: 0,
    };
    let mut next = loads;
    for _ in 0..DEEP {
        next.retain(|load| known.insert(load.clone()));
        let room = MOST - found.assets.len();
        found.more += next.len().saturating_sub(room) as u64;
        next.truncate(room);
        let each = next.into_iter().map(|load| one(browser, page, load, until));
        let came: Vec<(Asset, Vec<Load>)> = futures_util::stream::iter(each)
            .buffered(AT_ONCE)
            .collect()
            .await;
        next = Vec::new();
        for (asset, inner) in came {
            found.assets.push(asset);
            next.extend(inner);
        }
    }
    found
}

async fn one(browser: &Browser, page: &Url, load: Load, until: Instant) -> (Asset, Vec<Load>) {
    let Load { kind, url } = load;
    let elsewhere = !browser.may_ask(&url, page);
    let mut inner = Vec::new();
    let answer = if elsewhere || kind == Kind::Other {
        Seen::Unseen("it was not asked for".into())
    } else {
        let limit = until
            .saturating_duration_since(Instant::now())
            .min(DEADLINE);
        let came = browser.fetch(&url, Offers::Nothing, MOST_READ, limit).await;
        if let (Ok(came), Kind::Stylesheet) = (&came, kind) {
            inner = imported(browser, page, came, &url);
        }
        Seen::Seen(delivered(browser, &url, came, limit).await)
    };
    let url = text::cut(&text::clean(url.as_str()), 300);
    (
        Asset {
            kind: kind.into(),
            url,
            elsewhere,
            answer,
        },
        inner,
    )
}

/// What a style sheet loads: other style sheets, and what comes from other hosts.
fn imported(browser: &Browser, page: &Url, came: &Fetched, url: &Url) -> Vec<Load> {
    if came.answer.status != 200 || came.answer.is_html() {
        return Vec::new();
    }
    let at = came.url.as_ref().unwrap_or(url);
    let load = |found: crate::html::css::Reference| {
        let kind = if found.import {
            Kind::Stylesheet
        } else {
            Kind::Other
        };
        Some(Load {
            kind,
            url: address(at, &found.at)?,
        })
    };
    let loads = references(&came.text()).into_iter().filter_map(load);
    loads
        .filter(|load| load.kind == Kind::Stylesheet || !browser.may_ask(&load.url, page))
        .collect()
}

/// The answer as a fact, with what it is compressed with when a browser asks.
async fn delivered(
    browser: &Browser,
    url: &Url,
    came: Result<Fetched, Trouble>,
    limit: Duration,
) -> Result<Delivered, Trouble> {
    let came = came?;
    let header = |name: &str| came.answer.headers.get(name).cloned().unwrap_or_default();
    // Only the headers of the second answer count; its body is not read.
    let offered = browser.fetch(url, Offers::These(ENCODINGS), 0, limit).await;
    let encoding = offered.map(|came| came.answer.headers.get("content-encoding").cloned());
    let plain = matches!(header("content-encoding").as_str(), "" | "identity");
    let body = came.text();
    Ok(Delivered {
        status: came.answer.status,
        media_type: came.answer.media_type(),
        bytes: came.bytes.len() as u64,
        html: is_page(&body),
        etag: header("etag"),
        last_modified: header("last-modified"),
        cache_control: header("cache-control"),
        encoding: encoding.ok().flatten().unwrap_or_default(),
        uikit: plain.then(|| uikit::parts(&body)),
    })
}

/// Whether a body begins as HTML pages do.
fn is_page(body: &str) -> bool {
    let start: String = body
        .trim_start_matches('\u{feff}')
        .trim_start()
        .chars()
        .take(15)
        .collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
