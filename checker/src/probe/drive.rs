//! The round trip through the application: a made-up manufacturer is posted, asked back, posted again.
//!
//! Everything posted carries one fresh word, by which it is found in the database and taken out again (see `undo`).

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Url;

use super::form::{self, Form};
use super::http::{Browser, Fetched, Fields, redacted};
use super::http_address::below;
use super::page_words::{Picture, hash, pictures};
use super::redact::Secrets;
use super::{ProbeError, Target, qr};
use crate::facts::{Drive, Seen, Step, StepAnswer, Trouble};

/// Longest wait for one answer.
const DEADLINE: Duration = Duration::from_secs(10);

/// What is posted: all of it made up, all of it holding the same fresh word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Nonce {
    /// `labcheck-` and ten hexadecimal digits: the manufacturer's name.
    pub name: String,
    /// A name that is never stored.
    pub missing: String,
    /// A name with markup.
    pub markup: String,
    /// The number first posted, and the one of the second time: small enough that a column of numbers takes them too.
    pub number: String,
    pub number_again: String,
    /// One for everything else that is posted.
    number_other: String,
}

impl Nonce {
    /// A fresh one.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(super) fn fresh() -> Result<Self, ProbeError> {
        let mut bytes = [0_u8; 11];
        getrandom::fill(&mut bytes).map_err(|err| {
            ProbeError::Nothing(
                format!("no random word could be made: {err}"),
                "grade again".into(),
            )
        })?;
        Ok(Self::from_bytes(bytes))
    }

    fn from_bytes(bytes: [u8; 11]) -> Self {
        let digits = bytes[5..8].iter().fold(0_u32, |sum, byte| {
            (sum << 8 | u32::from(*byte)) % 10_000_000
        });
        let number = |first: u32| format!("{first}{digits:07}");
        let name = format!("labcheck-{}", hex(&bytes[..5]));
        Self {
            missing: format!("labcheck-{}-never", hex(&bytes[8..])),
            markup: format!("<script>labcheck(\"{name}\")</script>"),
            name,
            number: number(44),
            number_again: number(45),
            number_other: number(46),
        }
    }
}

/// A drive through one application.
pub(super) struct Driver<'a> {
    browser: &'a Browser,
    inserter: Url,
    fetch: Url,
    steps: &'a BTreeSet<Step>,
    pub(super) nonce: &'a Nonce,
    secrets: &'a Secrets,
    forms: (Option<Form>, Option<Form>),
    /// Something may have been stored.
    pub(super) posted: &'a Cell<bool>,
}

impl<'a> Driver<'a> {
    /// Reads the two forms first, as a browser does, for their hidden fields and where they lead.
    pub(super) async fn start(
        browser: &'a Browser,
        base: &Url,
        target: &Target,
        steps: &'a BTreeSet<Step>,
        nonce: &'a Nonce,
        secrets: &'a Secrets,
        posted: &'a Cell<bool>,
    ) -> Result<Self, Trouble> {
        let place = |path: &str| {
            below(base, target.route(path))
                .ok_or_else(|| Trouble::Other(format!("`{path}` is no address here")))
        };
        let (inserter, fetch) = (place("/inserter")?, place("/fetch")?);
        let (one, two) = futures_util::future::join(
            browser.get(&inserter, DEADLINE),
            browser.get(&fetch, DEADLINE),
        )
        .await;
        let form = |page: Result<Fetched, Trouble>, wanted: &[&str]| {
            page.ok().and_then(|page| form::find(&page.text(), wanted))
        };
        let forms = (
            form(one, &["name", "email", "number", "website"]),
            form(two, &["manufacturer_name", "manufacturer_id"]),
        );
        Ok(Self {
            browser,
            inserter,
            fetch,
            steps,
            nonce,
            secrets,
            forms,
            posted,
        })
    }

    fn wants(&self, step: Step) -> bool {
        self.steps.contains(&step)
    }

