//! Asking for pages as a browser would: kept connections, cookies, redirects followed and written down.
//!
//! Never waits for ever and never swallows more than it can hold; what went wrong becomes a [`Trouble`].

use std::sync::{Arc, Once};
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Client, Method, Response, Url};

use super::allowed::{Allowed, same_origin};
use super::answer::{Body, Fetched, Offers, read};
use super::pace::Pace;
use super::submission::Submission;
use super::trouble::trouble;
use super::visitor::{self, USER_AGENT};
use labcheck_core::facts::{NotFollowed, Trouble};
use labcheck_core::text;

/// Bytes of a body that are read.
const MOST_READ: usize = 2 * 1024 * 1024;
/// Redirects a browser follows at most here.
const MOST_HOPS: usize = 10;

/// A browser: one set of cookies and connections.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    client: Client,
    /// Where the stack is met; redirects are followed there alone.
    allowed: Arc<Allowed>,
    pace: Arc<Pace>,
}

/// What is asked for, and how the answer's body is read.
struct Question<'f> {
    method: Method,
    form: Option<&'f Submission<'f>>,
    body: Body,
}

impl Question<'_> {
    fn new(method: Method) -> Self {
        Self {
            method,
            form: None,
            body: Body {
                offers: Offers::Browsers,
                most: MOST_READ,
            },
        }
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
    /// A browser that goes nowhere but where it is told to start, and to the addresses of the stack.
    ///
    /// # Errors
    /// The client's words when it cannot be set up at all.
    pub(crate) fn new(allowed: Allowed) -> Result<Self, String> {
        Self::within(Arc::new(allowed))
    }

    fn within(allowed: Arc<Allowed>) -> Result<Self, String> {
        provider();
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .cookie_store(true)
            .no_proxy()
            .referer(false)
            .connect_timeout(Duration::from_secs(5))
            .user_agent(USER_AGENT)
            .default_headers(HeaderMap::from_iter([
                (ACCEPT, HeaderValue::from_static(visitor::ACCEPT)),
                (
                    ACCEPT_LANGUAGE,
                    HeaderValue::from_static(visitor::ACCEPT_LANGUAGE),
                ),
            ]))
            // Self-signed certificates are what the course asks for; a kind of check looks at them, not the browser.
            .tls_danger_accept_invalid_certs(true);
        for (name, address) in allowed.names() {
            builder = builder.resolve(name, *address);
        }
        Ok(Self {
            client: builder.build().map_err(|err| err.to_string())?,
            allowed,
            pace: Arc::default(),
        })
    }

    /// Another one for the same stack, without this one's cookies; a limit that one meets slows both down.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(crate) fn another(&self) -> Result<Self, String> {
        let mut other = Self::within(Arc::clone(&self.allowed))?;
        other.pace = Arc::clone(&self.pace);
        Ok(other)
    }

    /// `GET`.
    pub(crate) async fn get(&self, url: &Url, deadline: Duration) -> Result<Fetched, Trouble> {
        self.ask(&Question::new(Method::GET), url, deadline).await
    }

    /// `GET` of at most so many bytes, with compression offered as said.
    pub(crate) async fn fetch(
        &self,
        url: &Url,
        offers: Offers,
        most: usize,
        deadline: Duration,
    ) -> Result<Fetched, Trouble> {
        let question = Question {
            body: Body { offers, most },
            ..Question::new(Method::GET)
        };
        self.ask(&question, url, deadline).await
    }

    /// Sends a form to its action, as the form says.
    pub(crate) async fn submit(
        &self,
        action: &Url,
        form: &Submission<'_>,
        deadline: Duration,
    ) -> Result<Fetched, Trouble> {
        let question = Question {
            form: Some(form),
            ..Question::new(form.method())
        };
        self.ask(&question, &form.address(action), deadline).await
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
        let start = url.clone();
        let mut tried = 0;
        loop {
            self.pace.turn().await;
            let mut request = self.client.request(method.clone(), url.clone());
            if let Some(form) = form {
                request = form.dress(request);
            }
            if let Some(codings) = question.body.offers.header() {
                request = request.header(ACCEPT_ENCODING, codings);
            }
            let response = request.send().await.map_err(|err| trouble(&err))?;
            let status = response.status().as_u16();
            if self.pace.again(status, response.headers(), tried).await {
                tried += 1;
                continue;
            }
            self.pace.ended(status, tried);
            tried = 0;
            let next = redirect(&response, &url);
            // 307 and 308 repeat the request, the others ask for the page (RFC 9110, section 15.4).
            let repeats = matches!(status, 307 | 308) || method == Method::HEAD;
            let refused = next.as_ref().and_then(|next| {
                if !self.may_ask(next, &start) {
                    Some(NotFollowed::Elsewhere)
                } else if repeats && method == Method::POST && !same_origin(next, &url) {
                    Some(NotFollowed::WithForm)
                } else {
                    None
                }
            });
            let Some(next) = next.filter(|_| refused.is_none()) else {
                let mut fetched = read(response, via.clone(), url, question.body).await?;
                fetched.answer.not_followed = refused;
                return Ok(fetched);
            };
            via.push(text::cut(&text::clean(next.as_str()), 300));
            if via.len() > MOST_HOPS {
                return Err(Trouble::TooManyRedirects);
            }
            if !repeats {
                method = Method::GET;
                form = None;
            }
            url = next;
        }
    }

    /// Whether an address that a page names is asked for: one of the page's own origin (`from`), or of the stack. Nothing
    /// else on this machine or in the world is graded, nor told to do anything.
    pub(crate) fn may_ask(&self, url: &Url, from: &Url) -> bool {
        matches!(url.scheme(), "http" | "https")
            && (same_origin(url, from) || self.allowed.has(url))
    }
}

fn redirect(response: &Response, from: &Url) -> Option<Url> {
    let status = response.status().as_u16();
    matches!(status, 301 | 302 | 303 | 307 | 308).then_some(())?;
    let location =
        String::from_utf8_lossy(response.headers().get(LOCATION)?.as_bytes()).into_owned();
    from.join(location.trim()).ok()
}

#[cfg(test)]
#[path = "browser_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "where_to_tests.rs"]
mod where_to;
