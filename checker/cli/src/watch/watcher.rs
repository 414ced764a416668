//! The watch itself: one loop over everything that can happen, and one look at a time.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use crossterm::event::EventStream;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::change::{changes, stale};
use super::due::Due;
use super::files::{Files, How};
use super::lines::Lines;
use super::progress::Word;
use super::scope::{Interest, Scope};
use super::screen::Screen;
use super::slot::{Slot, done, next_key, until};
use super::state::{Face, Happened, State};
use super::term;
use labcheck_core::check::Want;
use labcheck_core::error::Error;
use labcheck_core::exit::Exit;
use labcheck_core::facts::{Aspect, Facts, Role};
use labcheck_core::grade::{Plan, Target};
use labcheck_core::grade::{judge, plan};
use labcheck_core::lab::Lab;
use labcheck_core::report::Report;
use labcheck_core::text::{retold, say};
use labcheck_probe::{Drift, Events, Live, Observer as _, ProbeError, Stop};

/// Between two questions to an engine that tells no events.
pub(crate) const PULSE: Duration = Duration::from_secs(3);
/// Longest wait for what was posted to be taken back when the watch ends.
const END: Duration = Duration::from_mins(1);

/// How to watch.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Look at files again and again instead of waiting for the system's events.
    pub(crate) poll: bool,
    /// Whether colour is wanted.
    pub colour: bool,
}

/// Watches until it is told to end.
///
/// # Errors
/// No engine at the start, or a command line that fits nothing.
pub async fn run(lab: Lab, target: Target, options: Options) -> Result<Exit, Error> {
    let live = Live::connect().await?;
    let face: Box<dyn Face> = match Screen::open(options.colour) {
        Some(screen) => Box::new(screen),
        None => Box::new(Lines::to(std::io::stdout())),
    };
    let mut watch = Watch::new(live, lab, target, options.poll, face);
    Box::pin(watch.run()).await?;
    Ok(Exit::Passed)
}

/// What one look took and how long the whole way from the event was, by the engine's clock: milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// From the first event to the redraw.
    pub whole: u64,
    /// The look and the judging.
    pub look: u64,
}

/// Watches without showing anything, and tells after each look that an event asked for how long it took.
///
/// # Errors
/// As [`run`].
pub async fn measured(
    lab: Lab,
    target: Target,
    samples: mpsc::UnboundedSender<Sample>,
) -> Result<(), Error> {
    let live = Live::connect().await?;
    let face = Box::new(Lines::to(std::io::sink()));
    let mut watch = Watch::new(live, lab, target, false, face);
    watch.samples = Some(samples);
    watch.remembers = false;
    Box::pin(watch.run()).await
}

pub(crate) struct Watch {
    pub live: Rc<Live>,
    pub plan: Plan,
    pub state: State,
    pub(crate) face: Box<dyn Face>,
    pub(crate) interest: Interest,
    pub(crate) due: Due,
    pub events: Events,
    pub files: Files,
    pub keys: Option<EventStream>,
    pub stop: Stop,
    pub(crate) ending: watch::Sender<bool>,
    pub words: (
        mpsc::UnboundedSender<String>,
        mpsc::UnboundedReceiver<String>,
    ),
    pub(crate) looking: Slot<Result<Facts, ProbeError>>,
    /// The part that is being looked at, since when, and when the event was.
    pub look: (Scope, Instant, Option<u64>),
    pub(crate) asking: Slot<Vec<Drift>>,
    pub(crate) pulse: Slot<Result<Vec<String>, ProbeError>>,
    pub(crate) pulse_at: Option<Instant>,
    pub(crate) last_pulse: Option<Vec<String>>,
    /// The last look ended because the engine did not answer.
    pub silent: bool,
    pub(crate) behind: Vec<Drift>,
    pub(crate) event_at: Option<u64>,
    pub(crate) remembers: bool,
    pub samples: Option<mpsc::UnboundedSender<Sample>>,
}

impl Watch {
    fn new(live: Live, lab: Lab, target: Target, poll: bool, face: Box<dyn Face>) -> Self {
        let asked = std::env::var_os("LABCHECK_POLL").is_some_and(|value| !value.is_empty());
        let files = Files::watch(target.folder.as_deref(), poll || asked);
        let mut plan = plan(&lab, target);
        // For what is said beside the marks; no check is judged by it.
        let built = [Role::App, Role::Proxy].into_iter();
        let built = built.filter(|role| plan.roles.contains_key(role));
        let wants: Vec<Want> = built
            .map(|role| Want::ImageFacts(role, Aspect::Current))
            .collect();
        plan.wants.extend(wants);
        let interest = Interest::of(plan.lab.as_str(), &plan.target, None);
        let keys = face.has_keys().then(EventStream::new);
        let mut due = Due::default();
        due.all(Instant::now());
        Self {
            events: live.events(),
            live: Rc::new(live),
            state: State::new(lab, files.how.clone()),
            plan,
            face,
            interest,
            due,
            files,
            keys,
            stop: Stop::listen(),
            ending: watch::channel(false).0,
            words: mpsc::unbounded_channel(),
            looking: None,
            look: (Scope::All, Instant::now(), None),
            asking: None,
            pulse: None,
            pulse_at: None,
            last_pulse: None,
            silent: false,
            behind: Vec::new(),
            event_at: None,
            remembers: true,
            samples: None,
        }
    }

