//! Pages asked for, and what came back.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Role, Seen};

/// One request and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// What was asked for.
    pub ask: Ask,
    /// What came back; `Unseen` only when the grader itself could not ask.
    pub answer: Seen<Result<Answer, Trouble>>,
}

/// A name that an admin page's settings give for its database, where nothing in its container knows that name: no container
/// on its networks is called so, and its name servers do not know it either. Or it is its own, and no database is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnknownHost {
    /// The container with the setting.
    pub container: String,
    /// The variable, such as `PMA_HOST`.
    pub setting: String,
    /// The name.
    pub name: String,
    /// Whether it means the very container that asks for it (`localhost`).
    #[serde(default)]
    pub own: bool,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Whose page it is.
    pub role: Role,
    /// `GET` or `POST`.
    pub method: String,
    /// The path asked for in the lab's words; a mapped route is in `url`.
    pub path: String,
    /// The full address; empty when no address was known.
    pub url: String,
    /// The container behind it, where it is not the role's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
}

/// A complete answer, redirects followed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Answer {
    /// Status code (RFC 9110, section 15).
    pub status: u16,
    /// Headers, names in lower case; cookies are left out.
    pub headers: BTreeMap<String, String>,
    /// The title of an HTML page, cleaned; `None` where there is none.
    pub title: Option<String>,
    /// The body as text, cleaned of control characters and cut to 64 KiB; empty where it came compressed in a way that was
    /// not asked for and is not read.
    pub body: String,
    /// Bytes received before the cut (at most 2 MiB are read).
    pub bytes: u64,
    /// Whether the body was longer than what was read.
    pub cut: bool,
    /// Where redirects led, in order, the final address last; empty without redirects.
    pub via: Vec<String>,
    /// Why the redirect that this answer is was not followed; `None` where it is none, or from a grader that did not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_followed: Option<NotFollowed>,
}

/// Why a redirect was not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotFollowed {
    /// It leads to an address at which the stack publishes no port.
    Elsewhere,
    /// It asks that a form be sent once more, to another origin (scheme, host or port).
    WithForm,
}

impl Answer {
    /// The media type without parameters, in lower case; empty when not named.
    pub fn media_type(&self) -> String {
        let whole = self.headers.get("content-type").map_or("", String::as_str);
        whole
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }

    /// Where it redirects to, when it was not followed: out of the stack.
    pub fn away(&self) -> Option<&str> {
        let redirects = matches!(self.status, 301 | 302 | 303 | 307 | 308);
        let to = self.headers.get("location").filter(|_| redirects)?;
        Some(to.as_str()).filter(|to| !to.is_empty())
    }

    /// The status for a sentence, with what it takes to understand it: `302, a redirect to http://example.org/`.
    pub fn told(&self) -> String {
        match (self.away(), self.packed()) {
            (Some(to), _) => {
                let to = crate::text::cut(to, 120);
                match self.not_followed {
                    None => format!("{}, a redirect to {}", self.status, to),
                    Some(NotFollowed::Elsewhere) => format!(
                        "{}, a redirect to {}, which is no port of this stack",
                        self.status, to
                    ),
                    Some(NotFollowed::WithForm) => format!(
                        "{}, a redirect to {}, which is another origin than the form's, so the form was not sent there",
                        self.status, to
                    ),
                }
            }
            (_, Some(how)) => format!(
                "{}, compressed as {}, which is not read here",
                self.status,
                crate::text::cut(how, 20)
            ),
            _ => self.status.to_string(),
        }
    }

    /// The coding of a body that came compressed, where it could not be read.
    pub fn packed(&self) -> Option<&str> {
        let coding = self.headers.get("content-encoding")?;
        let unread = self.body.is_empty() && self.bytes > 0;
        Some(coding.as_str()).filter(|coding| unread && *coding != "identity")
    }

    /// Whether the page is an HTML page by its own word.
    pub fn is_html(&self) -> bool {
        self.media_type() == "text/html"
    }
}

/// Why no complete answer came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No address is known: nothing is published.
    NoAddress,
    /// No program listens there.
    Refused,
    /// The connection was accepted and closed, or reset, without an answer.
    Closed,
    /// No answer within the deadline, in milliseconds.
    TimedOut(u64),
    /// More redirects than a browser follows.
    TooManyRedirects,
    /// There was a redirect, and this came of following it.
    Redirected {
        /// The address it led to, without its query.
        to: String,
        /// What happened there.
        then: Box<Trouble>,
    },
    /// Anything else, in the client's words, cleaned and cut.
    Other(String),
}

impl Trouble {
    /// What happened, as a phrase that follows "the request".
    pub fn phrase(&self) -> String {
        match self {
            Self::NoAddress => "could not be sent: no port is published".into(),
            Self::Refused => "was refused: nobody listens on that port of this machine".into(),
            Self::Closed => "was accepted and then closed without an answer".into(),
            Self::TimedOut(ms) => format!("got no answer within {} s", ms.div_ceil(1000)),
            Self::TooManyRedirects => "was redirected in circles".into(),
            Self::Redirected { to, then } => {
                format!("was redirected to {to}, and there it {}", then.phrase())
            }
            Self::Other(what) => format!("failed: {what}"),
        }
    }
}
