//! Asking for pages as a browser would: kept connections, cookies, redirects followed and written down.
//!
//! Never waits for ever and never swallows more than it can hold; what went wrong becomes a [`Trouble`].

use std::net::SocketAddr;
use std::sync::{Arc, Once};
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, LOCATION, ORIGIN, REFERER};
use reqwest::{Client, Method, Response, Url};

use super::answer::{Body, Fetched, read};
use super::pace::Pace;
use super::trouble::trouble;
use crate::html::form::Fields;
use labcheck_core::facts::Trouble;
use labcheck_core::text;

/// Bytes of a body that are read.
const MOST_READ: usize = 2 * 1024 * 1024;
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

/// What is asked for, and how the answer's body is read.
struct Question<'f> {
    method: Method,
    /// A form's fields, and the page it stands on.
    form: Option<(&'f Fields, &'f Url)>,
    body: Body,
}

impl Question<'_> {
    fn new(method: Method) -> Self {
        Self {
            method,
            form: None,
            body: Body {
                encodings: None,
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
            body: Body { encodings, most },
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
            if let Some(encodings) = question.body.encodings {
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
                return read(response, via.clone(), url, question.body).await;
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
    let location =
        String::from_utf8_lossy(response.headers().get(LOCATION)?.as_bytes()).into_owned();
    from.join(location.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