    /// Every step up to the second post of the same name, which waits until the database was looked into.
    pub(super) async fn first(&self, drive: &mut Drive) {
        drive.name.clone_from(&self.nonce.name);
        if self.wants(Step::Empty) {
            drive.empty_fetch = Some(self.look_up(Step::Empty, "").await.0);
        }
        if self.needs_store() {
            let stored = self
                .insert(Step::Store, &self.nonce.name, &self.nonce.number)
                .await;
            let came_through = stored.answer.is_ok();
            drive.stored = Some(stored);
            if !came_through {
                return;
            }
        }
        if self.wants(Step::Find) || self.wants(Step::Restart) {
            let (answer, page) = self.look_up(Step::Find, &self.nonce.name).await;
            if let Some(page) = page {
                drive.hash = hash(&page.text());
                drive.qr = Some(self.code(&page).await);
            }
            drive.found = Some(answer);
        }
        if self.wants(Step::Miss) {
            drive.missing = Some(self.look_up(Step::Miss, &self.nonce.missing).await.0);
        }
        if self.wants(Step::Inject) {
            drive.injection = Some(self.look_up(Step::Inject, "' OR '1'='1").await.0);
        }
        if self.wants(Step::Markup) {
            drive.markup_stored = Some(
                self.insert(Step::Markup, &self.nonce.markup, &self.nonce.number_other)
                    .await,
            );
            drive.markup = Some(self.look_up(Step::Markup, &self.nonce.markup).await.0);
        }
        if self.wants(Step::Empty) {
            drive.empty_insert = Some(self.insert_nameless().await);
        }
    }

    fn needs_store(&self) -> bool {
        self.steps
            .iter()
            .any(|step| !matches!(step, Step::Empty | Step::Miss))
    }

    /// The second post of the same name, with another number.
    pub(super) async fn again(&self) -> Option<StepAnswer> {
        if self.wants(Step::Again) {
            Some(
                self.insert(Step::Again, &self.nonce.name, &self.nonce.number_again)
                    .await,
            )
        } else {
            None
        }
    }

    /// Keeps the application busy, so that sessions which live for one request can be seen: fetches, and now and then
    /// a post of a name that holds the fresh word.
    pub(super) async fn nudge(&self, turn: usize) {
        if turn % 2 == 1 && self.needs_store() {
            self.insert(
                Step::Store,
                &format!("{}x", self.nonce.name),
                &self.nonce.number_other,
            )
            .await;
        } else {
            self.look_up(Step::Find, &self.nonce.name).await;
        }
    }

    /// Fetches the stored name again, for use after a restart: whether the page holds it, and the answer as a phrase.
    pub(super) async fn still_there(&self) -> Result<(), String> {
        let (step, _) = self.look_up(Step::Restart, &self.nonce.name).await;
        match step.answer {
            Ok(answer) if answer.status < 400 && answer.body.contains(&self.nonce.name) => Ok(()),
            Ok(answer) => Err(format!(
                "status {}: \"{}\"",
                answer.status,
                crate::text::cut(&crate::text::visible(&answer.body), 120)
            )),
            Err(trouble) => Err(format!("the request {}", trouble.phrase())),
        }
    }

    async fn insert(&self, step: Step, name: &str, number: &str) -> StepAnswer {
        let email = format!("{}@example.org", self.nonce.name);
        let website = format!("https://example.org/{}", self.nonce.name);
        self.posted.set(true);
        self.send(
            step,
            &self.inserter,
            self.forms.0.as_ref(),
            &[
                ("name", name),
                ("email", &email),
                ("number", number),
                ("website", &website),
            ],
        )
        .await
        .0
    }

    /// A form with nothing but an address in it: the address holds the fresh word, so that an application which stores
    /// it all the same can be cleaned up after.
    async fn insert_nameless(&self) -> StepAnswer {
        let email = format!("{}@example.org", self.nonce.name);
        self.posted.set(true);
        self.send(
            Step::Empty,
            &self.inserter,
            self.forms.0.as_ref(),
            &[
                ("name", ""),
                ("email", &email),
                ("number", ""),
                ("website", ""),
            ],
        )
        .await
        .0
    }

