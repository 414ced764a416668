//! The QR codes of a fetched page: its pictures are asked for together, with one deadline for all.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use crate::deadline::bounded;
use crate::html::content::{Picture, pictures};
use crate::html::qr;
use crate::http::answer::Fetched;
use crate::http::browser::Browser;
use labcheck_core::facts::Seen;

/// For asking for all pictures, and again for reading them.
pub(crate) const LONGEST: Duration = Duration::from_secs(5);

/// What the pictures of a page say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Codes {
    /// What QR codes say, in the order they were read.
    pub read: Vec<String>,
    /// Why some picture could not be read.
    unread: Option<String>,
    /// There are more pictures than were looked at.
    cut: bool,
}

impl Codes {
    /// The pictures of a page; looking ends at a code that says one of the words wanted.
    pub(crate) async fn of(
        browser: &Browser,
        page: &Fetched,
        wanted: &[String],
        longest: Duration,
    ) -> Self {
        let (all, cut) = pictures(&page.text());
        let mut codes = Self {
            cut,
            ..Self::default()
        };
        let asked = all.into_iter().map(|picture| async {
            match picture {
                Picture::Inline(svg) => Ok((svg.into_bytes(), true)),
                Picture::At(at) => got(browser, page, &at, longest)
                    .await
                    .map(|bytes| (bytes, false)),
            }
        });
        let asked = join_all(asked).await;
        let until = Instant::now() + longest;
        for picture in asked {
            let decoded = match picture {
                Ok((bytes, inline)) => {
                    let left = until.saturating_duration_since(Instant::now());
                    let work = move || {
                        if inline {
                            qr::decode(&alone(&bytes))
                        } else {
                            qr::decode(&bytes)
                        }
                    };
                    let late = || Err("it takes too long to read".to_owned());
                    bounded(left, work).await.unwrap_or_else(late)
                }
                Err(why) => Err(why),
            };
            match decoded {
                Ok(Some(content)) => {
                    let content =
                        labcheck_core::text::cut(&labcheck_core::text::clean(&content), 2000);
                    let found = wanted.iter().any(|word| same(word, &content));
                    codes.read.push(content);
                    if found {
                        break;
                    }
                }
                Ok(None) => {}
                Err(why) => codes.unread = codes.unread.or(Some(why)),
            }
        }
        codes
    }

    /// Every picture could be read, and none held a code.
    pub(crate) fn none(&self) -> bool {
        self.read.is_empty() && self.unread.is_none() && !self.cut
    }

    /// The word among some that a code says.
    pub(crate) fn word<'w>(&self, words: &[&'w String]) -> Option<&'w String> {
        let said = |word: &&&String| self.read.iter().any(|code| same(word, code));
        words.iter().find(said).copied()
    }

    /// The code that says the hash, or the first one.
    pub(crate) fn fact(&self, hash: Option<&str>) -> Seen<String> {
        let fits = |code: &&String| hash.is_some_and(|hash| same(hash, code));
        if let Some(code) = self.read.iter().find(fits) {
            return Seen::Seen(code.clone());
        }
        match (&self.unread, self.read.first()) {
            _ if self.cut => Seen::Unseen(
                "the page has more pictures than are looked at, and none of those says the hash"
                    .into(),
            ),
            (_, Some(code)) => Seen::Seen(code.clone()),
            (Some(why), None) => {
                Seen::Unseen(format!("the page's picture could not be read: {why}"))
            }
            (None, None) => Seen::Seen(String::new()),
        }
    }
}

fn same(word: &str, code: &str) -> bool {
    code.trim().eq_ignore_ascii_case(word)
}

/// A drawing of a page as a file of its own, in which every tag is closed and every value quoted.
fn alone(drawing: &[u8]) -> Vec<u8> {
    const LONGEST: usize = 1024 * 1024;
    if drawing.len() > LONGEST {
        return drawing.to_vec();
    }
    let page = scraper::Html::parse_fragment(&String::from_utf8_lossy(drawing));
    let first = scraper::Selector::parse("svg").ok();
    let first = first.and_then(|svg| page.select(&svg).next().map(|found| found.html()));
    first.map_or_else(|| drawing.to_vec(), String::into_bytes)
}

async fn got(
    browser: &Browser,
    page: &Fetched,
    at: &str,
    longest: Duration,
) -> Result<Vec<u8>, String> {
    if at.starts_with("data:") {
        let data =
            data_url::DataUrl::process(at).map_err(|_| "a data address that is none".to_owned())?;
        return data
            .decode_to_vec()
            .map(|(bytes, _)| bytes)
            .map_err(|_| "a data address with damaged base64".to_owned());
    }
    let url = page
        .url
        .as_ref()
        .and_then(|base| base.join(at).ok())
        .ok_or("an address that is none")?;
    if !page
        .url
        .as_ref()
        .is_some_and(|from| browser.may_ask(&url, from))
    {
        let host = url.host_str().unwrap_or_default();
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        return Err(format!(
            "it lies on another host ({})",
            labcheck_core::text::cut(&labcheck_core::text::clean(&host), 60)
        ));
    }
    match browser.get(&url, longest).await {
        Ok(fetched) if fetched.answer.status < 400 => Ok(fetched.bytes),
        Ok(fetched) => Err(format!("its address answers {}", fetched.answer.status)),
        Err(trouble) => Err(format!("the request for it {}", trouble.phrase())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(read: &[&str], unread: Option<&str>, cut: bool) -> Codes {
        Codes {
            read: read.iter().map(|&code| code.to_owned()).collect(),
            unread: unread.map(str::to_owned),
            cut,
        }
    }

    #[test]
    fn any_code_that_says_the_hash_counts() {
        let both = codes(&["https://example.org", "AB12"], Some("a photo"), true);
        assert_eq!(both.fact(Some("ab12")), Seen::Seen("AB12".into()));
        assert_eq!(both.word(&[&"ab12".to_owned()]), Some(&"ab12".to_owned()));
    }

    #[test]
    fn what_was_not_looked_at_is_no_missing_code() {
        assert!(
            codes(&["other"], None, true)
                .fact(Some("ab12"))
                .why()
                .is_some()
        );
        assert!(
            codes(&[], Some("a photo"), false)
                .fact(None)
                .why()
                .is_some()
        );
        let other = codes(&["other"], Some("a photo"), false);
        assert_eq!(other.fact(Some("ab12")), Seen::Seen("other".into()));
        assert_eq!(
            codes(&[], None, false).fact(None),
            Seen::Seen(String::new())
        );
    }
}
