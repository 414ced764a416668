//! The round trip through the application: a made-up manufacturer is posted, asked back, posted again.
//!
//! Everything posted carries one fresh word, by which it is found in the database and taken out again (see `undo`).

use std::cell::Cell;
use std::collections::BTreeSet;

use futures_util::future::join_all;
use futures_util::join;

pub(crate) use super::payload::Nonce;
use super::payload::{Manufacturer, Marked};
use super::qr_codes::{Codes, LONGEST};
use super::session::{FormPage, Sent, Session};
use crate::html::content::{hashes, longest, marked};
use crate::http::address::below;
use crate::http::browser::{Browser, Fetched, redacted};
use labcheck_core::facts::{Markup, RoundTrip, Shown, Step, StepAnswer, Trouble, Typed};
use labcheck_core::grade::Target;
use labcheck_core::redact::known::Secrets;

/// Fields of the inserter's form.
pub(crate) const ENTRY: &[&str] = &["name", "email", "number", "website"];
/// Fields of the fetcher's form.
const ASKED: &[&str] = &["manufacturer_name", "manufacturer_id"];

/// SQL typed into the name.
const IN_NAME: [&str; 4] = [
    "' OR '1'='1",
    "\" OR \"1\"=\"1",
    "' OR 1=1 -- x",
    "') OR ('1'='1",
];
/// SQL typed into the number. It begins with 0, as a database may read a bound text up to where it is a number.
const IN_NUMBER: [&str; 2] = ["0 OR 1=1", "0' OR '1'='1"];
/// The same without what makes it SQL, to compare with.
const HARMLESS: [(&str, &str); 2] = [("manufacturer_name", "OR 1 1"), ("manufacturer_id", "0")];

/// A drive through one application.
pub(crate) struct Driver<'a> {
    lane: Session,
    /// For keeping the application busy while the other lane is in use.
    nudging: Session,
    inserter: FormPage,
    fetch: FormPage,
    steps: &'a BTreeSet<Step>,
    pub nonce: &'a Nonce,
    secrets: &'a Secrets,
    /// Long hexadecimal words of the fetch page before anything was asked.
    furniture: Vec<String>,
    /// Something may have been stored.
    pub(crate) posted: &'a Cell<bool>,
}

impl<'a> Driver<'a> {
    /// Reads the two forms first, one after the other, as a browser does: for their hidden fields and where they lead.
    pub(crate) async fn start(
        browser: &'a Browser,
        base: &reqwest::Url,
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
        let lane = Session(browser.clone());
        let (inserter, _) = lane.open(place("/inserter")?, ENTRY).await;
        let (fetch, page) = lane.open(place("/fetch")?, ASKED).await;
        Ok(Self {
            nudging: lane.another(),
            lane,
            inserter,
            fetch,
            steps,
            nonce,
            secrets,
            furniture: page.map_or_else(Vec::new, |page| hashes(&page.text())),
            posted,
        })
    }

    fn wants(&self, step: Step) -> bool {
        self.steps.contains(&step)
    }

