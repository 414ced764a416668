//! Looking into the stack: its pages, the round trip, the database. Side by side, and taken back when interrupted.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join_all, try_join};
use futures_util::join;
use tokio::sync::oneshot;

use super::database::{Before, Inquiry};
use super::database_undo::undo_afresh;
use super::doors::{Door, Street};
use super::drive::{Driver, Nonce};
use super::http::Browser;
use super::looked::Looked;
use super::made::{self, AllMade};
use super::parts::Parts;
use super::sql::Client;
use super::sql_identity::Guess;
use super::sql_watch::Pace;
use super::stop::Stop;
use super::{
    ProbeError, Progress, admin_lost, app_words, assets, declared, hosts, more_admins, reach,
    restart, sockets,
};
use crate::check::Want;
use crate::facts::{
    Assets, Declared, Drive, Entry, Listener, LostName, Page, Reach, Role, Seen, Sql, Status, Step,
};

/// What looking inside showed.
#[derive(Default)]
pub(super) struct Inside {
    pub pages: Vec<Page>,
    pub lost: Vec<LostName>,
    pub listening: BTreeMap<String, Seen<Vec<Listener>>>,
    pub assets: BTreeMap<Role, Seen<Assets>>,
    pub made: AllMade,
    pub drive: Option<Seen<Drive>>,
    pub sql: Option<Seen<Sql>>,
    pub reach: Option<Seen<Reach>>,
    pub entry: Option<Entry>,
    pub declared: Option<Vec<Declared>>,
    /// The application's password, if it became known on the way: to be hidden wherever it still stands.
    pub password: Option<String>,
}

/// What is seen from outside: pages, the round trip's first half, and why a page did not answer.
struct Outside<'a> {
    pages: Vec<Page>,
    lost: Vec<LostName>,
    listening: BTreeMap<String, Seen<Vec<Listener>>>,
    assets: BTreeMap<Role, Seen<Assets>>,
    entry: Option<Entry>,
    drive: Drive,
    /// `None` when no step is wanted.
    driver: Option<Result<Driver<'a>, String>>,
}

/// One look from outside.
pub(super) struct Visit<'a> {
    parts: Parts<'a>,
    street: Street<'a>,
    steps: BTreeSet<Step>,
    nonce: Nonce,
    /// Something may have been stored.
    posted: Cell<bool>,
    pages: Browser,
    drive: Browser,
    pace: Pace,
    /// When it began: see `app_words`.
    begun: u64,
}

impl Inside {
    /// Whether the grader itself restarted something.
    pub(super) fn disturbed(&self) -> bool {
        let drive = self.drive.as_ref().and_then(Seen::get);
        drive.is_some_and(|drive| drive.restarted.is_some())
            || self.made.values().any(|made| made.stopped.is_some())
    }

