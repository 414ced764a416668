//! One address at which pages may answer, over HTTP or HTTPS: asked for the first page, then for those that checks want.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Url;

use crate::http::address::{below, other_scheme};
use crate::http::answer::{Fetched, redacted};
use crate::http::browser::Browser;
use crate::http::visitor::made_up;
use crate::stack::context::StackContext;
use labcheck_core::facts::{Ask, Page, Role, Seen, Trouble};

/// Longest wait for a page.
pub(crate) const DEADLINE: Duration = Duration::from_secs(5);
/// Where a role's pages are.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// The address that answered, or the first one that was tried.
    pub base: Option<Url>,
    /// What the first question brought.
    pub first: Result<Fetched, Trouble>,
    /// The path of that question, in the application's words.
    asked: String,
    /// Why nothing is to be posted there, though something answers.
    pub shut: Option<String>,
}

impl Endpoint {
    /// No address at all.
    pub(crate) fn nowhere() -> Self {
        Self {
            base: None,
            first: Err(Trouble::NoAddress),
            asked: String::new(),
            shut: None,
        }
    }

    /// The address, if something answers there that may be posted to.
    ///
    /// # Errors
    /// Why not, as a sentence fragment about the application.
    pub(crate) fn drivable(&self) -> Result<&Url, String> {
        if let Some(trouble) = self.trouble() {
            return Err(format!(
                "the application gives no answer: the request {}",
                trouble.phrase()
            ));
        }
        if let Some(why) = &self.shut {
            return Err(why.clone());
        }
        Ok(self.base.as_ref().ok_or("the application has no address")?)
    }

    /// Whether anything answered at all.
    pub(crate) fn answers(&self) -> bool {
        self.first.is_ok()
    }

    /// What a path was answered with, when that was the first question.
    pub(crate) fn first(&self, path: &str) -> Option<&Fetched> {
        self.first.as_ref().ok().filter(|_| self.asked == path)
    }

    /// Why nothing answered.
    pub(crate) fn trouble(&self) -> Option<&Trouble> {
        self.first.as_ref().err()
    }

    /// The pages of a role at this address, the first question's answer used again.
    pub(crate) async fn pages(
        &self,
        browser: &Browser,
        role: Role,
        context: &StackContext<'_>,
    ) -> Vec<Page> {
        let (plan, secrets) = (context.plan, context.secrets);
        let each = context.paths(role).into_iter().map(|path| async move {
            let made_up = format!("/{}", made_up());
            let route = plan.target.route(&path);
            let route = if nobodys(route) { &made_up } else { route };
            let url = self.base.as_ref().and_then(|base| below(base, route));
            let answer = match (&url, &self.first) {
                (None, _) => Err(Trouble::NoAddress),
                (Some(_), first) if route == self.asked => first.clone(),
                // An address that gives no answer gives none for any page: one deadline is enough.
                (Some(_), Err(trouble)) => Err(trouble.clone()),
                (Some(url), Ok(_)) => browser.get(url, DEADLINE).await,
            };
            Page {
                ask: Ask {
                    role,
                    method: "GET".into(),
                    url: url.map_or_else(String::new, |url| url.to_string()),
                    path,
                    container: None,
                },
                answer: Seen::Seen(answer.map(|fetched| redacted(fetched.answer, secrets))),
            }
        });
        join_all(each).await
    }
}

/// Whether a lab's path stands for any made-up one. It is asked for by a name that does not tell that the grader asks.
pub(crate) fn nobodys(path: &str) -> bool {
    path.starts_with("/labcheck-")
}

/// The same address by the name `localhost`, where a server turns the number down as a name that it does not know (in Django,
/// one that `ALLOWED_HOSTS` lacks) and answers to the name.
pub(crate) async fn by_name(browser: &Browser, endpoint: Endpoint) -> Endpoint {
    let turned_down = endpoint
        .first
        .as_ref()
        .is_ok_and(|page| matches!(page.answer.status, 400 | 403 | 404 | 421));
    let mut named = endpoint.base.clone().filter(|base| {
        let host = base.host_str().unwrap_or_default();
        turned_down && matches!(host, "127.0.0.1" | "[::1]")
    });
    let Some(base) = named.take_if(|base| base.set_host(Some("localhost")).is_ok()) else {
        return endpoint;
    };
    let second = at(browser, &base, &endpoint.asked).await;
    match &second.first {
        Ok(page) if page.answer.status < 400 => second,
        _ => endpoint,
    }
}

/// The first of several addresses that gives an answer; the first of all where none does.
pub(crate) async fn first_that_answers(browser: &Browser, bases: &[Url], path: &str) -> Endpoint {
    let mut first: Option<Endpoint> = None;
    for base in bases {
        let endpoint = at(browser, base, path).await;
        if endpoint.first.is_ok() {
            return endpoint;
        }
        first.get_or_insert(endpoint);
    }
    first.unwrap_or_else(Endpoint::nowhere)
}

/// One address: as it is, and when it does not speak that, over the other of HTTP and HTTPS.
pub(crate) async fn at(browser: &Browser, base: &Url, path: &str) -> Endpoint {
    let Some(url) = below(base, path) else {
        return Endpoint {
            base: Some(base.clone()),
            first: Err(Trouble::Other("not an address".into())),
            asked: path.to_owned(),
            shut: None,
        };
    };
    let first = browser.get(&url, DEADLINE).await;
    let must = first.as_ref().is_ok_and(wants_tls);
    let other = match &first {
        Ok(fetched) => wants_tls(fetched),
        // Refused and timed out are the same for both; the rest may be a matter of language.
        Err(trouble) => matches!(trouble, Trouble::Closed | Trouble::Other(_)),
    };
    if other
        && let Some(base) = other_scheme(base)
        && let Some(url) = below(&base, path)
    {
        let second = browser.get(&url, DEADLINE).await;
        // A port for TLS answers plain HTTP with 400, which says nothing of what it answers to those who speak TLS.
        let speaks = match &second {
            Ok(fetched) => !wants_tls(fetched),
            Err(_) => must,
        };
        if speaks {
            return Endpoint {
                base: Some(base),
                first: second,
                asked: path.to_owned(),
                shut: None,
            };
        }
    }
    Endpoint {
        base: Some(base.clone()),
        first,
        asked: path.to_owned(),
        shut: None,
    }
}

/// What nginx, Apache and Go answer to plain HTTP on a port for HTTPS.
fn wants_tls(fetched: &Fetched) -> bool {
    let body = fetched.answer.body.to_ascii_lowercase();
    fetched.answer.status == 400
        && [
            "plain http request was sent to https port",
            "speaking plain http to an ssl-enabled server port",
            "sent an http request to an https server",
        ]
        .iter()
        .any(|words| body.contains(words))
}

#[cfg(test)]
#[path = "pages_tests.rs"]
mod tests;