    /// Every step up to the second post of the same name, which waits until the database was looked into.
    pub(crate) async fn first(&self, round_trip: &mut RoundTrip) {
        round_trip.name.clone_from(&self.nonce.name);
        round_trip.furniture.clone_from(&self.furniture);
        if self.wants(Step::Empty) {
            round_trip.empty_fetch = Some(self.look_up(&self.lane, Step::Empty, "").await.0);
        }
        if self.needs_store() {
            let entry = self.nonce.manufacturer(&self.nonce.number);
            let stored = self.insert(&self.lane, Step::Store, &entry).await;
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
        // Reading pictures takes longest, and nobody waits for it.
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
            all.0 = self.markups().await;
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
            self.furniture.contains(word) || missed.contains(word)
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
        Some(self.look_up(&self.lane, Step::Find, name).await)
    }

    /// The QR codes of the fetched page.
    async fn codes(&self, answer: &StepAnswer, page: Option<&Fetched>) -> Codes {
        let wanted: Vec<String> = answer
            .hashes()
            .iter()
            .filter(|word| !self.furniture.contains(word))
            .cloned()
            .collect();
        match page {
            Some(page) => Codes::of(&self.lane.0, page, &wanted, LONGEST).await,
            None => Codes::default(),
        }
    }

    /// What a miss looks like is needed to tell a hit.
    async fn miss(&self) -> Option<StepAnswer> {
        let needed = [Step::Miss, Step::Find, Step::Inject, Step::Markup];
        if !needed.into_iter().any(|step| self.wants(step)) {
            return None;
        }
        let lane = self.lane.another();
        Some(self.look_up(&lane, Step::Miss, &self.nonce.missing).await.0)
    }

    async fn names(&self) -> Vec<Typed> {
        self.type_in("manufacturer_name", &IN_NAME).await
    }

    async fn numbers(&self) -> Vec<Typed> {
        self.type_in("manufacturer_id", &IN_NUMBER).await
    }

    /// SQL in a field of the fetch form, and the harmless twin.
    async fn type_in(&self, field: &str, texts: &[&str]) -> Vec<Typed> {
        let mut all = Vec::new();
        if !self.wants(Step::Inject) {
            return all;
        }
        let lane = self.lane.another();
        let harmless = HARMLESS.iter().filter(|(of, _)| *of == field);
        let harmless = harmless.map(|(_, text)| (*text, false));
        for (text, sql) in texts.iter().map(|text| (*text, true)).chain(harmless) {
            let typed: Vec<(&str, &str)> = ASKED
                .iter()
                .map(|name| (*name, if *name == field { text } else { "" }))
                .collect();
            let sent = lane.send(&self.fetch, &typed, self.secrets).await;
            all.push(Typed {
                field: field.to_owned(),
                text: text.to_owned(),
                sql,
                answer: quoted(self.answer(Step::Inject, sent).0),
            });
        }
        all
    }

    /// Posts one after the other, as two at once may lock each other out; fetches at once.
    async fn markups(&self) -> Vec<Markup> {
        let lane = self.lane.another();
        let mut stored = Vec::new();
        for shape in self.nonce.marked() {
            let answer = self.insert(&lane, Step::Markup, &shape.manufacturer).await;
            stored.push((shape, quoted(answer)));
        }
        join_all(stored.into_iter().map(|(shape, stored)| async {
            let refused = stored.answer.as_ref().is_ok_and(|page| page.status >= 400);
            let fetched = if refused {
                None
            } else {
                Some(quoted(self.fetch_marked(&shape).await))
            };
            let Manufacturer {
                name,
                email,
                website,
                ..
            } = shape.manufacturer;
            Markup {
                text: match shape.field {
                    "name" => name,
                    "website" => website,
                    _ => email,
                },
                field: shape.field.to_owned(),
                stored,
                fetched,
            }
        }))
        .await
    }

    /// Fetches by the name as it was typed, then by what is left of it without tags.
    async fn fetch_marked(&self, shape: &Marked) -> StepAnswer {
        let lane = self.lane.another();
        let first = self
            .look_up(&lane, Step::Markup, &shape.manufacturer.name)
            .await
            .0;
        let hit = |step: &StepAnswer| {
            step.hashes()
                .iter()
                .any(|word| !self.furniture.contains(word))
        };
        if hit(&first) || shape.stripped == shape.manufacturer.name {
            return first;
        }
        let second = self.look_up(&lane, Step::Markup, &shape.stripped).await.0;
        if hit(&second) { second } else { first }
    }

    fn needs_store(&self) -> bool {
        self.steps
            .iter()
            .any(|step| !matches!(step, Step::Empty | Step::Miss))
    }

    /// The second post of the same name, with another number.
    pub(crate) async fn again(&self) -> Option<StepAnswer> {
        if self.wants(Step::Again) {
            let entry = self.nonce.manufacturer(&self.nonce.number_again);
            Some(self.insert(&self.lane, Step::Again, &entry).await)
        } else {
            None
        }
    }

    /// Keeps the application busy, so that sessions which live for one request can be seen: fetches, and now and then
    /// a post of a name that holds the fresh word.
    pub(crate) async fn nudge(&self, turn: usize) {
        if turn % 2 == 1 && self.needs_store() {
            let entry = self.nonce.other('x', 46);
            self.insert(&self.nudging, Step::Store, &entry).await;
        } else {
            self.look_up(&self.nudging, Step::Find, &self.nonce.name)
                .await;
        }
    }

    /// Whether the fetch page answers at all, with what was stored or without; `ports` says which port of this machine stands
    /// for one from before.
    pub(crate) async fn still_answers(&self, ports: impl Fn(u16) -> u16) -> bool {
        let mut fetch = self.fetch.clone();
        if let Some(port) = fetch.url.port_or_known_default() {
            // An address that takes no port has none that could change.
            let _ = fetch.url.set_port(Some(ports(port)));
        }
        let typed = [
            ("manufacturer_id", ""),
            ("manufacturer_name", self.nonce.missing.as_str()),
        ];
        let sent = self.lane.send(&fetch, &typed, self.secrets).await;
        sent.came.is_ok_and(|page| page.answer.status < 500)
    }

    /// Fetches the stored name again, for use after a restart: whether the page holds it, and the answer as a phrase.
    pub(crate) async fn still_there(&self) -> Result<(), String> {
        let (step, _) = self
            .look_up(&self.lane, Step::Restart, &self.nonce.name)
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

    async fn insert(&self, lane: &Session, step: Step, entry: &Manufacturer) -> StepAnswer {
        self.posted.set(true);
        let typed = [
            ("name", entry.name.as_str()),
            ("email", &entry.email),
            ("number", &entry.number),
            ("website", &entry.website),
        ];
        let sent = lane.send(&self.inserter, &typed, self.secrets).await;
        self.answer(step, sent).0
    }

    /// A form with nothing but an address in it: the address holds the fresh word, so that an application which stores
    /// it all the same can be cleaned up after.
    async fn insert_nameless(&self) -> StepAnswer {
        let entry = Manufacturer {
            name: String::new(),
            email: self.nonce.email(),
            number: String::new(),
            website: String::new(),
        };
        self.insert(&self.lane.another(), Step::Empty, &entry).await
    }

    async fn look_up(
        &self,
        lane: &Session,
        step: Step,
        name: &str,
    ) -> (StepAnswer, Option<Fetched>) {
        let typed = [("manufacturer_id", ""), ("manufacturer_name", name)];
        let sent = lane.send(&self.fetch, &typed, self.secrets).await;
        self.answer(step, sent)
    }

    /// A sending as a fact, with what the whole page showed.
    fn answer(&self, step: Step, sent: Sent) -> (StepAnswer, Option<Fetched>) {
        let shown = sent.came.as_ref().ok().map(|page| {
            let html = page.text();
            let mut hashes = hashes(&html);
            hashes.retain(|word| self.secrets.hide(word) == *word);
            Shown {
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
            shown,
        };
        (step, sent.came.ok())
    }
}

/// An answer of which only the beginning is quoted.
fn quoted(mut step: StepAnswer) -> StepAnswer {
    const MOST: usize = 2000;
    if let Ok(answer) = &mut step.answer {
        answer.body = answer.body.chars().take(MOST).collect();
    }
    step
}

#[cfg(test)]
#[path = "driver_tests.rs"]
mod tests;