    /// Looks at everything the plan wants.
    ///
    /// # Errors
    /// Only when nothing could be looked at, or the person at the keyboard broke it off.
    pub(super) async fn look(
        parts: &Parts<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, ProbeError> {
        let inquiry = Inquiry::plan(parts);
        let (learned, visit) = (OnceCell::new(), OnceCell::new());
        let (around_done, around) = oneshot::channel();
        let looking = async {
            // The client programs take longest to start, so they are started first.
            let (client, guess, names) = match &inquiry {
                Ok(inquiry) if asks_database(parts) => {
                    join!(inquiry.knock(), inquiry.guess(), hosts::learn(parts))
                }
                _ => (None, None, hosts::learn(parts).await),
            };
            let planned = Visit::plan(*parts, learned.get_or_init(|| names))?;
            let visit = visit.get_or_init(|| planned);
            let both = visit.both(inquiry.as_ref(), (client, guess), around, progress);
            Box::pin(both).await
        };
        let around = async {
            let around = join!(reach::look(parts), declared::look(parts));
            // Nobody listens where looking has failed already.
            let _ = around_done.send(());
            Ok(around)
        };
        let mut stop = Stop::listen();
        tokio::select! {
            looked = try_join(looking, around) => {
                parts.beside.clear().await;
                let (inside, (reach, declared)) = looked?;
                Ok(Self { reach, declared, ..inside })
            }
            () = stop.told_by(progress) => {
                parts.beside.clear().await;
                let mut stayed = None;
                if let Some(visit) = visit.get() && visit.posted.get() && let Ok(inquiry) = &inquiry {
                    progress.now("interrupted: taking back what was posted");
                    let word = &visit.nonce.name;
                    let undone = undo_afresh(inquiry, word).await;
                    stayed = undone.why().map(|why| format!("rows named `{word}` may stay in the database: {why}"));
                }
                Err(ProbeError::Interrupted { stayed })
            }
        }
    }
}

/// Whether somebody wants to know something of the database; whoever posts wants to take it back.
fn asks_database(parts: &Parts<'_>) -> bool {
    let wants = |want: &Want| matches!(want, Want::Sql(_) | Want::Drive(_));
    parts.plan.wants.iter().any(wants)
}

impl<'a> Visit<'a> {
    /// What a look needs; nothing is asked for yet.
    ///
    /// # Errors
    /// No request can be made at all.
    pub(super) fn plan(parts: Parts<'a>, learned: &'a [String]) -> Result<Self, ProbeError> {
        let target = &parts.plan.target;
        let step = |want: &Want| match want {
            Want::Drive(step) => Some(*step),
            _ => None,
        };
        let steps = parts.plan.wants.iter().filter_map(step);
        let street = Street {
            target,
            containers: &parts.stack.containers,
            roles: parts.roles,
            waited: parts.stack.waited,
            engine: parts.engine,
            learned,
            neighbours: parts.neighbours,
            by: parts.plan.wants.iter().find_map(|want| match want {
                Want::Entry(by) => Some(*by),
                _ => None,
            }),
        };
        let names = street.names();
        let why = |why| {
            ProbeError::Nothing(
                format!("no request can be made: {why}"),
                "grade again".into(),
            )
        };
        let pages = Browser::new(&names).map_err(why)?;
        Ok(Self {
            steps: steps
                .filter(|step| *step != Step::Restart || target.disruptive)
                .collect(),
            nonce: Nonce::fresh(target.nonce.as_deref())?,
            posted: Cell::new(false),
            pace: Pace::default(),
            begun: app_words::now(),
            drive: pages.another().map_err(why)?,
            pages,
            street,
            parts,
        })
    }

    /// Outside and the way into the database at once, then everything that needs both. Before anything is disturbed, what
    /// goes on around it has to be done.
    async fn both(
        &self,
        inquiry: Result<&Inquiry<'_>, &String>,
        (started, guess): (Option<Client>, Option<Guess>),
        around: oneshot::Receiver<()>,
        progress: &dyn Progress,
    ) -> Result<Inside, ProbeError> {
        let wanted = asks_database(&self.parts);
        let entering = async {
            let opened = match inquiry {
                _ if !wanted => None,
                Ok(inquiry) => Some(inquiry.open(started).await),
                Err(why) => Some(Err(why.clone())),
            };
            self.pace.allow();
            match (opened, inquiry) {
                (Some(Ok(mut opened)), Ok(inquiry)) => {
                    inquiry.attend(&mut opened, &self.pace).await;
                    Some(Ok(opened))
                }
                (opened, _) => opened,
            }
        };
        let texts = self.parts.ground.texts(&self.parts);
        let (entered, outside, texts, mut made) = join!(
            entering,
            self.outside(progress),
            texts,
            made::look(&self.parts)
        );
        if self.parts.plan.target.disruptive {
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
            entry,
            mut drive,
            driver,
        } = outside;
        let driving = driver.as_ref().and_then(|driver| driver.as_ref().ok());
        let mut password = None;
        let posted = [
            self.nonce.name.clone(),
            drive.hash.clone().unwrap_or_default(),
        ];
        let posted = [posted[0].as_str(), posted[1].as_str()];
        let layer = async {
            if self.posted.get() {
                made::kept(&self.parts, &posted, &mut made).await;
            }
        };
        let asked = async {
            match (entered, inquiry) {
                (Some(Ok(mut entered)), Ok(inquiry)) => {
                    let asked = inquiry.ask(&mut entered, driving, &mut drive, before);
                    let (sql, known) = asked.await;
                    password = known;
                    Some(Seen::Seen(sql))
                }
                (Some(Err(why)), _) => {
                    self.unasked(&mut drive, &why);
                    Some(Seen::Unseen(why))
                }
                _ => None,
            }
        };
        let (sql, ()) = join!(asked, layer);
        if app_words::wanted(&drive) {
            let Parts {
                engine, secrets, ..
            } = self.parts;
            let apps = self.parts.playing(Role::App);
            drive.app_log = app_words::since(engine, &apps, self.begun, secrets).await;
        }
        restart::stop(&self.parts, driving, &mut made).await;
        let drive = driver.map(|driver| match driver {
            Ok(_) => Seen::Seen(drive),
            Err(why) => Seen::Unseen(why),
        });
        Ok(Inside {
            pages,
            lost,
            listening,
            assets,
            made,
            drive,
            sql,
            entry,
            password,
            ..Inside::default()
        })
    }

