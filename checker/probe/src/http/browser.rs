//! Asking for pages as a browser would: kept connections, cookies, redirects followed and written down.
//!
//! Never waits for ever and never swallows more than it can hold; what went wrong becomes a [`Trouble`].

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Once};
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, LOCATION, ORIGIN, REFERER};
use reqwest::{Client, Method, Response, Url};

use super::decompress;
use super::pace::Pace;
use super::trouble::trouble;
use crate::html::content::{title, without_hidden};
use crate::html::form::Fields;
use labcheck_core::facts::{Answer, Trouble};
use labcheck_core::redact::known::Secrets;
use labcheck_core::text;

/// Bytes of a body that are read.
const MOST_READ: usize = 2 * 1024 * 1024;
/// Characters of a body that are kept in facts.
const MOST_KEPT: usize = 64 * 1024;
/// Redirects a browser follows at most here.
const MOST_HOPS: usize = 10;

/// A browser: one set of cookies and connections.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    client: Client,
    /// Names that lead to the stack; redirects may go there as they may to this machine.
    names: Vec<(String, SocketAddr)>,
    pace: Arc<Pace>,
}

/// What is asked for, and how much of the answer is read.
struct Question<'f> {
    method: Method,
    /// A form's fields, and the page it stands on.
    form: Option<(&'f Fields, &'f Url)>,
    encodings: Option<&'static str>,
    most: usize,
}

impl Question<'_> {
    fn new(method: Method) -> Self {
        Self {
            method,
            form: None,
            encodings: None,
            most: MOST_READ,
        }
    }
}

/// An answer with what facts do not hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fetched {
    pub answer: Answer,
    /// The body, at most 2 MiB; opened where it came compressed without being asked.
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

/// TLS needs one provider for the process; which one is chosen once, here.
fn provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

impl Browser {
    /// A browser; `names` are host names that lead to an address of the stack instead of to the name service.
    ///
    /// # Errors
    /// The client's words when it cannot be set up at all.
    pub(crate) fn new(names: &[(String, SocketAddr)]) -> Result<Self, String> {
        provider();
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .cookie_store(true)
            .no_proxy()
            .referer(false)
            .connect_timeout(Duration::from_secs(5))
            .user_agent(concat!("labcheck/", env!("CARGO_PKG_VERSION")))
            // Self-signed certificates are what the course asks for; a kind of check looks at them, not the browser.
            .tls_danger_accept_invalid_certs(true);
        for (name, address) in names {
            builder = builder.resolve(name, *address);
        }
        Ok(Self {
            client: builder.build().map_err(|err| err.to_string())?,
            names: names.to_vec(),
            pace: Arc::default(),
        })
    }

