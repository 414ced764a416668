//! The round trip through the application: a made-up manufacturer is posted, asked back, posted again.
//!
//! Everything posted carries one fresh word, by which it is found in the database and taken out again (see `undo`).

use std::cell::Cell;
use std::collections::BTreeSet;

use futures_util::join;

use super::forms::{Forms, RoundTripPlan};
use super::injection;
use super::payload::{Manufacturer, Nonce};
use super::qr_codes::{Codes, LONGEST};
use super::session::Session;
use crate::html::content::longest;
use crate::http::answer::Fetched;
use labcheck_core::facts::{Markup, RoundTrip, Step, StepAnswer, Trouble, Typed};

/// A drive through one application.
pub(crate) struct Driver<'a> {
    forms: Forms<'a>,
    /// For keeping the application busy while the forms' own session is in use.
    nudging: Session,
    steps: &'a BTreeSet<Step>,
    pub nonce: &'a Nonce,
    /// Something may have been stored.
    pub(crate) posted: &'a Cell<bool>,
}

impl<'a> Driver<'a> {
    /// Reads the two forms; nothing is posted yet.
    ///
    /// # Errors
    /// See [`Forms::read`].
    pub(crate) async fn start(
        plan: RoundTripPlan<'a>,
        base: &reqwest::Url,
    ) -> Result<Self, Trouble> {
        let forms = Forms::read(&plan, base).await?;
        Ok(Self {
            nudging: forms.session.another(),
            forms,
            steps: plan.steps,
            nonce: plan.nonce,
            posted: plan.posted,
        })
    }

    fn wants(&self, step: Step) -> bool {
        self.steps.contains(&step)
    }

    /// Every step up to the second post of the same name, which waits until the database was looked into.
    pub(crate) async fn first(&self, round_trip: &mut RoundTrip) {
        round_trip.name.clone_from(&self.nonce.name);
        round_trip.furniture.clone_from(&self.forms.hashes_before);
        if self.wants(Step::Empty) {
            round_trip.empty_fetch = Some(
                self.forms
                    .fetch(&self.forms.session, Step::Empty, "")
                    .await
                    .0,
            );
        }
        if self.needs_store() {
            let manufacturer = self.nonce.manufacturer(&self.nonce.number);
            let stored = self
                .forms
                .insert(&self.forms.session, Step::Store, &manufacturer)
                .await;
            let came_through = stored.answer.is_ok();
            round_trip.stored = Some(stored);
            if !came_through {
                return;
            }
        }
        // These only read, so each may have a session of its own and go at once.
        let (found, missing, names, numbers) =
            join!(self.find(), self.miss(), self.names(), self.numbers());
        round_trip.missing = missing;
        round_trip.typed = names.into_iter().chain(numbers).collect();
        // Reading pictures takes longest, so the posts go on meanwhile.
        let codes = async {
            let (answer, page) = found.as_ref()?;
            Some(self.codes(answer, page.as_ref()).await)
        };
        let ((markups, empty), codes) = join!(self.posts(), codes);
        round_trip.markups = markups;
        round_trip.empty_insert = empty;
        if let (Some((answer, _)), Some(codes)) = (found, codes) {
            self.settle(round_trip, &answer, &codes);
            round_trip.found = Some(answer);
        }
    }

    /// Markup, and an empty form.
    async fn posts(&self) -> (Vec<Markup>, Option<StepAnswer>) {
        let mut all = (Vec::new(), None);
        if self.wants(Step::Markup) {
            all.0 = injection::markups(&self.forms).await;
        }
        if self.wants(Step::Empty) {
            all.1 = Some(self.insert_nameless().await);
        }
        all
    }

    /// Which of the page's words is the hash: not one that other pages show too, and if possible the one that the
    /// QR code says.
    fn settle(&self, round_trip: &mut RoundTrip, found: &StepAnswer, codes: &Codes) {
        let elsewhere = |word: &&String| {
            let missed = round_trip
                .missing
                .as_ref()
                .map_or(&[][..], StepAnswer::hashes);
            self.forms.hashes_before.contains(word) || missed.contains(word)
        };
        let own: Vec<&String> = found
            .hashes()
            .iter()
            .filter(|word| !elsewhere(word))
            .collect();
        let hash = codes
            .word(&own)
            .or_else(|| longest(own))
            .or_else(|| longest(found.hashes()));
        round_trip.qr = Some(codes.fact(hash.map(String::as_str)));
        round_trip.hash = hash.cloned();
    }

    async fn find(&self) -> Option<(StepAnswer, Option<Fetched>)> {
        if !self.wants(Step::Find) && !self.wants(Step::Restart) {
            return None;
        }
        let name = &self.nonce.name;
        Some(
            self.forms
                .fetch(&self.forms.session, Step::Find, name)
                .await,
        )
    }

