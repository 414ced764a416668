//! The application's two forms, the inserter's and the fetcher's: filled in, sent, and the answer kept as a fact.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::payload::{Manufacturer, Nonce};
use super::session::{FormPage, Sent, Session};
use crate::html::content::{hashes, marked};
use crate::http::address::below;
use crate::http::answer::{Fetched, redacted};
use crate::http::browser::Browser;
use labcheck_core::facts::{PageSearch, Step, StepAnswer, Trouble};
use labcheck_core::grade::Target;
use labcheck_core::redact::known::Secrets;

/// Fields of the inserter's form.
pub(crate) const INSERTER_FIELDS: &[&str] = &["name", "email", "number", "website"];
/// Fields of the fetcher's form.
pub(crate) const FETCHER_FIELDS: &[&str] = &["manufacturer_name", "manufacturer_id"];

/// What a round trip is to do, and what it needs for it.
#[derive(Clone, Copy)]
pub(crate) struct RoundTripPlan<'a> {
    pub browser: &'a Browser,
    pub target: &'a Target,
    /// The steps that checks want.
    pub steps: &'a BTreeSet<Step>,
    pub nonce: &'a Nonce,
    pub secrets: &'a Secrets,
    /// Set before anything is sent that may be stored.
    pub posted: &'a Cell<bool>,
}

/// The two forms, with the sessions that send them.
pub(crate) struct Forms<'a> {
    pub session: Session,
    inserter: FormPage,
    pub fetcher: FormPage,
    /// Long hexadecimal words of the fetch page before anything was asked.
    pub hashes_before: Vec<String>,
    pub nonce: &'a Nonce,
    secrets: &'a Secrets,
    pub posted: &'a Cell<bool>,
}

impl<'a> Forms<'a> {
    /// Reads the two forms first, one after the other, as a browser does: for their hidden fields and where they lead.
    ///
    /// # Errors
    /// A path of the course leads to no address here.
    pub(crate) async fn read(
        plan: &RoundTripPlan<'a>,
        base: &reqwest::Url,
    ) -> Result<Self, Trouble> {
        let url = |path: &str| {
            below(base, plan.target.route(path))
                .ok_or_else(|| Trouble::Other(format!("`{path}` is no address here")))
        };
        let session = Session(plan.browser.clone());
        let (inserter, _) = session.open(url("/inserter")?, INSERTER_FIELDS).await;
        let (fetcher, page) = session.open(url("/fetch")?, FETCHER_FIELDS).await;
        Ok(Self {
            session,
            inserter,
            fetcher,
            hashes_before: page.map_or_else(Vec::new, |page| hashes(&page.text())),
            nonce: plan.nonce,
            secrets: plan.secrets,
            posted: plan.posted,
        })
    }

    /// Posts a manufacturer.
    pub(crate) async fn insert(
        &self,
        session: &Session,
        step: Step,
        manufacturer: &Manufacturer,
    ) -> StepAnswer {
        self.posted.set(true);
        let typed = [
            ("name", manufacturer.name.as_str()),
            ("email", &manufacturer.email),
            ("number", &manufacturer.number),
            ("website", &manufacturer.website),
        ];
        let sent = session.send(&self.inserter, &typed, self.secrets).await;
        self.answer(step, sent).0
    }

    /// Asks for a manufacturer by its name; the whole page comes along.
    pub(crate) async fn fetch(
        &self,
        session: &Session,
        step: Step,
        name: &str,
    ) -> (StepAnswer, Option<Fetched>) {
        let typed = [("manufacturer_id", ""), ("manufacturer_name", name)];
        let sent = self.send_fetcher(session, &self.fetcher, &typed).await;
        self.answer(step, sent)
    }

    /// Sends the fetcher's form as it is typed in, wherever its page is now.
    pub(crate) async fn send_fetcher(
        &self,
        session: &Session,
        page: &FormPage,
        typed: &[(&str, &str)],
    ) -> Sent {
        session.send(page, typed, self.secrets).await
    }

    /// A sending as a fact, with what the whole page showed.
    pub(crate) fn answer(&self, step: Step, sent: Sent) -> (StepAnswer, Option<Fetched>) {
        let page_search = sent.came.as_ref().ok().map(|page| {
            let html = page.text();
            let mut hashes = hashes(&html);
            hashes.retain(|word| self.secrets.hide(word) == *word);
            PageSearch {
                name: html.contains(&self.nonce.name),
                hashes,
                marked: marked(&html),
            }
        });
        let answer = sent
            .came
            .as_ref()
            .map(|fetched| redacted(fetched.answer.clone(), self.secrets))
            .map_err(Trouble::clone);
        let step = StepAnswer {
            step,
            repeat: sent.repeat,
            answer,
            page_search,
        };
        (step, sent.came.ok())
    }

    /// Whether an answer shows a hash that was not on the fetch page before anything was asked.
    pub(crate) fn shows_own_hash(&self, step: &StepAnswer) -> bool {
        let mut all = step.hashes().iter();
        all.any(|word| !self.hashes_before.contains(word))
    }
}
