//! Looking into the stack: its pages, the round trip, the database. Side by side, and taken back when interrupted.

use std::cell::OnceCell;

use futures_util::future::try_join;
use futures_util::join;
use tokio::sync::oneshot;

use super::broken_off::{BrokenOff, Disturbed};
use super::outside::Outside;
use super::restart;
use super::visit::Visit;
use crate::compose::networks;
use crate::database::account::identity::Guess;
use crate::database::account::inquiry::Inquiry;
use crate::database::account::texts;
use crate::database::client::conversation::Client;
use crate::database::schema::snapshot::Owed;
use crate::database::sign_ins::Before;
use crate::database::undo_afresh::undo_afresh;
use crate::endpoint::host_names;
use crate::image;
use crate::interrupt::Stop;
use crate::reach::table;
use crate::round_trip::app_log;
use crate::stack::context::StackContext;
use crate::stack::health_checks;
use crate::{ProbeError, Progress};
use labcheck_core::check::Want;
use labcheck_core::facts::{Facts, Role, RoundTrip, Seen, Step};

/// What looking inside showed.
#[derive(Default)]
pub(crate) struct Inside {
    /// The facts of pages, round trip, database, images and reach; all others are still empty.
    pub facts: Facts,
    /// The application's password, if it became known on the way: to be hidden wherever it still stands.
    pub password: Option<String>,
    /// What was posted, where it may not have been taken back.
    pub owed: Option<Owed>,
}

impl Inside {
    /// Whether the grader itself restarted something.
    pub(crate) fn disturbed(&self) -> bool {
        let round_trip = self.facts.round_trip.as_ref().and_then(Seen::get);
        round_trip.is_some_and(|round_trip| round_trip.restarted.is_some())
            || self
                .facts
                .image_facts
                .values()
                .any(|image_facts| image_facts.stopped.is_some())
    }

    /// Looks at everything the plan wants.
    ///
    /// # Errors
    /// Only when nothing could be looked at, the person at the keyboard broke it off, or `disturbed` ended.
    pub(crate) async fn look(
        context: &StackContext<'_>,
        progress: &dyn Progress,
        disturbed: impl Future<Output = ()>,
        owed: Option<&Owed>,
    ) -> Result<Self, BrokenOff> {
        let inquiry = Inquiry::plan(context).map(|inquiry| Inquiry { owed, ..inquiry });
        let (learned, visit) = (OnceCell::new(), OnceCell::new());
        let (around_done, around) = oneshot::channel();
        let looking = async {
            // The client programs take longest to start, so they are started first.
            let (client, guess, names) = match &inquiry {
                Ok(inquiry) if asks_database(context) => {
                    join!(
                        inquiry.start_administrator_client(),
                        inquiry.guess(),
                        host_names::learn(context)
                    )
                }
                _ => (None, None, host_names::learn(context).await),
            };
            let planned = Visit::plan(*context, learned.get_or_init(|| names))?;
            let visit = visit.get_or_init(|| planned);
            let inquiry = inquiry.as_ref();
            let both = visit.both(inquiry, (client, guess), (around, owed), progress);
            Box::pin(both).await
        };
        let around = async {
            let around = join!(
                table::look(context),
                networks::look(context),
                health_checks::look(context)
            );
            // The other side has stopped listening where looking has failed already.
            let _ = around_done.send(());
            Ok(around)
        };
        let mut stop = Stop::listen();
        tokio::select! {
            inspected = try_join(looking, around) => {
                context.sidecars.clear().await;
                let (mut inside, (reach, declared, tried)) = inspected?;
                inside.facts.reach = reach;
                inside.facts.declared = declared;
                let round_trip = inside.facts.round_trip.as_ref().and_then(Seen::get);
                let undone = round_trip.and_then(|round_trip| round_trip.undone.as_ref());
                if undone.is_none_or(|undone| undone.why().is_some()) {
                    inside.owed = posted(visit.get(), &inquiry);
                }
                inside.facts.tried_health_checks = tried;
                Ok(inside)
            }
            () = stop.told_by(progress) => {
                context.sidecars.clear().await;
                let mut stayed = owed.map(Owed::of_earlier_look);
                if let Some(own) = posted(visit.get(), &inquiry) && let Ok(inquiry) = &inquiry {
                    progress.now("interrupted: taking back what was posted");
                    let undone = undo_afresh(inquiry, &own.name).await;
                    stayed = stayed.or(undone.why().map(|why| own.may_stay(why)));
                }
                Err(ProbeError::Interrupted { stayed }.into())
            }
            () = disturbed => {
                context.sidecars.clear().await;
                // The database may be away now, so the second look takes it back, and tells what stays.
                let owed = posted(visit.get(), &inquiry);
                Err(BrokenOff::Disturbed(Box::new(Disturbed::owing(owed))))
            }
        }
    }
}