    /// Another one for the same stack, without this one's cookies; a limit that one meets slows both down.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(crate) fn another(&self) -> Result<Self, String> {
        let mut other = Self::new(&self.names)?;
        other.pace = Arc::clone(&self.pace);
        Ok(other)
    }

    /// `GET`.
    pub(crate) async fn get(&self, url: &Url, deadline: Duration) -> Result<Fetched, Trouble> {
        self.ask(&Question::new(Method::GET), url, deadline).await
    }

    /// `GET` of at most so many bytes, with encodings offered (`Accept-Encoding`) or with none.
    pub(crate) async fn fetch(
        &self,
        url: &Url,
        encodings: Option<&'static str>,
        most: usize,
        deadline: Duration,
    ) -> Result<Fetched, Trouble> {
        let question = Question {
            encodings,
            most,
            ..Question::new(Method::GET)
        };
        self.ask(&question, url, deadline).await
    }

    /// `POST` of a form, urlencoded; `page` is the page the form stands on, which a browser names in `Origin` and
    /// `Referer`.
    pub(crate) async fn post(
        &self,
        url: &Url,
        fields: &Fields,
        page: &Url,
        deadline: Duration,
    ) -> Result<Fetched, Trouble> {
        let question = Question {
            form: Some((fields, page)),
            ..Question::new(Method::POST)
        };
        self.ask(&question, url, deadline).await
    }

    async fn ask(
        &self,
        question: &Question<'_>,
        url: &Url,
        deadline: Duration,
    ) -> Result<Fetched, Trouble> {
        let late = Trouble::TimedOut(u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX));
        let mut via = Vec::new();
        let work = self.follow(question, url.clone(), &mut via);
        let answer = tokio::time::timeout(deadline, work).await;
        match (answer.unwrap_or(Err(late)), via.last()) {
            (Err(Trouble::TooManyRedirects), _) => Err(Trouble::TooManyRedirects),
            (Err(trouble), Some(at)) => Err(Trouble::Redirected {
                to: text::cut(at.split(['?', '#']).next().unwrap_or_default(), 200),
                then: Box::new(trouble),
            }),
            (answer, _) => answer,
        }
    }

    async fn follow(
        &self,
        question: &Question<'_>,
        mut url: Url,
        via: &mut Vec<String>,
    ) -> Result<Fetched, Trouble> {
        let (mut method, mut form) = (question.method.clone(), question.form);
        let home = url.host_str().unwrap_or_default().to_owned();
        let mut tried = 0;
        loop {
            self.pace.turn().await;
            let mut request = self.client.request(method.clone(), url.clone());
            if let Some((fields, page)) = form {
                let mut from = page.clone();
                from.set_fragment(None);
                request = request
                    .form(fields)
                    .header(ORIGIN, page.origin().ascii_serialization())
                    .header(REFERER, from.as_str());
            }
            if let Some(encodings) = question.encodings {
                request = request.header(ACCEPT_ENCODING, encodings);
            }
            let response = request.send().await.map_err(|err| trouble(&err))?;
            let status = response.status().as_u16();
            if self.pace.again(status, response.headers(), tried).await {
                tried += 1;
                continue;
            }
            self.pace.ended(status, tried);
            tried = 0;
            let next = redirect(&response, &url).filter(|next| self.may_follow(next, &home));
            let Some(next) = next else {
                return read(response, via.clone(), url, question).await;
            };
            via.push(text::cut(&text::clean(next.as_str()), 300));
            if via.len() > MOST_HOPS {
                return Err(Trouble::TooManyRedirects);
            }
            // 307 and 308 repeat the request, the others ask for the page (RFC 9110, section 15.4).
            if !matches!(response.status().as_u16(), 307 | 308) && method != Method::HEAD {
                method = Method::GET;
                form = None;
            }
            url = next;
        }
    }

    /// A redirect is followed on this machine and to the stack's own names; the rest of the world is not graded.
    pub(crate) fn may_follow(&self, next: &Url, home: &str) -> bool {
        let host = next.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let here = host == home.trim_matches(['[', ']'])
            || host == "localhost"
            || host.ends_with(".localhost")
            || host == "::1"
            || host.starts_with("127.");
        matches!(next.scheme(), "http" | "https")
            && (here || self.names.iter().any(|(name, _)| name == host))
    }
}

fn redirect(response: &Response, from: &Url) -> Option<Url> {
    let status = response.status().as_u16();
    matches!(status, 301 | 302 | 303 | 307 | 308).then_some(())?;
    let place = String::from_utf8_lossy(response.headers().get(LOCATION)?.as_bytes()).into_owned();
    from.join(place.trim()).ok()
}

async fn read(
    mut response: Response,
    via: Vec<String>,
    url: Url,
    question: &Question<'_>,
) -> Result<Fetched, Trouble> {
    let most = question.most;
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
    // Who names no coding takes any (RFC 9110, section 12.5.3), and some servers compress whatever they are asked.
    if question.encodings.is_none()
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

    #[test]
    fn redirects_to_the_rest_of_the_world_are_not_followed() {
        let browser = Browser::new(&[("shop.test".into(), SocketAddr::from(([127, 0, 0, 1], 80)))])
            .expect("a client");
        let may =
            |url: &str| browser.may_follow(&Url::parse(url).expect("an address"), "127.0.0.1");
        assert!(
            may("http://127.0.0.1:5000/x")
                && may("https://localhost/")
                && may("http://shop.test/")
                && may("http://[::1]/")
        );
        assert!(
            !may("http://example.org/") && !may("ftp://127.0.0.1/") && !may("http://10.0.0.1/")
        );
    }
}

#[cfg(test)]
#[path = "browser_tests.rs"]
mod against_servers;