    async fn look_up(&self, step: Step, name: &str) -> (StepAnswer, Option<Fetched>) {
        self.send(
            step,
            &self.fetch,
            self.forms.1.as_ref(),
            &[("manufacturer_id", ""), ("manufacturer_name", name)],
        )
        .await
    }

    async fn send(
        &self,
        step: Step,
        page: &Url,
        form: Option<&Form>,
        typed: &[(&str, &str)],
    ) -> (StepAnswer, Option<Fetched>) {
        let blank = Form::default();
        let form = form.unwrap_or(&blank);
        let url = form
            .action
            .as_deref()
            .and_then(|action| page.join(action).ok())
            .filter(|url| url.host() == page.host())
            .unwrap_or_else(|| page.clone());
        let fields = form.filled(typed);
        let came = self.browser.post(&url, &fields, DEADLINE).await;
        let answer = came
            .as_ref()
            .map(|fetched| redacted(fetched.answer.clone(), self.secrets))
            .map_err(Trouble::clone);
        (
            StepAnswer {
                step,
                repeat: curl(&url, &fields),
                answer,
            },
            came.ok(),
        )
    }

    /// The QR code of a page: the first of its pictures that holds one.
    async fn code(&self, page: &Fetched) -> Seen<String> {
        let mut unread = None;
        for picture in pictures(&page.text()) {
            let bytes = match picture {
                Picture::Inline(svg) => Ok(svg.into_bytes()),
                Picture::At(at) => self.picture(page, &at).await,
            };
            match bytes.and_then(|bytes| qr::decode(&bytes)) {
                Ok(Some(content)) => {
                    return Seen::Seen(crate::text::cut(&crate::text::clean(&content), 2000));
                }
                Ok(None) => {}
                Err(why) => unread = unread.or(Some(why)),
            }
        }
        match unread {
            Some(why) => Seen::Unseen(format!("the page's picture could not be read: {why}")),
            None => Seen::Seen(String::new()),
        }
    }

    async fn picture(&self, page: &Fetched, at: &str) -> Result<Vec<u8>, String> {
        if at.starts_with("data:") {
            let data = data_url::DataUrl::process(at)
                .map_err(|_| "a data address that is none".to_owned())?;
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
        if page.url.as_ref().and_then(Url::host_str) != url.host_str() {
            return Err(format!(
                "it lies on another host ({})",
                crate::text::cut(&crate::text::clean(url.host_str().unwrap_or_default()), 60)
            ));
        }
        match self.browser.get(&url, DEADLINE).await {
            Ok(fetched) if fetched.answer.status < 400 => Ok(fetched.bytes),
            Ok(fetched) => Err(format!("its address answers {}", fetched.answer.status)),
            Err(trouble) => Err(format!("the request for it {}", trouble.phrase())),
        }
    }
}

/// A command that repeats a post, for a student's shell.
fn curl(url: &Url, fields: &Fields) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut command = "curl -iL".to_owned();
    for (name, value) in fields {
        command.push_str(" --data-urlencode ");
        command.push_str(&quoted(&format!("{name}={value}")));
    }
    format!("{command} {}", quoted(url.as_str()))
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in bytes {
        // Writing to a text cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_posted_holds_the_fresh_word() {
        let nonce = Nonce::from_bytes([7; 11]);
        assert_eq!(nonce.name, "labcheck-0707070707");
        assert!(nonce.markup.contains(&nonce.name) && !nonce.missing.contains(&nonce.name));
        assert_ne!(nonce.number, nonce.number_again);
        assert!(nonce.number.parse::<i32>().is_ok() && nonce.number_again.parse::<i32>().is_ok());
    }

    #[test]
    fn commands_to_repeat_a_post_survive_quotation_marks() {
        let url = Url::parse("http://127.0.0.1:5000/fetch").expect("an address");
        let command = curl(
            &url,
            &vec![("manufacturer_name".into(), "' OR '1'='1".into())],
        );
        assert_eq!(
            command,
            r"curl -iL --data-urlencode 'manufacturer_name='\'' OR '\''1'\''='\''1' 'http://127.0.0.1:5000/fetch'"
        );
    }
}