    async fn outside(&self, progress: &dyn Progress) -> Outside<'_> {
        let (doors, entry) = self.doors(progress).await;
        let mut drive = Drive::default();
        let driver = async {
            if self.steps.is_empty() {
                None
            } else {
                Some(self.start(&doors, &mut drive).await)
            }
        };
        let Parts { plan, secrets, .. } = self.parts;
        let pages = join_all(doors.iter().map(|(role, door)| {
            let paths = self.parts.paths(*role);
            async move {
                door.pages(&self.pages, *role, &paths, &plan.target, secrets)
                    .await
            }
        }));
        let driver = async {
            let driver = driver.await;
            self.pace.end();
            driver
        };
        let assets = self.assets(&doors, progress);
        let more = more_admins::look(&self.parts, &doors, &self.pages, secrets);
        let lost = admin_lost::look(&self.parts);
        let (pages, driver, listening, assets, more, lost) =
            join!(pages, driver, self.listening(&doors), assets, more, lost);
        let pages = pages.into_iter().flatten().chain(more).collect();
        Outside {
            pages,
            lost,
            listening,
            assets,
            entry,
            drive,
            driver,
        }
    }

    /// What home pages load, of the roles that a check asks it of.
    async fn assets(
        &self,
        doors: &[(Role, Door)],
        progress: &dyn Progress,
    ) -> BTreeMap<Role, Seen<Assets>> {
        let wanted = |role: &Role| self.parts.plan.wants.contains(&Want::Assets(*role));
        let names = self.street.names();
        let look = |(role, door): &(Role, Door)| {
            let (role, door) = (*role, door.clone());
            let visit = assets::Visit {
                browser: &self.pages,
                names: &names,
                target: &self.parts.plan.target,
                secrets: self.parts.secrets,
            };
            async move {
                progress.now("looking at what the home page loads");
                (role, visit.look(&door).await)
            }
        };
        let all = doors.iter().filter(|(role, _)| wanted(role)).map(look);
        join_all(all).await.into_iter().collect()
    }

    /// The doors of every role that a page is wanted of, and the application's when it is driven.
    async fn doors(&self, progress: &dyn Progress) -> (Vec<(Role, Door)>, Option<Entry>) {
        let wanted = Role::ALL
            .into_iter()
            .filter(|role| self.parts.roles.contains_key(role))
            .filter_map(|role| {
                let paths = self.parts.paths(role);
                let home = paths
                    .iter()
                    .find(|path| *path == "/")
                    .or(paths.first())
                    .cloned();
                let driven = role == Role::App && !self.steps.is_empty()
                    || self.parts.plan.wants.contains(&Want::Assets(role));
                home.or_else(|| driven.then(|| "/".to_owned()))
                    .map(|path| (role, path))
            });
        let wanted: Vec<(Role, String)> = wanted.collect();
        // Without a proxy the application is looked for at its own ports.
        let by = self
            .street
            .by
            .filter(|by| self.parts.roles.contains_key(by));
        let open = |(role, path): &(Role, String)| {
            let (role, path) = (*role, path.clone());
            async move {
                match by {
                    Some(by) if role == Role::App => {
                        let secrets = self.parts.secrets;
                        let entered = self.street.enter(&self.pages, by, secrets, progress);
                        let (door, entry) = entered.await;
                        (door, Some(entry))
                    }
                    _ => {
                        let opened = self.street.open(&self.pages, role, path, progress);
                        (opened.await, None)
                    }
                }
            }
        };
        let opened = join_all(wanted.iter().map(open)).await;
        let mut entry = None;
        let mut doors = Vec::new();
        for ((role, _), (door, found)) in wanted.into_iter().zip(opened) {
            entry = entry.or(found);
            doors.push((role, door));
        }
        (doors, entry)
    }

