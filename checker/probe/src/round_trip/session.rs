//! One browser of the round trip. Forms are read as a browser does before each sending, where they hold tokens.

use std::time::Duration;

use reqwest::Url;

use crate::deadline::bounded;
use crate::html::form::{self, Form, Sending};
use crate::http::answer::Fetched;
use crate::http::browser::Browser;
use crate::http::submission::Submission;
use labcheck_core::facts::Trouble;
use labcheck_core::redact::known::Secrets;
use labcheck_core::text;

/// Longest wait for one answer.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);
/// Longest reading of one page.
const READING: Duration = Duration::from_secs(5);

/// A page with a form.
#[derive(Debug, Clone)]
pub(crate) struct FormPage {
    /// Where the page is, redirects followed.
    pub url: Url,
    /// The form as it was read first; `None` where the page showed none.
    pub form: Option<Form>,
    wanted: &'static [&'static str],
}

/// A sending as it was made.
pub(crate) struct Sent {
    /// A command that repeats it.
    pub repeat: String,
    pub came: Result<Fetched, Trouble>,
}

/// A browser that is used for one thing at a time, as a session may hold one token only.
#[derive(Debug)]
pub(crate) struct Session(pub Browser);

impl Session {
    /// Another session with the same server, with cookies of its own.
    pub(crate) fn another(&self) -> Self {
        Self(self.0.another().unwrap_or_else(|_| self.0.clone()))
    }

    /// Reads the form of a page; the page comes along.
    pub(crate) async fn open(
        &self,
        url: Url,
        wanted: &'static [&'static str],
    ) -> (FormPage, Option<Fetched>) {
        let page = self.0.get(&url, DEADLINE).await.ok();
        let form = match &page {
            Some(page) => read(page, wanted).await,
            None => None,
        };
        // A form belongs to the page that came in the end, not to the one that led there.
        let came_from = page.as_ref().and_then(|page| page.url.clone());
        let url = came_from.filter(|_| form.is_some()).unwrap_or(url);
        (FormPage { url, form, wanted }, page)
    }

    /// Fills the form of a page in and sends it.
    pub(crate) async fn send(
        &self,
        page: &FormPage,
        typed: &[(&str, &str)],
        secrets: &Secrets,
    ) -> Sent {
        let blank = Form::default();
        let known = page.form.as_ref().unwrap_or(&blank);
        let fresh = if known.hidden.is_empty() {
            None
        } else {
            self.open(page.url.clone(), page.wanted).await.0.form
        };
        let form = fresh.as_ref().unwrap_or(known);
        let at = &page.url;
        let action = form.action.as_deref();
        let url = action.and_then(|action| at.join(action).ok());
        let url = url.unwrap_or_else(|| at.clone());
        let fields = form.filled(typed);
        let submission = Submission {
            sending: form.sending,
            fields: &fields,
            page: at,
        };
        let came = if self.0.may_ask(&url, at) {
            self.0.submit(&url, &submission, DEADLINE).await
        } else {
            Err(Trouble::Other(format!(
                "the form is sent to {}, which is no port of this stack",
                text::cut(&text::clean(url.as_str()), 120)
            )))
        };
        Sent {
            repeat: secrets.hide(&curl(&url, &submission, &form.hidden)),
            came,
        }
    }
}

async fn read(page: &Fetched, wanted: &'static [&'static str]) -> Option<Form> {
    let html = page.text();
    bounded(READING, move || form::find(&html, wanted)).await?
}

/// A command that sends a form again, for a student's shell. What a hidden field held was good once, and may be a secret.
fn curl(url: &Url, form: &Submission<'_>, hidden: &[String]) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let fields = form.fields.iter().map(|(name, value)| {
        let value = if hidden.contains(name) { "…" } else { value };
        format!("{name}={value}")
    });
    let each = |option: &str| -> String {
        let all = fields.clone();
        let all = all.map(|field| format!(" {option} {}", quoted(&field)));
        all.collect::<Vec<_>>().concat()
    };
    let said = match form.sending {
        Sending::Query => format!(" -G{}", each("--data-urlencode")),
        Sending::Urlencoded => each("--data-urlencode"),
        // `--form` would read a file where a value begins with `@`.
        Sending::Multipart => each("--form-string"),
        Sending::Plain => {
            let lines = fields.collect::<Vec<_>>().join("\n");
            format!(
                " -H 'Content-Type: text/plain' --data-raw {}",
                quoted(&lines)
            )
        }
    };
    let mut url = url.clone();
    if form.sending == Sending::Query {
        url.set_query(None);
    }
    format!("curl -iL{said} {}", quoted(url.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::form::Fields;

    fn curl_of(sending: Sending, fields: &Fields) -> String {
        let url = Url::parse("http://127.0.0.1:5000/fetch").expect("an address");
        let form = Submission {
            sending,
            fields,
            page: &url,
        };
        curl(&url, &form, &["csrf_token".to_owned()])
    }

    #[test]
    fn commands_say_how_a_form_is_sent() {
        let fields = vec![("name".into(), "@x".into())];
        assert_eq!(
            curl_of(Sending::Query, &fields),
            "curl -iL -G --data-urlencode 'name=@x' 'http://127.0.0.1:5000/fetch'"
        );
        assert_eq!(
            curl_of(Sending::Multipart, &fields),
            "curl -iL --form-string 'name=@x' 'http://127.0.0.1:5000/fetch'"
        );
    }

    #[test]
    fn commands_to_repeat_a_post_survive_quotation_marks_and_keep_no_token() {
        let fields = vec![
            ("csrf_token".into(), "made-up-token".into()),
            ("manufacturer_name".into(), "' OR '1'='1".into()),
        ];
        assert_eq!(
            curl_of(Sending::Urlencoded, &fields),
            r"curl -iL --data-urlencode 'csrf_token=…' --data-urlencode 'manufacturer_name='\'' OR '\''1'\''='\''1' 'http://127.0.0.1:5000/fetch'"
        );
    }
}