    async fn run(&mut self) -> Result<(), Error> {
        let mut open = self.show(&Happened::Begun);
        while open {
            self.begin();
            let due = self.due.at().filter(|_| self.looking.is_none());
            let pulse_at = self.pulse_at.filter(|_| self.pulse.is_none());
            open = tokio::select! {
                news = self.events.next() => self.heard(news),
                path = self.files.next() => self.edited(&path),
                found = done(&mut self.looking) => Box::pin(self.looked(found)).await?,
                behind = done(&mut self.asking) => self.compared(behind),
                found = done(&mut self.pulse) => self.felt(found),
                Some(word) = self.words.1.recv() => self.says(&word),
                key = next_key(&mut self.keys) => self.typed(&key).await,
                () = self.stop.told() => false,
                () = until(due) => true,
                () = until(pulse_at) => {
                    let live = Rc::clone(&self.live);
                    self.pulse = Some(Box::pin(async move { live.pulse().await }));
                    true
                }
            };
        }
        self.end().await;
        Ok(())
    }

    /// Ends a look that is under way, so that nothing it posted stays.
    async fn end(&mut self) {
        let _ = self.ending.send(true);
        if self.looking.is_some() {
            self.state.doing = Some(say!("ending: taking back what was posted").into());
            self.show(&Happened::Working);
            let _ = tokio::time::timeout(END, done(&mut self.looking)).await;
        }
    }

    pub(crate) fn show(&mut self, happened: &Happened) -> bool {
        self.face.show(&self.state, happened).is_ok()
    }

    /// Begins the look that is due, unless one is under way.
    fn begin(&mut self) {
        if self.looking.is_some() {
            return;
        }
        let Some(scope) = self.due.take(Instant::now()) else {
            return;
        };
        let scope = if self.state.grade.is_some() {
            scope
        } else {
            Scope::All
        };
        let plan = scope.of(&self.plan);
        let (live, word) = (
            Rc::clone(&self.live),
            Word {
                say: self.words.0.clone(),
                stop: self.ending.subscribe(),
            },
        );
        self.look = (scope, Instant::now(), self.event_at.take());
        self.looking = Some(Box::pin(async move { live.observe(&plan, &word).await }));
        self.state.doing = Some(say!("looking").into());
        self.show(&Happened::Working);
    }

    fn edited(&mut self, path: &Path) -> bool {
        self.due.file(self.interest.file(path), Instant::now());
        true
    }

    fn compared(&mut self, behind: Vec<Drift>) -> bool {
        self.behind = behind;
        self.tell_stale()
    }

    fn tell_stale(&mut self) -> bool {
        let start = crate::notes::start(self.state.lab.id.as_str(), &self.plan.target);
        let said = stale(&self.behind, self.state.grade.as_ref(), start.as_str());
        if said == self.state.stale {
            return true;
        }
        self.state.stale = said;
        self.show(&Happened::Stale)
    }

    /// What the look that is under way does; the last words of one that has ended come too late.
    fn says(&mut self, word: &str) -> bool {
        if self.looking.is_none() {
            return true;
        }
        self.state.doing = Some(retold(word).into_owned());
        self.show(&Happened::Working)
    }

    /// A look came to its end.
    async fn looked(&mut self, found: Result<Facts, ProbeError>) -> Result<bool, Error> {
        let (scope, begun, event) = self.look;
        self.state.doing = None;
        while self.words.1.try_recv().is_ok() {}
        let facts = match found {
            Ok(facts) => facts,
            Err(err) => return self.could_not(err),
        };
        let old = self.state.grade.as_ref().map(|grade| &grade.facts);
        let merged = match old {
            Some(old) => scope.merge(old, facts),
            None => Some(facts),
        };
        let Some(facts) = merged else {
            self.event_at = event;
            self.due.all(Instant::now());
            return Ok(true);
        };
        self.silent = false;
        self.state.waiting = None;
        self.interest = Interest::of(self.interest.lab(), &self.plan.target, Some(&facts));
        for path in self.interest.mounted() {
            self.files.also(path);
        }
        let grade = judge(&self.state.lab, facts);
        let changed = changes(self.state.grade.as_ref(), &grade);
        self.state.took_ms = ms(begun.elapsed());
        if !changed.is_empty() {
            self.state.changed.clone_from(&changed);
        }
        self.state.grade = Some(grade);
        let open = self.show(&Happened::Graded(changed.clone()));
        if let (Some(samples), Some(event)) = (&self.samples, event) {
            let _ = samples.send(Sample {
                whole: labcheck_engine::model::time::now().saturating_sub(event),
                look: self.state.took_ms,
            });
        }
        if let Some(grade) = &self.state.grade {
            if !changed.is_empty() && self.remembers {
                let report = Report::new(grade, self.state.took_ms);
                if let Some(said) = crate::progress::remember::kept(&report).await {
                    self.face
                        .show(&self.state, &Happened::Sources(retold(&said).into_owned()))
                        .ok();
                }
            }
            let (live, facts) = (Rc::clone(&self.live), grade.facts.clone());
            self.asking = Some(Box::pin(async move { live.behind(&facts).await }));
        }
        Ok(self.tell_how() && self.tell_stale() && open)
    }

    /// Says once when files have to be looked at again and again.
    fn tell_how(&mut self) -> bool {
        if self.state.how == self.files.how {
            return true;
        }
        let before = std::mem::replace(&mut self.state.how, self.files.how.clone());
        match self.state.polls() {
            Some(said) if before != How::Not => {
                self.show(&Happened::Sources(retold(&said).into_owned()))
            }
            _ => true,
        }
    }
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Drop for Watch {
    fn drop(&mut self) {
        term::restore();
    }
}
