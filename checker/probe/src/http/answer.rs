//! An answer as it comes: read up to a limit, opened where it is compressed, and what of it is kept in facts.

use std::collections::BTreeMap;

use reqwest::header::HeaderMap;
use reqwest::{Response, Url};

use super::decompress;
use super::trouble::trouble;
use super::visitor;
use crate::html::content::{title, without_hidden};
use labcheck_core::facts::{Answer, Trouble};
use labcheck_core::redact::known::Secrets;
use labcheck_core::text;

/// Characters of a body that are kept in facts.
pub(crate) const MOST_KEPT: usize = 64 * 1024;

/// How a body is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body {
    /// What the request says of compression.
    pub offers: Offers,
    /// Bytes that are read.
    pub most: usize,
}

/// What a request says of compression (`Accept-Encoding`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offers {
    /// What a browser says; a compressed body is opened.
    Browsers,
    /// Nothing; a body that comes compressed all the same is opened.
    Nothing,
    /// These codings; the body is left as it comes.
    These(&'static str),
}

impl Offers {
    /// The header's value, if it is sent.
    pub(crate) fn header(self) -> Option<&'static str> {
        match self {
            Self::Browsers => Some(visitor::ACCEPT_ENCODING),
            Self::Nothing => None,
            Self::These(codings) => Some(codings),
        }
    }
}

/// An answer with what facts do not hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fetched {
    pub answer: Answer,
    /// The body, at most 2 MiB; opened where it came compressed, but for a request that wants to see how.
    pub bytes: Vec<u8>,
    /// Where it came from in the end.
    pub url: Option<Url>,
}

impl Fetched {
    /// The body as text, not cut.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Reads an answer that has begun to come; `via` are the redirects before it, `url` is where it came from.
///
/// # Errors
/// It broke off.
pub(crate) async fn read(
    mut response: Response,
    via: Vec<String>,
    url: Url,
    body: Body,
) -> Result<Fetched, Trouble> {
    let most = body.most;
    let status = response.status().as_u16();
    let headers = headers(response.headers());
    let mut bytes = Vec::new();
    let mut cut = false;
    loop {
        match response.chunk().await {
            Ok(Some(part)) => {
                let room = most - bytes.len();
                bytes.extend_from_slice(&part[..part.len().min(room)]);
                if part.len() > room {
                    cut = true;
                    break;
                }
            }
            Ok(None) => break,
            Err(err) => return Err(trouble(&err)),
        }
    }
    let received = bytes.len() as u64;
    // A client that names no coding takes any (RFC 9110, section 12.5.3), and some servers compress whatever they are asked.
    if !matches!(body.offers, Offers::These(_))
        && let Some(coding) = headers
            .get("content-encoding")
            .filter(|coding| *coding != "identity")
    {
        bytes = decompress::open(coding, &bytes, most).unwrap_or_default();
        cut |= bytes.len() >= most;
    }
    let whole = String::from_utf8_lossy(&bytes);
    let mut answer = Answer {
        status,
        headers,
        title: None,
        body: kept(&without_hidden(&whole)),
        bytes: received,
        cut,
        via,
        not_followed: None,
    };
    if answer.is_html() || whole.trim_start().starts_with('<') {
        answer.title = title(&whole);
    }
    Ok(Fetched {
        answer,
        bytes,
        url: Some(url),
    })
}

fn headers(all: &HeaderMap) -> BTreeMap<String, String> {
    const MOST: usize = 60;
    let mut kept: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in all.iter().take(MOST) {
        if matches!(
            name.as_str(),
            "set-cookie" | "set-cookie2" | "authorization"
        ) {
            continue;
        }
        let value = text::cut(
            &text::clean(&String::from_utf8_lossy(value.as_bytes())),
            300,
        );
        kept.entry(name.as_str().to_ascii_lowercase())
            .and_modify(|before| *before = format!("{before}, {value}"))
            .or_insert(value);
    }
    kept
}

/// A body for facts: lines stay, control and invisible characters go, and it is cut.
fn kept(body: &str) -> String {
    body.chars()
        .filter(|c| (!c.is_control() || matches!(c, '\n' | '\t')) && !text::invisible(*c))
        .take(MOST_KEPT)
        .collect()
}

/// Hides secrets in an answer; names and bodies stay quotable otherwise.
pub(crate) fn redacted(mut answer: Answer, secrets: &Secrets) -> Answer {
    answer.body = secrets.hide(&answer.body);
    answer.title = answer.title.map(|title| secrets.hide(&title));
    for value in answer.headers.values_mut().chain(&mut answer.via) {
        *value = secrets.hide(value);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_keep_their_lines_and_lose_control_characters() {
        assert_eq!(kept("a\u{1b}[31m\nb\u{202e}\t\r\u{0}c"), "a[31m\nb\tc");
        assert_eq!(kept(&"ö".repeat(MOST_KEPT + 5)).chars().count(), MOST_KEPT);
    }
}