/// What may lie in the database.
fn posted(visit: Option<&Visit<'_>>, inquiry: &Result<Inquiry<'_>, String>) -> Option<Owed> {
    let visit = visit.filter(|visit| visit.posted.get())?;
    let before = |inquiry: &Inquiry<'_>| inquiry.before.borrow().clone();
    Some(Owed {
        name: visit.nonce.name.clone(),
        before: inquiry.as_ref().ok().and_then(before),
    })
}

/// Whether any check needs the database. A round trip does, to delete its rows.
fn asks_database(context: &StackContext<'_>) -> bool {
    let wants = |want: &Want| matches!(want, Want::Database(_) | Want::RoundTrip(_));
    context.plan.wants.iter().any(wants)
}

impl Visit<'_> {
    /// Outside and the way into the database at once, then everything that needs both. Before anything is disturbed, what
    /// goes on around it has to be done.
    async fn both(
        &self,
        inquiry: Result<&Inquiry<'_>, &String>,
        (started, guess): (Option<Client>, Option<Guess>),
        (around, owed): (oneshot::Receiver<()>, Option<&Owed>),
        progress: &dyn Progress,
    ) -> Result<Inside, ProbeError> {
        let wanted = asks_database(&self.context);
        let entering = async {
            let opened = match inquiry {
                _ if !wanted => None,
                Ok(inquiry) => {
                    let patience = self.finder.patience(&[inquiry.server.inspected]);
                    // A client that was started before the database listened has found nobody.
                    let late = patience.until_heard().await;
                    Some(inquiry.open(started.filter(|_| !late)).await)
                }
                Err(why) => Some(Err(why.clone())),
            };
            self.pace.allow();
            match (opened, inquiry) {
                (Some(Ok(mut opened)), Ok(inquiry)) => {
                    inquiry.watch_while_posting(&mut opened, &self.pace).await;
                    Some(Ok(opened))
                }
                (opened, _) => opened,
            }
        };
        let texts = texts::read(&self.context);
        let (entered, outside, texts, mut image_facts) = join!(
            entering,
            self.outside(progress),
            texts,
            image::look(&self.context)
        );
        if self.context.plan.target.disruptive {
            // An error says that it is over, too.
            let _ = around.await;
        }
        let before = Before {
            texts: texts?,
            guess,
        };
        let Outside {
            pages,
            lost,
            listening,
            assets,
            base_url,
            mut round_trip,
            driver,
        } = outside;
        let driving = driver.as_ref().and_then(|driver| driver.as_ref().ok());
        let mut password = None;
        let posted = [
            self.nonce.name.clone(),
            round_trip.hash.clone().unwrap_or_default(),
        ];
        let posted = [posted[0].as_str(), posted[1].as_str()];
        let layer = async {
            if self.posted.get() {
                image::kept(&self.context, &posted, &mut image_facts).await;
            }
        };
        let asked = async {
            match (entered, inquiry) {
                (Some(Ok(mut entered)), Ok(inquiry)) => {
                    let asked = inquiry.ask(&mut entered, driving, &mut round_trip, before);
                    let (sql, known) = Box::pin(asked).await;
                    password = known;
                    Some(Seen::Seen(sql))
                }
                (Some(Err(why)), _) => {
                    self.unasked(&mut round_trip, owed, &why);
                    Some(Seen::Unseen(why))
                }
                _ => None,
            }
        };
        let (sql, ()) = join!(asked, layer);
        if app_log::wanted(&round_trip) {
            let (engine, secrets) = (self.context.engine, self.context.secrets);
            let apps = self.context.playing(Role::App);
            round_trip.app_log = app_log::since(engine, &apps, self.begun, secrets).await;
        }
        restart::stop(&self.context, driving, &mut image_facts).await;
        let round_trip = driver.map(|driver| match driver {
            Ok(_) => Seen::Seen(round_trip),
            Err(why) => Seen::Unseen(why),
        });
        let facts = Facts {
            pages,
            unknown_hosts: lost,
            listening,
            assets,
            image_facts,
            round_trip,
            database: sql,
            base_url,
            ..Facts::default()
        };
        Ok(Inside {
            facts,
            password,
            owed: None,
        })
    }

    /// Without the database the grader can neither look for what was posted nor delete it.
    fn unasked(&self, round_trip: &mut RoundTrip, owed: Option<&Owed>, why: &str) {
        if round_trip.stored.is_some() {
            round_trip.rows = Some(Seen::Unseen(why.to_owned()));
        }
        let own = self.posted.get().then_some(&self.nonce.name);
        if let Some(name) = own.or(owed.map(|owed| &owed.name)) {
            round_trip.undone = Some(Seen::Unseen(format!("rows named `{name}` may stay: {why}")));
        }
        if self.steps.contains(&Step::Restart) {
            round_trip.restarted = Some(Seen::Unseen(why.to_owned()));
        }
    }
}