    /// The QR codes of the fetched page.
    async fn codes(&self, answer: &StepAnswer, page: Option<&Fetched>) -> Codes {
        let wanted: Vec<String> = answer
            .hashes()
            .iter()
            .filter(|word| !self.forms.hashes_before.contains(word))
            .cloned()
            .collect();
        let browser = &self.forms.session.0;
        let Some(page) = page else {
            return Codes::default();
        };
        let first = Codes::of(browser, page, &wanted, LONGEST).await;
        if wanted.is_empty() || !first.none() {
            return first;
        }
        // Once in some hundreds of gradings a right page showed no code to the grader, for a reason that was not found. Before the
        // student is told so, the page is loaded again, as a visitor would.
        match self.find().await {
            Some((_, Some(again))) => Codes::of(browser, &again, &wanted, LONGEST).await,
            _ => first,
        }
    }

    /// What a miss looks like is needed to tell a hit.
    async fn miss(&self) -> Option<StepAnswer> {
        let needed = [Step::Miss, Step::Find, Step::Inject, Step::Markup];
        if !needed.into_iter().any(|step| self.wants(step)) {
            return None;
        }
        let session = self.forms.session.another();
        Some(
            self.forms
                .fetch(&session, Step::Miss, &self.nonce.missing)
                .await
                .0,
        )
    }

    async fn names(&self) -> Vec<Typed> {
        if self.wants(Step::Inject) {
            injection::names(&self.forms).await
        } else {
            Vec::new()
        }
    }

    async fn numbers(&self) -> Vec<Typed> {
        if self.wants(Step::Inject) {
            injection::numbers(&self.forms).await
        } else {
            Vec::new()
        }
    }

    fn needs_store(&self) -> bool {
        self.steps
            .iter()
            .any(|step| !matches!(step, Step::Empty | Step::Miss))
    }

    /// The second post of the same name, with another number.
    pub(crate) async fn again(&self) -> Option<StepAnswer> {
        if self.wants(Step::Again) {
            let manufacturer = self.nonce.manufacturer(&self.nonce.number_again);
            Some(
                self.forms
                    .insert(&self.forms.session, Step::Again, &manufacturer)
                    .await,
            )
        } else {
            None
        }
    }

    /// Keeps the application busy, so that sessions which live for one request can be seen: fetches, and now and then
    /// a post of a name that holds the fresh word.
    pub(crate) async fn nudge(&self, turn: usize) {
        if turn % 2 == 1 && self.needs_store() {
            let manufacturer = self.nonce.other('x', 46);
            self.forms
                .insert(&self.nudging, Step::Store, &manufacturer)
                .await;
        } else {
            self.forms
                .fetch(&self.nudging, Step::Find, &self.nonce.name)
                .await;
        }
    }

    /// Whether the fetch page answers at all, with what was stored or without; `ports` says which port of this machine stands
    /// for one from before.
    pub(crate) async fn still_answers(&self, ports: impl Fn(u16) -> u16) -> bool {
        let mut fetcher = self.forms.fetcher.clone();
        if let Some(port) = fetcher.url.port_or_known_default() {
            // An address that takes no port has none that could change.
            let _ = fetcher.url.set_port(Some(ports(port)));
        }
        let typed = [
            ("manufacturer_id", ""),
            ("manufacturer_name", self.nonce.missing.as_str()),
        ];
        let session = &self.forms.session;
        let sent = self.forms.send_fetcher(session, &fetcher, &typed).await;
        sent.came.is_ok_and(|page| page.answer.status < 500)
    }

    /// Fetches the stored name again, for use after a restart: whether the page holds it, and the answer as a phrase.
    pub(crate) async fn still_there(&self) -> Result<(), String> {
        let (step, _) = self
            .forms
            .fetch(&self.forms.session, Step::Restart, &self.nonce.name)
            .await;
        let shows = step.shows_name(&self.nonce.name);
        match step.answer {
            Ok(answer) if answer.status < 400 && shows => Ok(()),
            Ok(answer) => Err(format!(
                "status {}: \"{}\"",
                answer.status,
                labcheck_core::text::cut(&labcheck_core::text::visible(&answer.body), 120)
            )),
            Err(trouble) => Err(format!("the request {}", trouble.phrase())),
        }
    }

    /// A form with nothing but an address in it: the address holds the fresh word, so that an application which stores
    /// it all the same can be cleaned up after.
    async fn insert_nameless(&self) -> StepAnswer {
        let nameless = Manufacturer {
            name: String::new(),
            email: self.nonce.email(),
            number: String::new(),
            website: String::new(),
        };
        self.forms
            .insert(&self.forms.session.another(), Step::Empty, &nameless)
            .await
    }
}

#[cfg(test)]
#[path = "driver_tests.rs"]
mod tests;