    /// Starts the round trip and takes its first half.
    async fn start(&self, doors: &[(Role, Door)], drive: &mut Drive) -> Result<Driver<'_>, String> {
        let base = base(doors)?;
        let Parts { plan, secrets, .. } = self.parts;
        let driver = Driver::start(
            &self.drive,
            base,
            &plan.target,
            &self.steps,
            &self.nonce,
            secrets,
            &self.posted,
        )
        .await;
        let driver = driver.map_err(|trouble| format!("the request {}", trouble.phrase()))?;
        // What lay in the tables must be known first, or nobody could tell what is to be taken back.
        self.pace.begin().await;
        driver.first(drive).await;
        Ok(driver)
    }

    /// A driver of its own for the application, which has done nothing yet.
    ///
    /// # Errors
    /// Why the application cannot be driven.
    pub(super) async fn driver<'d>(
        &'d self,
        steps: &'d BTreeSet<Step>,
        nonce: &'d Nonce,
        posted: &'d Cell<bool>,
        progress: &dyn Progress,
    ) -> Result<Driver<'d>, String> {
        let (doors, _) = self.doors(progress).await;
        let (target, secrets) = (&self.parts.plan.target, self.parts.secrets);
        Driver::start(
            &self.drive,
            base(&doors)?,
            target,
            steps,
            nonce,
            secrets,
            posted,
        )
        .await
        .map_err(|trouble| format!("the request {}", trouble.phrase()))
    }

    /// Listening sockets, of containers whose page gave no answer and of those that a check asks for.
    async fn listening(&self, doors: &[(Role, Door)]) -> BTreeMap<String, Seen<Vec<Listener>>> {
        let deaf = doors
            .iter()
            .filter(|(_, door)| !door.answers())
            .map(|(role, _)| *role);
        let asked = |role: &Role| self.parts.plan.wants.contains(&Want::Sockets(*role));
        let roles: BTreeSet<Role> = deaf.chain(Role::ALL.into_iter().filter(asked)).collect();
        let all = roles.into_iter().flat_map(|role| self.parts.playing(role));
        let up: Vec<&Looked> = all
            .filter(|looked| looked.container.state.status == Status::Running)
            .collect();
        let found = join_all(up.iter().map(|looked| sockets::of(&self.parts, looked))).await;
        up.into_iter()
            .map(|looked| looked.container.name.clone())
            .zip(found)
            .collect()
    }

    /// Without the database nobody can look for what was posted, nor take it back.
    fn unasked(&self, drive: &mut Drive, why: &str) {
        if drive.stored.is_some() {
            drive.rows = Some(Seen::Unseen(why.to_owned()));
        }
        if self.posted.get() {
            drive.undone = Some(Seen::Unseen(format!(
                "rows named `{}` may stay: {why}",
                drive.name
            )));
        }
        if self.steps.contains(&Step::Restart) {
            drive.restarted = Some(Seen::Unseen(why.to_owned()));
        }
    }
}

/// The address at which the application is driven.
fn base(doors: &[(Role, Door)]) -> Result<&reqwest::Url, String> {
    let door = doors.iter().find(|(role, _)| *role == Role::App);
    let (_, door) = door.ok_or("no container of this stack could be taken for the application")?;
    door.drivable()
}
